"""Exhibits of the gigawatt: what it holds and costs, how much of one the deal rents, and for what.

The announcement names power. Every step from there to chips, dollars and hours is an assumption,
and the exhibits show each of them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.heat import Cell, heat_map, told_cells
from briefing.exhibits.palette import BLUE, GREEN, GREY, ORANGE
from briefing.exhibits.ranges import Range, range_chart, range_of
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import (
    money,
    money_span,
    number,
    percent,
    percent_of_draws,
    share_of,
    spanned,
    unit_price,
    years,
)
from briefing.inputs.facts import Ledger
from briefing.model.buildout import DecodedGigawatt
from briefing.model.measures.power import HOURS_PER_YEAR, KILOWATTS_PER_GIGAWATT

Array = np.ndarray

READINGS = {"facility": "whole site", "computers": "computers"}
"""How exhibits say which power is meant by a gigawatt."""


Pairs = Sequence[tuple[Array, Array]]
"""Point value and draws, for each gigawatt that is decoded."""


class Scale(NamedTuple):
    """How a row is written: its unit once, with the point value, and its range without."""

    size: float
    before: str
    after: str
    digits: int

    def with_range(self, point: Array, draws: Array) -> str:
        """Point value, and in brackets eight draws of ten, unless they are one."""
        low, high = (self._plain(float(end)) for end in np.quantile(draws, [0.1, 0.9]))
        value = f"{self.before}{self._plain(point.item())}{self.after}"
        return value if low == high else f"{value} ({low}–{high})"

    def _plain(self, amount: float) -> str:
        scaled = amount / self.size
        if self.digits == 0:
            scaled = float(f"{scaled:.3g}")
        return f"{scaled:,.{self.digits}f}"


GIGAWATTS = Scale(1.0, "", " GW", 2)
PLAIN = Scale(1.0, "", "", 0)
THOUSANDS = Scale(1e3, "", "k", 0)
BILLIONS = Scale(1e9, "$", "bn", 1)
DOLLARS = Scale(1.0, "$", "", 2)


def gigawatt_decoder(
    decoded_gigawatts: tuple[DecodedGigawatt, ...],
    decoded_gigawatts_draws: tuple[DecodedGigawatt, ...],
    owner_cost_usd_per_gw_year: Array,
    owner_cost_usd_per_gw_year_draws: Array,
    tenant_cost_usd_per_gw_year: Array,
    tenant_cost_usd_per_gw_year_draws: Array,
    site_load_share: Array,
    site_load_share_draws: Array,
    power_price_usd_per_kwh: Array,
    power_price_usd_per_kwh_draws: Array,
    facts: Ledger,
) -> Exhibit:
    """E18: one gigawatt in both readings, with both generations of chips that were named."""

    both = list(zip(decoded_gigawatts, decoded_gigawatts_draws, strict=True))

    def of(name: str) -> Pairs:
        return [(getattr(point, name), getattr(drawn, name)) for point, drawn in both]

    def alike(point: Array, draws: Array) -> Pairs:
        return [(point, draws)] * len(both)

    power = [
        (
            _power_usd(point.site_gw, site_load_share, power_price_usd_per_kwh),
            _power_usd(drawn.site_gw, site_load_share_draws, power_price_usd_per_kwh_draws),
        )
        for point, drawn in both
    ]
    rent = alike(tenant_cost_usd_per_gw_year, tenant_cost_usd_per_gw_year_draws)
    owned = alike(owner_cost_usd_per_gw_year, owner_cost_usd_per_gw_year_draws)
    rows = [
        ("Power at the meter", GIGAWATTS, of("site_gw")),
        ("… of it computers", GIGAWATTS, of("it_gw")),
        ("Racks", PLAIN, of("racks")),
        ("Graphics chips", THOUSANDS, of("gpus")),
        ("Building it, once", BILLIONS, of("build_usd")),
        ("Owner's cost of a year", BILLIONS, owned),
        ("… power alone", BILLIONS, power),
        ("Tenant's rent of a year", BILLIONS, rent),
        ("… for a chip's hour", DOLLARS, of("rent_usd_per_gpu_hour")),
    ]
    heads = [f"{each.chips}, {READINGS[each.reading]}" for each in decoded_gigawatts]
    frame = pd.DataFrame(
        [
            {"One gigawatt": label}
            | {head: scale.with_range(*values) for head, values in zip(heads, pairs, strict=True)}
            for label, scale, pairs in rows
        ]
    )
    chips = [each.gpus.item() for each in decoded_gigawatts]
    meter = decoded_gigawatts[:2]
    by_reading = decoded_gigawatts[2].gpus.item() / meter[0].gpus.item() - 1
    by_chip = 1 - meter[1].gpus.item() / meter[0].gpus.item()
    racks = facts.get("gw-racks")
    counted = (
        f" A published count has {_count(racks.value)} racks in an all-in gigawatt of Grace "
        f"Blackwell; ours has {_count(meter[0].racks.item())}."
        if racks and racks.value
        else ""
    )
    return Exhibit(
        id="E18",
        title=f"One gigawatt holds {_count(min(chips))} to {_count(max(chips))} GPUs: "
        f"counting computers alone adds {percent(by_reading)}, Vera Rubin for Grace Blackwell "
        f"takes {percent(by_chip)} away",
        body=table(frame, numbers=heads, stub="One gigawatt"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Central case, and eight draws of ten in brackets. Whole site: all at the meter; "
            "computers: a gigawatt of them, with cooling and supply on top. Neither is disclosed.",
            f"Fewer Vera Rubin racks are not less computing: each does more.{counted}",
            "Prices of building and renting name a gigawatt and seldom say which; they are used "
            "for both. A year's cost counts hardware over its life, so it must not be added to "
            "building. Power is part of the owner's cost.",
        ),
        facts=(racks,) if racks else (),
    )


def _power_usd(site_gw: Array, load_share: Array, usd_per_kwh: Array) -> Array:
    return site_gw * KILOWATTS_PER_GIGAWATT * HOURS_PER_YEAR * load_share * usd_per_kwh


def _count(many: float) -> str:
    return f"{float(f'{many:.3g}'):,.0f}"


ESTIMATES = {
    "alliance-1gw-cost-execs": "Executives, deal day",
    "gw-cost-bernstein": "Bernstein, Grace Blackwell",
    "gw-cost-barclays": "Barclays",
    "gw-cost-nvidia-mid": "Nvidia, 2025",
    "gw-cost-ms-gb300": "Morgan Stanley, GB300",
    "gw-cost-ms-vera-rubin": "Morgan Stanley, Vera Rubin",
    "gw-cost-nvidia-2026": "Nvidia, 2026, future sites",
}
"""Published prices of building a gigawatt, and how a row names each."""


def gigawatt_price_bars(
    facts: Ledger, azure_commitment_usd: Array, build_cost_usd_per_gw: Array
) -> Exhibit:
    """E18b: what building a gigawatt was said to cost, and what the pledge would build."""
    pledge, used = azure_commitment_usd.item(), build_cost_usd_per_gw.item()
    known = {name: facts[name] for name in ESTIMATES if name in facts}
    rows = []
    for name, fact in known.items():
        ends = [end for end in (fact.low, fact.value, fact.high) if end is not None]
        point = fact.value if fact.value is not None else (min(ends) + max(ends)) / 2
        rows.append(Range(ESTIMATES[name], min(ends), max(ends), point, "Published"))
    rows.sort(key=lambda row: row.point)
    low, high = min(row.low for row in rows), max(row.high for row in rows)

    def written(row: Range) -> str:
        least, most = share_of(pledge, row.high), share_of(pledge, row.low)
        gigawatts = f"{least:.1f}" if f"{least:.1f}" == f"{most:.1f}" else f"{least:.1f}–{most:.1f}"
        return f"{money_span(row.low, row.high)} · {gigawatts} GW"

    return Exhibit(
        id="E18b",
        title=f"Building a gigawatt was priced at {money_span(low, high)} in {len(rows)} "
        f"places, so {money(pledge)} would build {share_of(pledge, high):.1f} to "
        f"{share_of(pledge, low):.1f} GW; it does not build, it rents",
        body=range_chart(
            rows, {"Published": BLUE}, written, "Building one gigawatt, $bn", 1e9, (used, ORANGE)
        ),
        alt="Published prices of building a gigawatt. "
        + "; ".join(f"{row.name}: {written(row)}" for row in rows),
        data=pd.DataFrame(rows).drop(columns="basis"),
        notes=(
            "After each price, the gigawatts that the commitment would build if it were spent on "
            "building, which it is not: it buys use for a term. Dashed: the "
            f"{money(used)} that the dollar model takes.",
            "Estimates differ in chips, in year and in what they include (E09c): none of them need "
            "be wrong.",
        ),
        facts=tuple(known.values()),
    )


def rented_gigawatts_grid(
    azure_term_years_by_rent: Array,
    tenant_cost_usd_per_gw_year_by_rent: Array,
    commitment_average_gw_by_rent: Array,
    azure_commitment_usd: Array,
    commitment_gw_years: Array,
) -> Exhibit:
    """E18c: gigawatts that the commitment rents on average, by term and rent."""
    frame = pd.DataFrame(
        {
            "term_years": azure_term_years_by_rent[:, 0],
            "rent_usd_per_gw_year": tenant_cost_usd_per_gw_year_by_rent[:, 0],
            "average_gw": commitment_average_gw_by_rent[:, 0],
        }
    ).sort_values(["rent_usd_per_gw_year", "term_years"], ascending=[False, True])
    frame = frame.drop_duplicates()
    cells = [
        Cell(years(term), money(rent), gw, f"{gw:.2f}")
        for term, rent, gw in frame.to_numpy().tolist()
    ]
    pledge, least, most = (
        azure_commitment_usd.item(),
        frame.average_gw.min(),
        frame.average_gw.max(),
    )
    years_whole = commitment_gw_years.item()
    return Exhibit(
        id="E18c",
        title=f"{money(pledge)} rents {least:.2f} to {most:.2f} GW on average, by term and rent; a "
        f"whole gigawatt it rents for {years(years_whole)}",
        body=heat_map(cells, "Term", "Rent of a gigawatt-year", "Average gigawatts"),
        alt="Heat map by term and rent. "
        + "; ".join(f"{cell.x} at {cell.y}: {cell.label} GW" for cell in told_cells(cells)),
        data=frame,
        notes=(
            "If every dollar is spent on capacity alone. Services on top of it, and a ramp, leave "
            "less early and more late. Rows span the range of the rent that we assume, from the "
            "dearest.",
            "At the central rent; the whole-gigawatt figure is the longest that the gigawatt could "
            "be nested in the commitment. A longer term needs a lower rent, or less than a "
            "gigawatt.",
        ),
    )


RENTS = {
    "gpuhr-h100-semianalysis": "H100, by contract",
    "gpuhr-h100-median": "H100, on demand",
    "gpuhr-b200": "B200, on demand",
}


def gpu_hour_grid(
    azure_term_years_by_hour: Array,
    gpu_busy_share_by_hour: Array,
    nested_usd_per_gpu_hour_by_hour: Array,
    nested_usd_per_gpu_hour: Array,
    nested_usd_per_gpu_hour_draws: Array,
    azure_commitment_usd: Array,
    facts: Ledger,
) -> Exhibit:
    """E18d: price of a chip's hour if the pledge buys the whole gigawatt, by term and use."""
    frame = pd.DataFrame(
        {
            "term_years": azure_term_years_by_hour[:, 0],
            "busy_share": gpu_busy_share_by_hour[:, 0],
            "usd_per_gpu_hour": nested_usd_per_gpu_hour_by_hour[:, 0],
        }
    ).sort_values(["busy_share", "term_years"], ascending=[False, True])
    cells = [
        Cell(years(term), percent(busy), price, unit_price(price))
        for term, busy, price in frame.to_numpy().tolist()
    ]
    low, high = np.quantile(nested_usd_per_gpu_hour_draws, [0.1, 0.9]).tolist()
    known = {name: facts[name] for name in RENTS if name in facts}
    listed_rents = "; ".join(
        f"{RENTS[name]} {_rent(fact.low, fact.value, fact.high)}" for name, fact in known.items()
    )
    beside = (
        f"Published rents beside it: {listed_rents}. They are for single chips or small clusters, "
        "without a commitment of this size."
        if known
        else "No page in the ledger gave a rent by the hour on the briefing's date."
    )
    return Exhibit(
        id="E18d",
        title=f"If {money(azure_commitment_usd.item())} bought one whole gigawatt, a chip's hour "
        f"of work would cost {unit_price(nested_usd_per_gpu_hour.item())}, in eight draws of ten "
        f"{unit_price(low)} to {unit_price(high)}",
        body=heat_map(cells, "Term", "Hours that a chip works", "$ per GPU-hour of work"),
        alt="Heat map by term and use. "
        + "; ".join(f"{cell.x}, {cell.y} used: {cell.label}" for cell in told_cells(cells)),
        data=frame,
        notes=(
            "Nobody has disclosed a price per unit. This is what the two public numbers, dollars "
            "and gigawatts, would imply if the second were inside the first, at the meter and with "
            "Grace Blackwell. If the gigawatt is additional, they are no price at all.",
            beside,
        ),
        facts=tuple(known.values()),
    )


