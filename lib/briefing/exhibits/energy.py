"""Exhibits of energy: what a gigawatt draws, drinks and emits, for whose grid, at which price."""

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.heat import Cell, heat_map, told_cells
from briefing.exhibits.palette import BLUE, ORANGE
from briefing.exhibits.ranges import Range, range_chart
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import (
    emissions,
    energy,
    money,
    money_span,
    number,
    percent,
    percent_span,
    quantity_text,
    share_of,
    spanned,
    stated_money,
    unit_price,
    water,
)
from briefing.inputs.facts import Ledger

Array = np.ndarray


def energy_account(
    meter_gw: Array,
    meter_gw_draws: Array,
    average_load_gw: Array,
    average_load_gw_draws: Array,
    electricity_mwh_per_year: Array,
    electricity_mwh_per_year_draws: Array,
    cooling_mwh_per_year: Array,
    cooling_mwh_per_year_draws: Array,
    site_water_m3_per_year: Array,
    site_water_m3_per_year_draws: Array,
    location_tco2_per_year: Array,
    location_tco2_per_year_draws: Array,
    hourly_tco2_per_year: Array,
    hourly_tco2_per_year_draws: Array,
    market_tco2_per_year: Array,
    market_tco2_per_year_draws: Array,
    power_bill_usd_per_year: Array,
    power_bill_usd_per_year_draws: Array,
    power_bill_rent_share: Array,
    power_bill_rent_share_draws: Array,
    capacity_option_gw: Array,
    rented_gw: Array,
    load_reading: Array,
) -> Exhibit:
    """E20: the year of a gigawatt in electricity, water, carbon and dollars."""
    rented = share_of(rented_gw.item(), capacity_option_gw.item())
    rows = [
        ("Power at the meter", "_gw", meter_gw, meter_gw_draws),
        ("Average load", "_gw", average_load_gw, average_load_gw_draws),
        ("Electricity", "_mwh_per_year", electricity_mwh_per_year, electricity_mwh_per_year_draws),
        ("… beside computers", "_mwh_per_year", cooling_mwh_per_year, cooling_mwh_per_year_draws),
        ("Water on site", "_m3_per_year", site_water_m3_per_year, site_water_m3_per_year_draws),
        ("CO₂ of the grid", "_tco2_per_year", location_tco2_per_year, location_tco2_per_year_draws),
        ("… matched hourly", "_tco2_per_year", hourly_tco2_per_year, hourly_tco2_per_year_draws),
        ("… matched yearly", "_tco2_per_year", market_tco2_per_year, market_tco2_per_year_draws),
        ("Power bill", "_usd_per_year", power_bill_usd_per_year, power_bill_usd_per_year_draws),
        ("… over the rent", "_share", power_bill_rent_share, power_bill_rent_share_draws),
    ]  # fmt: skip

    def written(unit: str, amount: float) -> str:
        return quantity_text(unit, amount).removesuffix(" a year")

    frame = pd.DataFrame(
        [
            {
                "In a year": label,
                "Central case": written(unit, point.item()),
                "Middle draw": written(unit, float(np.median(draws))),
                "Eight draws of ten": spanned(
                    *(written(unit, float(end)) for end in np.quantile(draws, [0.1, 0.9]))
                ),
                "For what the deal rents": written(
                    unit, point.item() if unit == "_share" else point.item() * rented
                ),
            }
            for label, unit, point, draws in rows
        ]
    )
    low, high = np.quantile(electricity_mwh_per_year_draws, [0.1, 0.9]).tolist()
    grid, year = location_tco2_per_year_draws, market_tco2_per_year_draws
    reading = "at the meter" if str(load_reading.item()) == "facility" else "of computers"
    return Exhibit(
        id="E20",
        title=f"{number(capacity_option_gw.item())} GW draws "
        f"{spanned(energy(low), energy(high))} a year; by the account that is chosen it emits "
        f"{emissions(float(np.median(grid)))} or {emissions(float(np.median(year)))}",
        body=table(frame, numbers=list(frame.columns[1:]), stub="In a year"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            f"The announced ceiling, as if all of it stood; the central case reads it {reading}. "
            f"The last column scales to the {rented_gw.item():.2f} GW that the deal rents on "
            "average in the central case (E18e).",
            "CO₂ of the grid is the location-based account; matched yearly is the "
            "market-based one, with contracts for clean power of any hour and grid. Matched "
            "hourly counts clean power of the same grid and hour only. Making chips and "
            "buildings is in none of them, though most of Microsoft's own total is of that kind.",
            "Water is what the site uses; what power stations use to make the electricity is not "
            "in it. The title gives electricity in eight draws of ten and emissions of the middle "
            "draw. Matched yearly these are above the central case, because in draws contracts may "
            "fall short, and never go beyond.",
        ),
    )


