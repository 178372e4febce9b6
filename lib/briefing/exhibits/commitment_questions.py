"""The article's questions on the commitment, each with its computed answer and where it is shown."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, money_span, number, percent_span, share_of, years
from briefing.inputs.facts import Ledger
from briefing.model.ladder import RungLoss

Array = np.ndarray


def commitment_questions(
    azure_commitment_usd: Array,
    azure_term_years: Array,
    azure_term_years_by_term: Array,
    azure_scheduled_usd_by_term: Array,
    azure_scheduled_usd_by_horizon: Array,
    azure_schedule_revenue_share_by_horizon: Array,
    azure_minimum_present_value_usd_by_minimum: Array,
    capacity_option_usd_by_firmness: Mapping[str, Array],
    tenant_cost_usd_per_gw_year: Array,
    chip_life_grid: Exhibit,
    rung_losses: tuple[RungLoss, ...],
    first_uncovered_years_by_firmness: Mapping[str, Array],
    onerous_obligation_usd_draws: Array,
    obligation_present_value_usd: Array,
    gw_reading: Array,
    facts: Ledger,
) -> Exhibit:
    """E07c: what the article asks of term, price, exit and firmness, with the number."""
    pledge, term = money(azure_commitment_usd.item()), azure_term_years.item()
    peaks = azure_scheduled_usd_by_term.max(axis=-1) * 4
    span = money_span(peaks.min(), peaks.max())
    terms = f"{azure_term_years_by_term.min():.0f} to {azure_term_years_by_term.max():.0f} years"
    steep = azure_scheduled_usd_by_horizon.max(axis=-1) * 4
    shares = azure_schedule_revenue_share_by_horizon
    heaviest = percent_span(float(shares.min()), float(shares.max()))
    option = {key: float(np.sum(usd)) for key, usd in capacity_option_usd_by_firmness.items()}
    rent = tenant_cost_usd_per_gw_year.item()
    rented = share_of(azure_commitment_usd.item(), rent)
    most_owed = float(azure_minimum_present_value_usd_by_minimum.max())
    tail = float(np.quantile(onerous_obligation_usd_draws, 0.9))
    on_notice = [
        f"{facts.parties[str(fact.counterparty)].name} ({fact.notice_days:.0f} days)"
        for fact in facts.matching(subject="anthropic", rung="cancellable").values()
        if fact.id not in facts.superseded
    ]
    notice = f"Notice is known of other contracts: {', '.join(on_notice)}."
    rows = [
        ("S020", "Over how many years?", f"Undisclosed. Over {terms} {pledge} peaks at {span} a year.", "E06, E06b"),
        ("S021", "Is the gigawatt an option, and whose?", f"Announced as a ceiling, to be contracted; holder, price and expiry are undisclosed. {_option(option, str(gw_reading.item()))}", "E07"),
        ("S025", "Are the legs conditional on each other?", "Not computable: no public filing says so. The ladder shows each leg by itself.", "E07"),
        ("S026", "What is it a year?", f"{money_span(steep.min(), steep.max())} a year at the peak, {heaviest} of Anthropic's revenue in the heaviest quarter, by term and ramp.", "E06b"),
        ("S072", "What is the contract's horizon?", f"Undisclosed. We take {years(term)} and vary it first.", "E06, E06b"),
        ("S073", "What is the price per unit?", f"Undisclosed. At our rent of {money(rent)} per gigawatt and year {pledge} rents {number(rented)} gigawatt-years; the rent is a range (E41).", "E09c"),
        ("S074", "How can it be ended?", f"Undisclosed for Azure. {notice if on_notice else 'No other contract of Anthropic states its notice either.'}", "E01, E07"),
        ("S075", "How binding is it for Anthropic?", f"An announced commitment by public evidence. As a debt it is worth from nothing to {money(most_owed)}, by the part that is take-or-pay.", "E06c, E07"),
        ("S086", "Soft target or firm obligation, and at whose risk?", _risk(rung_losses), "E07b"),
        ("S111", "Does it hang over Anthropic?", f"{_short(first_uncovered_years_by_firmness)} If every assumed minimum is owed, {money(obligation_present_value_usd.item())} is debt; in one draw of ten the onerous part exceeds {money(tail)}.", "E12b, E12c"),
        ("X05", "Do the chips live as long as the contract?", f"{chip_life_grid.title}.", "E18f, E06b"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["Id", "Question", "Answer", "Shown in"])
    closed = sum("ndisclosed" in answer or "Not computable" in answer for _, _, answer, _ in rows)
    return Exhibit(
        id="E07c",
        title=f"{len(rows)} questions of the article on the commitment; {closed} of the answers "
        "start from a term that nobody has disclosed",
        body=table(frame, stub="Id"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=("Point values where no range is named; expected reading.",),
    )


def _option(option: Mapping[str, float], reading: str) -> str:
    if reading == "nested":
        return "Read here as part of the commitment, it adds nothing."
    return (
        f"Read here as additional, at the rent and term that we assume it comes to "
        f"{money(option['headline'])} if all of it is taken, {money(option['expected'])} as expected."
    )


def _risk(losses: tuple[RungLoss, ...]) -> str:
    azure = [loss for loss in losses if loss.leg.fact == "alliance-azure-commit"]
    if not azure:
        return "Azure's commitment is not in the ladder."
    lost, chips = azure[0].lost_usd.item(), azure[0].chips_usd.item()
    return (
        f"Undisclosed. One rung softer, Microsoft sells {money(lost)} less and Nvidia "
        f"{money(chips)}; if it is firm, the risk of idle capacity is Anthropic's."
    )


def _short(first: Mapping[str, Array]) -> str:
    names = {"firm": "firm", "expected": "expected", "headline": "all announced"}
    short = [names[key] for key, value in first.items() if np.isfinite(value.item())]
    if not short:
        return "Operating cash before compute covers even all that was announced, in every year."
    return (
        f"Operating cash before compute falls short in some year of {' and '.join(short)} payments."
    )