def _rent(low: float | None, value: float | None, high: float | None) -> str:
    ends = [end for end in (low, value, high) if end is not None]
    return spanned(unit_price(min(ends)), unit_price(max(ends)))


def weighted_gigawatts(
    capacity_option_gw: Array,
    contracted_option_gw: Array,
    contracted_option_gw_draws: Array,
    commitment_average_gw: Array,
    commitment_average_gw_draws: Array,
    rented_gw_draws: Array,
    gw_reading: Array,
    gw_reading_draws: Array,
    capacity_option_drawn_share: Array,
) -> Exhibit:
    """E18e: gigawatts by reading, weighted by how likely each is taken to be."""
    ceiling = capacity_option_gw.item()
    weighted = float(np.mean(contracted_option_gw_draws))
    additional = float(np.mean(gw_reading_draws == "additional"))
    beyond, is_read = np.broadcast_arrays(contracted_option_gw_draws, gw_reading_draws)
    drawn = beyond[is_read == "additional"]
    if_additional = (
        range_of("Beyond it, if additional", drawn, "Option")
        if drawn.size
        else Range("Beyond it, if additional", 0.0, 0.0, 0.0, "Option")
    )
    rows = [
        Range("Announced ceiling", 0.0, ceiling, ceiling, "Ceiling"),
        range_of("The commitment rents", commitment_average_gw_draws, "Commitment"),
        if_additional,
        range_of("Beyond it, weighted", contracted_option_gw_draws, "Option")._replace(
            point=weighted
        ),
        range_of("The whole deal", rented_gw_draws, "Both"),
    ]
    colours = {"Ceiling": GREY, "Commitment": BLUE, "Option": ORANGE, "Both": GREEN}

    def written(row: Range) -> str:
        if row.basis == "Ceiling":
            return f"up to {row.high:.1f} GW, and no floor"
        return f"{row.point:.2f} GW ({row.low:.2f}–{row.high:.2f})"

    at_least = float(np.mean(contracted_option_gw_draws >= 0.9 * ceiling)) if ceiling else 0.0
    here = str(gw_reading.item())
    return Exhibit(
        id="E18e",
        title=f"Of “up to {number(ceiling)} GW” {weighted:.2f} GW are left when it is weighted by "
        f"chance; nine tenths or more of it come in {percent_of_draws(at_least)}",
        body=range_chart(rows, colours, written, "Gigawatts", 1.0, tick_format=".1f"),
        alt="Gigawatts by reading. " + "; ".join(f"{row.name}: {written(row)}" for row in rows),
        data=pd.DataFrame(rows),
        notes=(
            f"Additional capacity counts in {percent(additional)} of draws, by the wording of the "
            "companies; nested in the commitment it adds nothing. Of an additional gigawatt the "
            f"central case draws {percent(capacity_option_drawn_share.item())}. The weighted row "
            "marks the mean, the others the median.",
            f"Point values of the dollar model read the gigawatt as {here}: "
            f"{commitment_average_gw.item():.2f} GW rented by the commitment and "
            f"{contracted_option_gw.item():.2f} GW beyond. All are averages over terms; at its "
            "peak the model rents more.",
        ),
    )


