"""Power: what a gigawatt of data centre holds, draws, emits and drinks.

Power is no dollars and no computing: every step from one to the next is an assumption of its own.
"""

from typing import NamedTuple

import numpy as np

Array = np.ndarray
Number = Array | float

HOURS_PER_YEAR = 8_760
KILOWATTS_PER_GIGAWATT = 1e6
MEGAWATTS_PER_GIGAWATT = 1e3
LITRES_PER_CUBIC_METRE = 1e3
KILOGRAMS_PER_TONNE = 1e3


class Site(NamedTuple):
    """What stands at a site, and what goes in and out in a year at its average load."""

    it_kw: Number
    """Power of the computers; the rest of the site's power cools and supplies them."""
    racks: Number
    gpus: Number
    mwh_per_year: Number
    tco2_per_year: Number
    water_m3_per_year: Number


def site(
    site_gw: Number,
    usage_effectiveness_multiple: Number,
    rack_kw: Number,
    gpus_per_rack: Number,
    load_share: Number,
    kgco2_per_mwh: Number,
    water_litres_per_it_kwh: Number,
) -> Site:
    """A site whose power at the meter is `site_gw`; racks are not rounded, for sites are many.

    Usage effectiveness is power of the whole site over that of its computers (ISO/IEC 30134-2),
    water is what is used on site for each kilowatt-hour of the computers (ISO/IEC 30134-9).
    Emissions are those of the grid at the place where it draws, not those of contracts.

    >>> round(site(1.0, 1.25, 100, 72, 1.0, 0, 0).racks)
    8000
    """
    _refuse_below("site_gw", site_gw, 0, "power has no sign")
    _refuse_below("usage_effectiveness_multiple", usage_effectiveness_multiple, 1, _WHOLE)
    _refuse_below("gpus_per_rack", gpus_per_rack, 0, "a count has no sign")
    _refuse_below("load_share", load_share, 0, "power has no sign")
    _refuse_below("kgco2_per_mwh", kgco2_per_mwh, 0, "what is emitted has no sign")
    _refuse_below("water_litres_per_it_kwh", water_litres_per_it_kwh, 0, "water is drunk")
    if not np.all(np.asarray(rack_kw) > 0):
        raise ValueError(f"rack_kw {np.min(rack_kw):g} must exceed 0; nothing was counted")
    if not np.all(np.asarray(load_share) <= 1):
        raise ValueError(
            f"load_share {np.max(load_share):g} must be at most 1, for no site draws more than "
            "its power; nothing was counted"
        )
    it_kw = site_gw * KILOWATTS_PER_GIGAWATT / usage_effectiveness_multiple
    racks = it_kw / rack_kw
    hours = HOURS_PER_YEAR * load_share
    mwh = site_gw * MEGAWATTS_PER_GIGAWATT * hours
    water = it_kw * hours * water_litres_per_it_kwh
    return Site(
        it_kw=it_kw,
        racks=racks,
        gpus=racks * gpus_per_rack,
        mwh_per_year=mwh,
        tco2_per_year=mwh * kgco2_per_mwh / KILOGRAMS_PER_TONNE,
        water_m3_per_year=water / LITRES_PER_CUBIC_METRE,
    )


def site_gw_of_it(it_gw: Number, usage_effectiveness_multiple: Number) -> Number:
    """Power at the meter where a gigawatt is meant as that of the computers alone.

    >>> site_gw_of_it(1.0, 1.25)
    1.25
    """
    return it_gw * usage_effectiveness_multiple


_WHOLE = "the whole site draws no less than its computers"


def _refuse_below(name: str, given: Number, least: float, why: str) -> None:
    if not np.all(np.asarray(given) >= least):
        raise ValueError(
            f"{name} {np.min(given):g} must be at least {least:g}, for {why}; nothing was counted"
        )
