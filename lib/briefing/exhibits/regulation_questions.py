"""Sentences on regulation and lock-in: the chapters' answers, and the article's questions."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.remedies import INQUIRIES, RemedyLoss
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, number, percent, percent_of_draws, years
from briefing.inputs.facts import Ledger
from briefing.model.concentration import Market
from briefing.model.measures.concentration import (
    HIGHLY_CONCENTRATED_POINTS,
    LARGE_CHANGE_POINTS,
)

Array = np.ndarray


def regulation_answer(
    model_market: Market,
    cloud_market: Market,
    accelerator_market: Market,
    model_market_mhhi_rise: Array,
    remedy_losses: tuple[RemedyLoss, ...],
) -> Exhibit:
    """The chapter's answer in a paragraph."""
    above = sum(
        market.none.item() > HIGHLY_CONCENTRATED_POINTS
        for market in (model_market, cloud_market, accelerator_market)
    )
    rise = model_market_mhhi_rise.item()
    side = "less" if rise <= LARGE_CHANGE_POINTS else "more"
    costs = " and ".join(
        f"{party} "
        f"{money(sum(loss.losses_usd[party] * loss.likelihood_share for loss in remedy_losses))}"
        for party in remedy_losses[0].losses_usd
    )
    return Exhibit(
        title="Concentrated layers, small stakes, no case on the deal",
        body=f"**{_counted(above)} of three layers lie above the level at which US guidelines call a "
        f"market highly concentrated, with or without this deal.** Its stakes add {rise:.0f} points "
        f"to models even if they gave a say, {side} than the {number(LARGE_CHANGE_POINTS)} that a "
        "merger is screened for. What is new is vertical: an investor that also supplies and "
        "buys, which no index of this kind sees. No authority is known to have opened a case on "
        f"the deal. Orders that could follow from matters around it would cost {costs} in "
        "expectation, on likelihoods that are our judgement.",
    )


def _counted(above: int) -> str:
    return ("None", "One", "Two", "All")[above]


def lock_in_answer(
    lock_in_years: Array,
    freedom_lost_share: Array,
    freedom_lost_usd: Array,
    required_co_optimisation_gain_share: Array,
    co_optimisation_gain_share: Array,
    co_optimisation_surplus_share_draws: Array,
) -> Exhibit:
    """The chapter's answer on lock-in in a paragraph."""
    pays = float(np.mean(co_optimisation_surplus_share_draws >= 0))
    return Exhibit(
        title="What freedom to move is worth, and what pays for it",
        body=f"**Work that is tuned to one maker's chips and cannot move for "
        f"{years(lock_in_years.item())} gives up freedom worth {percent(freedom_lost_share.item())} "
        f"of what is spent on it, {money(freedom_lost_usd.item())} for all Nvidia-based work under "
        "the commitment.** Tuning pays for that if it saves "
        f"{percent(required_co_optimisation_gain_share.item())} of the cost. No figure for it has "
        f"been announced; we take {percent(co_optimisation_gain_share.item())}, and it pays in "
        f"{percent_of_draws(pays)}. The longer the lock and the further costs wander, the more "
        "must be saved.",
    )


