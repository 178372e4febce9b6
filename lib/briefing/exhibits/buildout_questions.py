"""The article's questions on the gigawatt, its date and its energy, each with its answer."""

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from briefing.exhibits.answers import Question
from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import (
    emissions,
    energy,
    money,
    money_span,
    number,
    percent,
    percent_of_draws,
    spanned,
    unit_price,
    water,
    years,
)
from briefing.inputs.facts import Ledger
from briefing.model.buildout import BuildStep, DecodedGigawatt

Array = np.ndarray


def _additional(gw_reading_draws: Array, contracted_option_gw: Array, gw_reading: Array) -> str:
    additional = percent(float(np.mean(gw_reading_draws == "additional")))
    return (
        "The companies' wording is additional, the article also calls it an option inside. Both are "
        f"carried: additional in {additional} of draws. Point values read it as "
        f"{gw_reading.item()}, {contracted_option_gw.item():.2f} GW beyond the commitment."
    )


def _scarce(needed_gw: Array, commitment_average_gw: Array, facts: Ledger) -> str:
    needed, rented = needed_gw.item(), commitment_average_gw.item()
    now = facts.get("anthropic-capacity-now")
    has = (
        f" A rival's memo gives it {number(now.value)} GW in all in April 2026."
        if now and now.value
        else ""
    )
    return (
        f"In part: the commitment rents {rented:.2f} GW on average; all compute that the model "
        f"needs in the coming year would rent {needed:.1f} GW.{has} Azure itself said that it was "
        "short of capacity."
    )


def _option(capacity_option_gw: Array) -> str:
    return (
        f"Undisclosed. A ceiling of {number(capacity_option_gw.item())} GW, to be contracted: who "
        "holds the choice, at which price and until when is not public, so it has no floor."
    )


def _weighted(capacity_option_gw: Array, contracted_option_gw_draws: Array) -> str:
    drawn = contracted_option_gw_draws
    low, high = np.quantile(drawn, [0.1, 0.9]).tolist()
    return (
        f"Yes. Of up to {number(capacity_option_gw.item())} GW {float(np.mean(drawn)):.2f} GW are "
        f"left when weighted by chance, {low:.2f} to {high:.2f} in eight draws of ten."
    )


def _tens(
    decoded_gigawatts_draws: tuple[DecodedGigawatt, ...], power_bill_usd_per_year: Array
) -> str:
    low, high = _span_of([each.build_usd for each in decoded_gigawatts_draws])
    return (
        f"Yes: {money_span(low, high)} to build, by chips and estimate. Regional power is "
        f"the least of the three drivers, {money(power_bill_usd_per_year.item())} a year."
    )


def _capital(
    decoded_gigawatts_draws: tuple[DecodedGigawatt, ...], owner_cost_usd_per_gw_year: Array
) -> str:
    spans = []
    for each in decoded_gigawatts_draws[:2]:
        spans.append(f"{money_span(*_span_of([each.build_usd]))} with {each.chips}")
    return (
        f"{' and '.join(spans)}, in eight draws of ten; "
        f"{money(owner_cost_usd_per_gw_year.item())} a year to its owner."
    )


def _span_of(all_draws: list[Array]) -> tuple[float, float]:
    ends = np.array([np.quantile(draws, [0.1, 0.9]) for draws in all_draws])
    return float(ends[:, 0].min()), float(ends[:, 1].max())


def _capacity(build_gap_years_draws: Array) -> str:
    late = float(np.mean(build_gap_years_draws > 0))
    return (
        "Not by public evidence: the commitment tells Azure how much, and no roadmap by region "
        f"followed from it. By the steps a first part comes later than in the dollar model in "
        f"{percent_of_draws(late)}."
    )