def energy_grid(
    site_load_share_by_load: Array,
    usage_effectiveness_multiple_by_load: Array,
    computers_reading_mwh_per_year_by_load: Array,
    capacity_option_gw: Array,
) -> Exhibit:
    """E20b: electricity of a year by load, and by what a gigawatt means."""
    frame = pd.DataFrame(
        {
            "load_share": site_load_share_by_load[:, 0],
            "usage_effectiveness": usage_effectiveness_multiple_by_load[:, 0],
            "mwh_per_year": computers_reading_mwh_per_year_by_load[:, 0],
        }
    ).sort_values(["usage_effectiveness", "load_share"])
    cells = [
        Cell(
            percent(load),
            "Whole site" if effectiveness == 1 else f"Computers, PUE {effectiveness:.2f}",
            mwh / 1e6,
            f"{mwh / 1e6:.1f}",
        )
        for load, effectiveness, mwh in frame.to_numpy().tolist()
    ]
    least, most = frame.mwh_per_year.min(), frame.mwh_per_year.max()
    return Exhibit(
        id="E20b",
        title=f"The same {number(capacity_option_gw.item())} GW is {energy(least)} to "
        f"{energy(most)} a year, by how it is used and by what was meant",
        body=heat_map(cells, "Average load", "A gigawatt of", "TWh a year"),
        alt="Heat map of terawatt-hours a year by load and reading. "
        + "; ".join(f"{cell.y} at {cell.x}: {cell.label}" for cell in told_cells(cells)),
        data=frame,
        notes=(
            "PUE is power of the whole site over that of its computers. Microsoft designs new "
            "sites for the lowest row of computers here; the highest is the average of the "
            "industry. A full load all year is the arithmetic ceiling.",
        ),
    )


REGIONS = {
    "us-electricity-2025": "United States, use",
    "pjm-electricity-2024": "PJM, use",
    "ercot-electricity-2025": "Texas grid, use",
    "pjm-peak-2024": "PJM, summer peak",
    "wisconsin-peak-2024": "Wisconsin, peak",
}


def regional_load_bars(
    electricity_mwh_per_year: Array,
    electricity_mwh_per_year_draws: Array,
    meter_gw: Array,
    meter_gw_draws: Array,
    facts: Ledger,
) -> Exhibit:
    """E20c: the announced ceiling as a share of what regions use, or of their peak."""
    known = {name: facts[name] for name in REGIONS if name in facts and facts[name].value}
    rows = []
    for name, fact in known.items():
        whole = float(fact.value or 0)
        is_use = fact.unit == "TWh/year"
        point = electricity_mwh_per_year.item() / 1e6 if is_use else meter_gw.item()
        draws = electricity_mwh_per_year_draws / 1e6 if is_use else meter_gw_draws
        low, high = np.quantile(draws, [0.1, 0.9]).tolist()
        kind = "Energy of a year" if is_use else "Power at the peak"
        rows.append(Range(REGIONS[name], low / whole, high / whole, point / whole, kind))
    least, most = min(rows, key=lambda row: row.point), max(rows, key=lambda row: row.point)
    return Exhibit(
        id="E20c",
        title=f"The whole ceiling would be {percent(least.point)} of what the United States use, "
        f"and {percent(most.point)} of {_the(most.name)}",
        body=range_chart(
            rows,
            {"Energy of a year": BLUE, "Power at the peak": ORANGE},
            _share_with_span,
            "Percent of the region",
            0.01,
        ),
        alt="Share of regions. "
        + "; ".join(f"{row.name}: {_share_with_span(row)}" for row in rows),
        data=pd.DataFrame(rows),
        notes=(
            "As if all of it stood in one region, which nobody has said: the region is not "
            "disclosed. Energy is compared with a year's use, power at the meter with the yearly "
            "peak. Mark: central case; bar: eight draws of ten.",
            "What one site does to a local market depends on lines and plants near it. A grid that "
            "is short at its peak feels the power, not the energy, and whether the site steps "
            "back at the peak is not known.",
        ),
        facts=tuple(known.values()),
    )