def regulation_questions(
    model_market: Market,
    cloud_market: Market,
    accelerator_market: Market,
    model_market_mhhi_rise: Array,
    model_market_mhhi_rise_draws: Array,
    anthropic_supplier_hhi: Array,
    anthropic_supplier_without_deal_hhi: Array,
    supplier_hhi: Array,
    remedy_losses: tuple[RemedyLoss, ...],
    customer_loop_gain_multiple: Array,
    switching_cost_share: Array,
    facts: Ledger,
) -> Exhibit:
    """E28d: every question of the article that this chapter answers, with the number."""
    points = ", ".join(
        f"{name} {number(market.none.item())}"
        for name, market in (
            ("models", model_market),
            ("cloud", cloud_market),
            ("accelerators", accelerator_market),
        )
    )
    rise = model_market_mhhi_rise.item()
    low, high = np.quantile(model_market_mhhi_rise_draws, [0.1, 0.9])
    losses = {loss.name: loss for loss in remedy_losses}
    access, unlinked = losses["equal_access"], losses["unlinked_purchases"]
    open_ = [inquiry for inquiry in INQUIRIES if inquiry.newest(facts)]
    places = len({inquiry.where for inquiry in open_} - {"International"})
    moves = facts.get("cma-cloud-switching")
    few = (
        f" In the UK fewer than {percent(moves.high or 0.0)} of customers change their cloud in a year."
        if moves
        else ""
    )
    silent = model_market.silent.item() - model_market.silent_without.item()
    rows = [
        ("S018", "Is there regulatory risk?", f"Yes, around the deal more than of it: no case on it is known, {len(open_)} matters around it are. Most at stake is Microsoft's margin, {money(access.microsoft_usd)} if access on equal terms bites as hard as our ranges allow.", "E28, E28b"),
        ("S019", "Stable, or a loop that amplifies concentration?", f"The layers are concentrated without it ({points} points). The price of Anthropic feeds on itself with a gain of {customer_loop_gain_multiple.item():.2f} a turn; by stakes the index rises by {_low_high(float(low), float(high))} points in eight draws of ten.", "E17, E27"),
        ("S039", "More influence over models?", f"By stake little: {silent:.0f} points of concentration without a say, {rise:.0f} with one. What say there is has not been disclosed.", "E27b, E27d"),
        ("S045", "Does it concentrate suppliers?", f"{_supply(anthropic_supplier_without_deal_hhi.item(), anthropic_supplier_hhi.item())} Of Microsoft's models the index goes from 10,000 to {supplier_hhi.item():,.0f}. Makers of chips behind the clouds are not public.", "E27c"),
        ("S060", "Do three roles in one draw antitrust?", "They are what the FTC's staff described as a concern. None of the stakes of clouds in laboratories that were looked at was undone.", "E28, E29"),
        ("S087", "Does it foreclose competition?", f"Not computable: foreclosure needs terms of access that nobody has disclosed. By stakes the index rises by {_low_high(float(low), float(high))} points, which is a screen and no finding.", "E27, E27b"),
        ("S088", "Higher switching costs for customers?", f"Not known for this deal.{few} We take {percent(switching_cost_share.item())} of a year's spending to move tuned work.", "E25, E28"),
        ("S089", "De facto preferred treatment?", f"Nothing disclosed says so, and nothing rules it out. A ban on preferred terms would cost Microsoft {_nothing_or(losses['no_exclusivity'].microsoft_usd)} here.", "E28b"),
        ("S090", "Teams in several jurisdictions?", f"Matters around the deal are known in {places} jurisdictions; the latest step of each stands in the table.", "E28"),
        ("S112", "Would remedies change the economics?", f"A ban on linked purchases could take {money(unlinked.microsoft_usd)} from Microsoft and {money(unlinked.nvidia_usd)} from Nvidia; we give it {percent(unlinked.likelihood_share)}.", "E28b, E28c"),
        ("S123", "Have formal reviews begun?", "None of this deal that is known. Of Azure, Microsoft and Nvidia: see the table.", "E28"),
        ("S124", "And inquiries of policy?", _policy(facts), "E28"),
        ("S132", "Does it amplify concentration?", f"By stakes it adds {rise:.0f} points to {number(model_market.none.item())}. By supply it adds a cloud to Anthropic and a laboratory to Microsoft, and names one maker of chips.", "E27, E27c"),
        ("S134", "Does it invite scrutiny?", f"It has the features that the FTC's report lists. Expected cost to Microsoft of all remedies: {money(sum(loss.microsoft_usd * loss.likelihood_share for loss in remedy_losses))}.", "E28, E28c"),
    ]  # fmt: skip
    return _question_table("E28d", rows, "concentration and regulation")