def _unit_price(
    nested_usd_per_gpu_hour: Array,
    nested_usd_per_gpu_hour_draws: Array,
    decoded_gigawatts: tuple[DecodedGigawatt, ...],
) -> str:
    low, high = np.quantile(nested_usd_per_gpu_hour_draws, [0.1, 0.9]).tolist()
    rent = decoded_gigawatts[0].rent_usd_per_gpu_hour.item()
    return (
        f"Undisclosed. If the commitment bought a whole gigawatt, {unit_price(low)} to "
        f"{unit_price(high)} for a chip's hour of work, {unit_price(nested_usd_per_gpu_hour.item())} "
        f"in the central case; our rent comes to {unit_price(rent)} for an hour, used or not."
    )


def _schedule(region_table: Exhibit) -> str:
    return f"{region_table.title}. A range from nothing to all of it is left open for each region."


def _power(
    build_steps_draws: tuple[BuildStep, ...],
    grid_connection_years: Array,
    own_generation_years: Array,
) -> str:
    draws = max(len(step.ready_years) for step in build_steps_draws)
    ready = np.hstack([np.broadcast_to(each.ready_years, (draws, 1)) for each in build_steps_draws])
    last = float(np.mean(np.argmax(ready, axis=1) == 0))
    return (
        f"It is the last step to be ready in {percent_of_draws(last)}. Assumed: "
        f"{years(grid_connection_years.item())} for a grid connection, "
        f"{years(own_generation_years.item())} for generators on the site, whichever is sooner."
    )


def _colocation(site_head_start_years: Array, whole_gigawatt_years_draws: Array) -> str:
    spread = float(np.diff(np.quantile(whole_gigawatt_years_draws, [0.1, 0.9]))[0])
    return (
        "Undisclosed, and so is whether the sites are Microsoft's own or leased. We assume that "
        f"they were ordered {years(site_head_start_years.item())} before the contract; together "
        f"with lead times that leaves a spread of {years(spread)} for the whole gigawatt."
    )


def _energy(electricity_mwh_per_year_draws: Array) -> str:
    low, high = np.quantile(electricity_mwh_per_year_draws, [0.1, 0.9]).tolist()
    return f"{spanned(energy(low), energy(high))} a year in eight draws of ten, by load and by what is meant."


def _cooling(
    cooling_mwh_per_year: Array, site_water_m3_per_year: Array, cooling_years: Array
) -> str:
    return (
        f"{energy(cooling_mwh_per_year.item())} a year beside the computers, most of it for "
        f"cooling, and {water(site_water_m3_per_year.item())}. Racks of this kind need liquid "
        f"cooling; the plant takes {years(cooling_years.item())} from order to delivery."
    )


def _footprint(decoded_gigawatts: tuple[DecodedGigawatt, ...]) -> str:
    racks = [each.racks.item() for each in decoded_gigawatts]
    return (
        f"{number(round(min(racks), -2))} to {number(round(max(racks), -2))} racks. Land and floor "
        "are not computable: the ledger has the area of one site without its power, and none of "
        "this deal's."
    )


def _markets(regional_load_bars: Exhibit) -> str:
    return (
        f"{regional_load_bars.title}, if it stood in one place. The effect on prices is not "
        "computable without the site."
    )


def _conflict(sustainability_table: Exhibit) -> str:
    return (
        f"{sustainability_table.title}. A conflict by the hourly account, little by yearly "
        "contracts; none can be dated without the site."
    )


def _sourcing(
    location_tco2_per_year_draws: Array,
    hourly_tco2_per_year_draws: Array,
    market_tco2_per_year_draws: Array,
) -> str:
    grid, hourly, yearly = (
        emissions(float(np.median(draws)))
        for draws in (
            location_tco2_per_year_draws,
            hourly_tco2_per_year_draws,
            market_tco2_per_year_draws,
        )
    )
    return (
        "None for this capacity: neither generator nor contract is named. In the middle draw that "
        f"is {grid} of the grid, {hourly} matched by the hour or {yearly} matched over the year."
    )