def _share_with_span(row: Range) -> str:
    point, span = percent(row.point), percent_span(row.low, row.high)
    return point if point == span else f"{point} ({span})"


def _the(region: str) -> str:
    place, _, what = region.partition(", ")
    if what != "use":
        return f"the {what} of {place}"
    return f"what {'the ' if place.endswith('grid') else ''}{place} uses"


def sustainability_table(
    location_tco2_per_year: Array,
    market_tco2_per_year_draws: Array,
    electricity_mwh_per_year: Array,
    site_water_m3_per_year: Array,
    hourly_tco2_per_year: Array,
    facts: Ledger,
) -> Exhibit:
    """E20d: stated goals beside what a gigawatt adds, and what is missing."""
    used = {
        name: facts[name]
        for name in (
            "msft-goals-2030", "msft-emissions-growth", "msft-emissions-fy23", "msft-power-match",
            "msft-clean-power-fy23", "msft-hourly-goal", "msft-water-goal-2030", "msft-water-fy23",
        )
        if name in facts
    }  # fmt: skip
    grid = location_tco2_per_year.item()
    least, most = np.quantile(market_tco2_per_year_draws, [0.1, 0.9]).tolist()
    carbon = _over(used, "msft-emissions-fy23", most)
    clean = _over(used, "msft-clean-power-fy23", electricity_mwh_per_year.item() / 1e6)
    drunk = _over(used, "msft-water-fy23", site_water_m3_per_year.item())
    growth = used["msft-emissions-growth"].value if "msft-emissions-growth" in used else None
    risen = f"Its emissions had risen by {percent(growth)} since 2020. " if growth else ""
    review = (
        "Reported in May 2026 to be under review, not decided."
        if "msft-hourly-goal" in used
        else "No report of a change in the ledger."
    )
    rows = [
        (
            "Microsoft", "Carbon negative by 2030",
            f"{emissions(grid)} a year by location. By contracts for clean power, as its own total "
            f"counts, {spanned(emissions(least), emissions(most))} in eight draws of ten, "
            f"{percent(carbon)} of that total of fiscal 2023 at the upper end",
            f"{risen}The two accounts cannot be divided by each other",
        ),
        (
            "Microsoft", "Clean power equal to its use over the year",
            f"{energy(electricity_mwh_per_year.item())} more, {percent(clean)} of the renewable "
            "power that it used in fiscal 2023",
            "Says that it meets it; the gigawatt has to be bought for in addition",
        ),
        (
            "Microsoft", "Clean power in every hour on the same grid by 2030",
            f"{emissions(hourly_tco2_per_year.item())} a year left at the assumed match",
            review,
        ),
        (
            "Microsoft", "Water positive by 2030",
            f"{water(site_water_m3_per_year.item())} a year, {percent(drunk)} of the water that "
            "it drew in fiscal 2023",
            "New sites are said to use closed loops; where water is scarce matters more than how "
            "much",
        ),
        (
            "Anthropic", "None in the ledger", "Not computable",
            "Missing: a goal, an account of its emissions, and who counts rented capacity",
        ),
        (
            "Nvidia", "None in the ledger", "Not computable",
            "Missing: emissions of making the chips, per rack",
        ),
    ]  # fmt: skip
    columns = ["Who", "Stated goal", "What a gigawatt adds", "Where it stands"]
    frame = pd.DataFrame(rows, columns=columns)
    return Exhibit(
        id="E20d",
        title=f"Against stated goals a gigawatt weighs: {percent(clean)} more clean power to find, "
        f"{percent(drunk)} of Microsoft's water of fiscal 2023 and, by contracts for clean power, "
        f"{percent(carbon)} or less of its emissions of that year; by location {emissions(grid)}",
        body=table(frame, groups="Who"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Central case, as if the whole ceiling stood today. Whether that is a conflict depends "
            "on the account: by contracts over the year there is little, hour by hour there is, "
            "and by location, most. Microsoft's total counts power by contract, so only what the "
            "gigawatt adds by that account is set against it. Emissions of building are in that "
            "total but not in these figures.",
            "By which site, contract or generator this capacity is supplied has not been "
            "disclosed; a conflict can be dated and sized only with that.",
        ),
        facts=tuple(used.values()),
    )