def chip_life_grid(
    azure_term_years_by_life: Array,
    gpu_life_years_by_life: Array,
    commitment_beyond_chips_share_by_life: Array,
    second_chips_usd_by_life: Array,
    azure_term_years: Array,
    gpu_life_years: Array,
    commitment_beyond_chips_share_draws: Array,
) -> Exhibit:
    """E18f: part of the term that the first chips do not live to see, by term and life."""
    frame = pd.DataFrame(
        {
            "term_years": azure_term_years_by_life[:, 0],
            "life_years": gpu_life_years_by_life[:, 0],
            "beyond_share": commitment_beyond_chips_share_by_life[:, 0],
            "second_chips_usd": second_chips_usd_by_life[:, 0],
        }
    ).sort_values(["life_years", "term_years"])
    cells = [
        Cell(
            years(term),
            years(life),
            beyond * 100,
            percent(beyond),
            money(usd) if usd > 5e6 else "",
        )
        for term, life, beyond, usd in frame.to_numpy().tolist()
    ]
    outlived = float(np.mean(commitment_beyond_chips_share_draws > 0))
    term, life = azure_term_years.item(), gpu_life_years.item()
    points = (
        f"at the point values, {years(term)} and {years(life)}, they last it out"
        if term <= life
        else f"at the point values they are worn out {years(term - life)} before its end"
    )
    return Exhibit(
        id="E18f",
        title=f"The term outlives the first chips in {percent_of_draws(outlived)}; {points}",
        body=heat_map(
            cells,
            "Term of the commitment",
            "Life of the chips",
            "% of the term",
            most=ORANGE,
            below="Further chips",
        ),
        alt="Heat map by term and life of the chips. "
        + "; ".join(
            f"term {cell.x}, life {cell.y}: {cell.label} of it is left, {cell.below}".rstrip(", ")
            for cell in told_cells(cells)
        ),
        data=frame,
        notes=(
            "Part of the term that is left when chips bought at its start have worn out, and below "
            "it what further chips for that rest cost at today's price of a gigawatt. A level "
            "payment then buys ageing chips early or newer ones late; who chooses is undisclosed.",
            "Chips need not be bought at once: a ramp puts their end later. Books write them off "
            "over five to six years (E36), a sceptic says about three.",
        ),
    )