def _water(site_water_m3_per_year: Array, site_water_m3_per_year_draws: Array) -> str:
    low, high = np.quantile(site_water_m3_per_year_draws, [0.1, 0.9]).tolist()
    return (
        f"{water(site_water_m3_per_year.item())} a year on site at Microsoft's average, "
        f"{spanned(water(low), water(high))} in eight draws of ten; where is not disclosed."
    )


def _carbon(power_kgco2_per_gpu_hour_draws: Array, location_tco2_per_year_draws: Array) -> str:
    a_year = emissions(float(np.median(location_tco2_per_year_draws)))
    an_hour = number(float(np.median(power_kgco2_per_gpu_hour_draws)))
    return (
        f"In the middle draw {a_year} a year by location, {an_hour} kg for each hour of a chip. The "
        "emissions of one training run are not computable: neither its chips nor its hours are public."
    )


def _cadence(
    build_steps_draws: tuple[BuildStep, ...], chip_delivery_years: Array, facts: Ledger
) -> str:
    draws = max(len(step.ready_years) for step in build_steps_draws)
    ready = np.hstack([np.broadcast_to(each.ready_years, (draws, 1)) for each in build_steps_draws])
    last = float(np.mean(np.argmax(ready, axis=1) == len(build_steps_draws) - 1))
    ramp = (
        "Vera Rubin was said to ramp in the third quarter of 2026"
        if "rubin-production-2026" in facts
        else "Vera Rubin was expected to ship in the second half of 2026"
    )
    return (
        f"{ramp}. Chips are the last step in {percent_of_draws(last)}, with "
        f"{years(chip_delivery_years.item())} from contract to site assumed."
    )


def _real(facts: Ledger, option_contract_ahead_years: Array) -> str:
    cited = facts.get("maia-azure-at-least-30b")
    seen = (
        "As of May 2026 still cited as up to a gigawatt, with no contract seen"
        if cited
        else "Announced as something to be contracted"
    )
    return (
        f"{seen}: aspirational by public evidence. A utility filing, a lease or a stated start "
        f"would change that; we assume {years(option_contract_ahead_years.item())} until a contract, "
        "if one comes."
    )


def _life(chip_life_grid: Exhibit) -> str:
    return f"{chip_life_grid.title}."


def _prices(gigawatt_price_bars: Exhibit) -> str:
    return f"{gigawatt_price_bars.title}."


QUESTIONS = (
    Question("S007", "Is the gigawatt additional or inside the commitment?", "E18e, E01", _additional),
    Question("S014", "Is it a way to secure scarce compute?", "E18c, E19", _scarce),
    Question("S021", "Is it an option: whose, at what price, until when?", "E18e, E07", _option),
    Question("S027", "Is it an upper bound and no guarantee?", "E18e", _weighted),
    Question("S028", "Does it imply tens of billions, and on what does that depend?", "E18, E18b", _tens),
    Question("S051", "Is capacity predictable, with a roadmap by region?", "E19, E19c", _capacity),
    Question("S073", "What is the price per unit?", "E18d", _unit_price),
    Question("S077", "What is the schedule, region by region?", "E19c", _schedule),
    Question("S078", "Is there power?", "E19", _power),
    Question("S079", "What constrains where it can stand?", "E19, E19b", _colocation),
    Question("S096", "What does a gigawatt cost to build?", "E18, E18b", _capital),
    Question("S097", "How much energy does it use?", "E20, E20b", _energy),
    Question("S098", "How is it cooled?", "E19, E20", _cooling),
    Question("S099", "How large is its footprint?", "E18", _footprint),
    Question("S100", "What does it do to regional power markets?", "E20c", _markets),
    Question("S101", "Does it conflict with stated goals?", "E20d", _conflict),
    Question("S102", "Is it known where the energy comes from?", "E20", _sourcing),
    Question("S103", "How much water does it use?", "E20", _water),
    Question("S104", "How is the carbon of large-scale training counted?", "E20, E20d", _carbon),
    Question("S121", "How do chips ship, and when does Vera Rubin ramp?", "E19", _cadence),
    Question("S122", "Is the gigawatt aspirational or a purchase?", "E18e, E19b", _real),
    Question("X05", "Do the chips live as long as the contract?", "E18f, E36", _life),
    Question("X11", "What does the same gigawatt cost in four estimates?", "E18b, E09c", _prices),
)  # fmt: skip
"""In the order of the article; a further one is one line, with the quantities that it asks for."""