def _over(used: dict, name: str, amount: float) -> float:
    return share_of(amount, used[name].value or 0.0) if name in used else float("nan")


TEN_DOLLARS = 10.0


def price_exposure_grid(
    power_price_usd_per_kwh_by_price: Array,
    carbon_price_usd_per_tco2_by_price: Array,
    power_bill_usd_per_year_by_price: Array,
    carbon_bill_usd_per_year_by_price: Array,
    power_price_exposure_usd_per_year: Array,
    power_bill_usd_per_year: Array,
    carbon_bill_usd_per_year: Array,
    capacity_option_gw: Array,
    tenant_cost_usd_per_gw_year: Array,
    location_tco2_per_year: Array,
) -> Exhibit:
    """E20e: what power and a price on carbon cost in a year, by both prices."""
    frame = pd.DataFrame(
        {
            "power_price": power_price_usd_per_kwh_by_price[:, 0],
            "carbon_price": carbon_price_usd_per_tco2_by_price[:, 0],
            "usd_per_year": (power_bill_usd_per_year_by_price + carbon_bill_usd_per_year_by_price)[
                :, 0
            ],
        }
    ).sort_values(["power_price", "carbon_price"])
    rent = capacity_option_gw.item() * tenant_cost_usd_per_gw_year.item()
    cells = [
        Cell(
            f"{unit_price(carbon)} a tonne",
            f"{unit_price(power)} per kWh",
            usd / 1e9,
            money(usd),
            percent(share_of(usd, rent)),
        )
        for power, carbon, usd in frame.to_numpy().tolist()
    ]
    cent, ten = (
        stated_money(float(f"{usd:.2g}"))
        for usd in (
            power_price_exposure_usd_per_year.item(),
            location_tco2_per_year.item() * TEN_DOLLARS,
        )
    )
    usual = power_bill_usd_per_year.item() + carbon_bill_usd_per_year.item()
    return Exhibit(
        id="E20e",
        title=f"One cent more per kilowatt-hour costs {cent} a year, ten dollars more per "
        f"tonne of carbon {ten}; power and carbon together are "
        f"{money_span(frame.usd_per_year.min(), frame.usd_per_year.max())}",
        body=heat_map(
            cells, "Price on carbon", "Price of power", "$bn a year", below="Part of the rent"
        ),
        alt="Heat map by price of power and of carbon. "
        + "; ".join(
            f"{cell.y} and {cell.x}: {cell.label}, {cell.below} of the rent"
            for cell in told_cells(cells)
        ),
        data=frame,
        notes=(
            "Below the dollars, their part of the rent of the same capacity. For the whole "
            f"ceiling, carbon charged on what the grid emits; central case {money(usual)}.",
            "Who bears a dearer kilowatt-hour, Microsoft under a fixed price or Anthropic under a "
            "pass-through, is not disclosed. Most sites in the United States meet no price on "
            "carbon today; the highest column is what its regulator once took the harm to be.",
        ),
    )