def _supply(before: float, after: float) -> str:
    if np.isnan(before) or np.isnan(after):
        return (
            "Of Anthropic's clouds and sites not computable: fewer than two of them have a "
            "published amount without the deal."
        )
    return f"Of Anthropic's clouds and sites the index goes from {before:,.0f} to {after:,.0f}."


def _low_high(low: float, high: float) -> str:
    return f"{low:.0f} to {high:.0f}"


def _nothing_or(usd: float) -> str:
    return "nothing" if abs(usd) < 5e6 else money(usd)


def _policy(facts: Ledger) -> str:
    names = ("warren-wyden", "warren-sacks", "warren-fsoc", "boe-imf-warning")
    known = [facts[name] for name in names if name in facts]
    newest = max(known, key=lambda fact: fact.known_since, default=None)
    if newest is None:
        return "None that the ledger knows."
    return f"Letters and warnings, {len(known)} in the ledger and none a proceeding; the newest is known since {newest.known_since}."


def lock_in_questions(
    lock_in_years: Array,
    required_co_optimisation_gain_share: Array,
    co_optimisation_gain_share: Array,
    co_optimisation_surplus_share_draws: Array,
    freedom_lost_share: Array,
    switching_value_share: Array,
    alternative_cost_multiple: Array,
    azure_compute_share: Array,
    azure_nvidia_share: Array,
) -> Exhibit:
    """E26c: what the article asks of tuning and lock-in, with the number."""
    needed, taken = required_co_optimisation_gain_share.item(), co_optimisation_gain_share.item()
    pays = percent_of_draws(float(np.mean(co_optimisation_surplus_share_draws >= 0)))
    lock = years(lock_in_years.item())
    on_nvidia = azure_compute_share.item() * azure_nvidia_share.item()
    rows = [
        ("S011", "Is Claude tuned to Grace Blackwell and Vera Rubin?", "Announced as a goal. No date, base or measure is public.", "E01, E26b"),
        ("S024", "Are there measurable goals?", f"None. To pay for a lock of {lock}, the goal would have to be {percent(needed)} off the cost of the work.", "E26"),
        ("S041", "Does tuning improve Claude on Nvidia's chips?", f"It is meant to; no result is public. We take {percent(taken)} off the cost of the work.", "E26b"),
        ("S044", "Does it make Nvidia's chips the platform of choice?", f"Of Anthropic's compute {percent(on_nvidia)} runs on them through this deal; chips of two other makers are contracted too. A lock of {lock} makes leaving dearer by {percent(freedom_lost_share.item())} of the spending.", "E23, E25"),
        ("S046", "Do hardware incentives shape models?", f"Not computable: no model's design is disclosed. All freedom to move is worth {percent(switching_value_share.item())} of the spending, which an incentive would have to offer.", "E25"),
        ("S049", "Better throughput, latency, total cost?", f"No figure is claimed for tuning. {percent(needed)} is needed; makers' claims are for chips.", "E26, E26b"),
        ("S052", "Lower cost of inference, faster fine-tuning?", f"If it saves what we take, it pays for its lock in {pays}. Whether customers get it is not disclosed.", "E26b"),
        ("S113", "Short-term gain against lost flexibility?", f"The two meet at {percent(needed)} for {lock}, with the alternative at {alternative_cost_multiple.item():.2f} times the cost today.", "E25, E26"),
    ]  # fmt: skip
    return _question_table("E26c", rows, "tuning and lock-in")


def _question_table(id_: str, rows: Sequence[tuple[str, str, str, str]], on: str) -> Exhibit:
    frame = pd.DataFrame(rows, columns=["Id", "Question", "Answer", "Shown in"])
    closed = sum("Not computable" in answer for _, _, answer, _ in rows)
    return Exhibit(
        id=id_,
        title=f"{len(rows)} questions of the article on {on}; {closed or 'none'} cannot be computed "
        "from what is disclosed",
        body=table(frame, stub="Id"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=("Point values where no range is named.",),
    )