def buildout_questions(**quantities: Any) -> Exhibit:
    """E20q: every question of the article that this chapter answers, with the number."""
    rows = [
        (each.id, each.question, each.answer(**_asked(each, quantities)), each.shown)
        for each in QUESTIONS
    ]
    frame = pd.DataFrame(rows, columns=["Id", "Question", "Answer", "Shown in"])
    unknown = ("not disclosed", "ndisclosed", "is disclosed", "not computable", "No region")
    open_ = sum(any(each in answer for each in unknown) for _, _, answer, _ in rows)
    return Exhibit(
        id="E20q",
        title=f"{len(rows)} questions of the article on the gigawatt and its energy; {open_} of the "
        "answers meet something that nobody has disclosed",
        body=table(frame, stub="Id"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=("Point values where no range is named; ranges stand in the exhibits named.",),
    )


def _asked(question: Question, quantities: Mapping[str, Any]) -> dict[str, Any]:
    return {name: quantities[name] for name in inspect.signature(question.answer).parameters}


# The graph reads from the signature what an exhibit rests on: here, what any answer asks for.
buildout_questions.__signature__ = inspect.Signature(  # pyright: ignore[reportFunctionMemberAccess]
    [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY)
        for name in dict.fromkeys(
            name for each in QUESTIONS for name in inspect.signature(each.answer).parameters
        )
    ]
)


def buildout_answer(
    decoded_gigawatts: tuple[DecodedGigawatt, ...],
    contracted_option_gw_draws: Array,
    commitment_average_gw_draws: Array,
    commitment_gw_years: Array,
    whole_gigawatt_years_draws: Array,
    capacity_option_gw: Array,
    electricity_mwh_per_year_draws: Array,
    power_bill_rent_share: Array,
    build_timeline: Exhibit,
    azure_commitment_usd: Array,
) -> Exhibit:
    """The chapter's answer: how much of a gigawatt, when, and what it draws."""
    chips = [each.gpus.item() for each in decoded_gigawatts]
    low, high = np.quantile(commitment_average_gw_draws, [0.1, 0.9]).tolist()
    weighted = float(np.mean(contracted_option_gw_draws))
    first, last = np.quantile(electricity_mwh_per_year_draws, [0.1, 0.9]).tolist()
    spread = float(np.diff(np.quantile(whole_gigawatt_years_draws, [0.1, 0.9]))[0])
    span = build_timeline.title.partition(";")[0]
    ceiling = number(capacity_option_gw.item())
    rented = years(commitment_gw_years.item())
    return Exhibit(
        title="How much of a gigawatt, when, and what it takes",
        body=f"**{money(azure_commitment_usd.item())}** rents **{low:.2f} to {high:.2f} GW** on "
        f"average in eight draws of ten, or a whole gigawatt for {rented}. Of the announced “up "
        f"to {ceiling} GW” beyond it **{weighted:.2f} GW** are left when weighted by chance. One gigawatt holds "
        f"{number(round(min(chips), -3))} to {number(round(max(chips), -3))} chips, by what is "
        f"meant and by generation. {span}, a spread of {years(spread)} and only if it is "
        f"contracted. It would draw **{spanned(energy(first), energy(last))}** a year; power is "
        f"{percent(power_bill_rent_share.item())} of the rent, so its price decides little and its "
        "date much.",
    )
