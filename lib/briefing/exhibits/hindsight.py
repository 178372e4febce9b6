"""Hindsight: what the ranges of the deal's day said of things that have since become known."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import listed, money, money_span, number, percent
from briefing.inputs.facts import DEAL_DAY, Fact, Ledger
from briefing.model.measures.scores import brier_score, pinball_loss

Array = np.ndarray

SHARES = np.array([0.05, 0.5, 0.95])

MIDDLE_YEARS = 0.125
"""From the start of a quarter to its middle, for which the run-rate stands."""

RUN_RATES = {
    "anthropic-runrate-2025-12": "Run-rate, end of 2025",
    "anthropic-runrate-2026-02": "Run-rate, February 2026",
    "anthropic-runrate-2026-04": "Run-rate, April 2026",
    "anthropic-runrate-2026-05": "Run-rate, May 2026",
}
QUARTERS = {
    "anthropic-revenue-q1-26": ("Revenue, first quarter of 2026", "2026Q1"),
}
PAID = {
    "alliance-msft-equity-done": "Microsoft's equity paid in",
    "alliance-nvda-equity-done": "Nvidia's equity paid in",
}
PRICES = {
    "anthropic-val-series-g": "Value, against the price of Series G",
    "anthropic-val-series-h": "Value, against the price of Series H",
}
BEFORE = ("anthropic-runrate-2025-08", "anthropic-runrate-2025-10")
"""The two figures that gave a pace on the deal's day."""

UNSCORED = (
    "the term, the minimum and the gigawatt of the commitment, whose outcome nobody has disclosed",
    "the stakes bought, for prices of shares are public and numbers are not",
    "the gross margin of the deal's year and later revenue, known as expectations and no outcomes",
    "cash and compute, for which the ledger has no later figure on the same basis",
    "revenue of OpenAI, its letter of intent with Nvidia and the life of servers, which the ledger "
    "follows and this table does not yet",
    "likelihoods of the register of risks, which were stated later and whose time is not up",
    "decisions of authorities, whose stated likelihoods name no date",
)


class Scored(NamedTuple):
    """One quantity: three quantiles as known on the deal's day, what came, and both losses."""

    label: str
    fact: Fact
    quantiles_usd: Array
    outcome_usd: float
    naive_usd: float
    trend_usd: float | None = None
    """What growth carried on from before the deal would have said; none where no pace was known."""

    @property
    def loss_share(self) -> float:
        """Mean pinball loss over the outcome."""
        return self._loss(self.quantiles_usd)

    @property
    def naive_loss_share(self) -> float:
        """The same where one says the naive figure for all three quantiles."""
        return self._loss(np.full(3, self.naive_usd))

    @property
    def trend_loss_share(self) -> float | None:
        """The same where one says the figure of growth carried on for all three quantiles."""
        return None if self.trend_usd is None else self._loss(np.full(3, self.trend_usd))

    @property
    def is_price(self) -> bool:
        """Whether it is what a round's investors paid, which no forecast of cash can meet."""
        return self.fact.id in PRICES

    @property
    def where(self) -> str:
        """Where the outcome lies."""
        low, _, high = self.quantiles_usd
        if self.outcome_usd > high:
            return "above"
        return "below" if self.outcome_usd < low else "inside"

    def _loss(self, forecast: Array) -> float:
        outcome = np.array(self.outcome_usd)
        return float(np.mean(pinball_loss(forecast, outcome, SHARES)) / self.outcome_usd)


def hindsight_outcomes(
    run_rate_usd_per_year_draws_on_deal_day: Array,
    revenue_usd_draws_on_deal_day: Array,
    microsoft_equity_usd_draws_on_deal_day: Array,
    nvidia_equity_usd_draws_on_deal_day: Array,
    equity_value_usd_draws_on_deal_day: Array,
    known_run_rate_usd_per_year_on_deal_day: Array,
    last_round_value_usd_on_deal_day: Array,
    recognised_revenue_share_on_deal_day: Array,
    quarter_start_years: Array,
    quarters: tuple[str, ...],
    facts: Ledger,
) -> tuple[Scored, ...]:
    """Every quantity of the deal's day that a later figure of the ledger can score."""
    pace = known_run_rate_usd_per_year_on_deal_day.item()
    sold = pace / 4 * recognised_revenue_share_on_deal_day.item()
    middles = quarter_start_years[0] + MIDDLE_YEARS
    paid = {
        "alliance-msft-equity-done": microsoft_equity_usd_draws_on_deal_day,
        "alliance-nvda-equity-done": nvidia_equity_usd_draws_on_deal_day,
    }
    ends = quarter_start_years[0] + 2 * MIDDLE_YEARS
    of: dict[str, tuple[str, float, Callable[[Fact], Array]]] = {
        name: (
            label,
            pace,
            lambda fact: _at(run_rate_usd_per_year_draws_on_deal_day, middles, fact.as_of_years),
        )
        for name, label in RUN_RATES.items()
    }
    for name, (label, quarter) in QUARTERS.items():
        draws = revenue_usd_draws_on_deal_day[:, quarters.index(quarter)]
        of[name] = label, sold, lambda _, draws=draws: draws
    for name, label in PAID.items():
        path = np.cumsum(paid[name], axis=-1)
        of[name] = label, 0.0, lambda fact, path=path: _linear(path, ends, fact.as_of_years)
    for name, label in PRICES.items():
        own = last_round_value_usd_on_deal_day.item()
        of[name] = label, own, lambda _: equity_value_usd_draws_on_deal_day[:, 0]
    return tuple(
        Scored(
            label,
            fact,
            np.quantile(draws(fact), SHARES),
            float(fact.value),
            naive,
            _carried_on(fact, facts) if name in RUN_RATES else None,
        )
        for name, (label, naive, draws) in of.items()
        if (fact := facts.get(name)) and fact.known_since > DEAL_DAY and fact.value
    )


def _linear(paths: Array, years: Array, at: float) -> Array:
    place = int(np.clip(np.searchsorted(years, at) - 1, 0, len(years) - 2))
    weight = np.clip((at - years[place]) / (years[place + 1] - years[place]), 0, 1)
    return paths[:, place] * (1 - weight) + paths[:, place + 1] * weight


def _at(paths: Array, years: Array, at: float) -> Array:
    """Between two quarters a run-rate grows at an even rate."""
    return np.exp(_linear(np.log(paths), years, at))


def hindsight_table(hindsight_outcomes: tuple[Scored, ...], as_of: date) -> Exhibit:
    """E45: ranges of the deal's day against what came, with the loss of each and of a naive one."""
    if as_of <= DEAL_DAY or not hindsight_outcomes:
        return Exhibit(
            title="Nothing has happened yet",
            body="This briefing stands in the week of the announcement, so nothing that it says "
            "has met an outcome. In briefings of a later day its ranges are scored here.",
        )
    rows = [
        {
            "Quantity": each.label,
            "As seen on the deal's day": money_span(each.quantiles_usd[0], each.quantiles_usd[2]),
            "Middle": money(each.quantiles_usd[1]),
            "Came": money(each.outcome_usd),
            "Outcome": each.where,
            "Loss": percent(each.loss_share),
            "Naive loss": percent(each.naive_loss_share),
            "Trend's loss": "" if each.trend_loss_share is None else percent(each.trend_loss_share),
        }
        for each in hindsight_outcomes
    ]
    frame = pd.DataFrame(rows)
    scored = [each for each in hindsight_outcomes if not each.is_price]
    inside = sum(each.where == "inside" for each in scored)
    better = sum(each.loss_share < each.naive_loss_share for each in scored)
    above = sum(each.where == "above" for each in scored)
    by_trend = [
        each.trend_loss_share < each.loss_share
        for each in scored
        if each.trend_loss_share is not None
    ]
    beaten = (
        f", and {sum(by_trend) or 'none'} of {len(by_trend)} for run-rates lose to growth "
        "carried on"
        if by_trend
        else ""
    )
    return Exhibit(
        id="E45",
        title=f"{inside or 'None'} of {len(scored)} outcomes "
        f"{'lies' if inside == 1 else 'lie'} inside the ranges of the deal's day, "
        f"{above or 'none'} above; {better or 'none'} of {len(scored)} ranges beat the "
        f"forecast that nothing changes{beaten}",
        body=table(
            frame,
            numbers=["Middle", "Came", "Loss", "Naive loss", "Trend's loss"],
            stub="Quantity",
        ),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        facts=tuple(each.fact for each in hindsight_outcomes),
        notes=(
            f"Ranges: {SHARES[0]:.0%} to {SHARES[2]:.0%} of the draws of this same set "
            "as known on the deal's day. Of good ranges nine outcomes in ten lie inside. Loss: "
            "mean pinball loss of both ends and the middle, over the outcome (Koenker and Bassett "
            "1978); less is better. Naive: the figure of the deal's day stays as it was, without "
            "a range; for equity, nothing is paid in. Trend: the growth between the last two "
            "run-rates before the deal goes on, without a range.",
            "The code was written after the outcomes, and only the facts are cut at the "
            "deal's day: assumptions chosen with later knowledge would flatter these scores. "
            "Outcomes hang together, so they count for fewer than they are.",
            "A round's price is no outcome of a discounted cash flow, so the title does not count "
            "those rows: they say how far investors went beyond it, not that either is right. What "
            "is paid in is as the press reported it.",
            f"Not scored: {'; '.join(UNSCORED)}.",
        ),
    )


def _carried_on(fact: Fact, facts: Ledger) -> float | None:
    """The run-rate on the day of `fact` at the pace of the last two figures before the deal."""
    first, second = map(facts.get, BEFORE)
    if not first or not second or not first.value or not second.value:
        return None
    steps = (fact.as_of_years - second.as_of_years) / (second.as_of_years - first.as_of_years)
    return float(second.value * (second.value / first.value) ** steps)


class Event(NamedTuple):
    """Something that was to happen or not, with the chance that the draws gave it."""

    label: str
    chance_share: float
    has_happened: bool


def hindsight_events(
    hindsight_outcomes: tuple[Scored, ...],
    run_rate_usd_per_year_draws_on_deal_day: Array,
    microsoft_equity_usd_draws_on_deal_day: Array,
    nvidia_equity_usd_draws_on_deal_day: Array,
    committed_cash_usd_draws_on_deal_day: Array,
    equity_value_usd_draws_on_deal_day: Array,
    quarter_start_years: Array,
    years_to_as_of: Array,
    facts: Ledger,
) -> tuple[Event, ...]:
    """Events whose chance follows from draws of the deal's day and whose outcome is known."""
    scored = {each.fact.id: each for each in hindsight_outcomes}
    middles = quarter_start_years[0] + MIDDLE_YEARS
    ends = quarter_start_years[0] + 2 * MIDDLE_YEARS
    events = []
    if (pace := scored.get("anthropic-runrate-2026-05")) and (
        plan := facts.get("anthropic-proj-2026-nov25")
    ):
        paces = _at(run_rate_usd_per_year_draws_on_deal_day, middles, pace.fact.as_of_years)
        events.append(
            Event(
                "The run-rate of May 2026, a pace, exceeds the revenue planned for that year",
                float(np.mean(paces > plan.value)),
                bool(plan.value and pace.outcome_usd > plan.value),
            )
        )
    for name, path, cap in (
        (
            "alliance-msft-equity-done",
            microsoft_equity_usd_draws_on_deal_day,
            "alliance-msft-equity",
        ),
        ("alliance-nvda-equity-done", nvidia_equity_usd_draws_on_deal_day, "alliance-nvda-equity"),
    ):
        if (paid := scored.get(name)) and (ceiling := facts.get(cap)) and ceiling.high:
            by_then = _linear(np.cumsum(path, axis=-1), ends, paid.fact.as_of_years)
            events.append(
                Event(
                    f"{paid.label} to more than half of the ceiling",
                    float(np.mean(by_then > ceiling.high / 2)),
                    paid.outcome_usd > ceiling.high / 2,
                )
            )
    if scored:
        until = int(np.sum(quarter_start_years[0] + 2 * MIDDLE_YEARS <= years_to_as_of.item()))
        short = np.any(committed_cash_usd_draws_on_deal_day[:, : max(until, 1)] < 0, axis=-1)
        events.append(
            Event("Money in sight runs out by the briefing's date", float(np.mean(short)), False)
        )
    if price := scored.get("anthropic-val-series-g"):
        dearer = equity_value_usd_draws_on_deal_day > price.naive_usd
        events.append(
            Event(
                "The company is worth more than its last round, as the next round has it",
                float(np.mean(dearer)),
                price.outcome_usd > price.naive_usd,
            )
        )
    return tuple(events)


def hindsight_events_table(
    hindsight_events: tuple[Event, ...], as_of: date, facts: Ledger
) -> Exhibit:
    """E45b: chances of the deal's day against what came, with Brier's score."""
    if as_of <= DEAL_DAY or not hindsight_events:
        return Exhibit(
            title="No chance has met its outcome",
            body="Chances that the draws give to events are scored once the events can have "
            "happened, in briefings of a later day.",
        )
    frame = pd.DataFrame(
        [
            {
                "Event": each.label,
                "Chance": percent(each.chance_share),
                "Came": "yes" if each.has_happened else "no, as far as is known",
                "Squared error": number(
                    round(brier_score([each.chance_share], [each.has_happened]), 3)
                ),
            }
            for each in hindsight_events
        ]
    )
    came = [each.has_happened for each in hindsight_events]
    own = brier_score([each.chance_share for each in hindsight_events], came)
    naive = brier_score([0.5] * len(came), came)
    missed = [
        f"“{each.label}”"
        for each in hindsight_events
        if (each.chance_share > 0.5) != each.has_happened
    ]
    said = (
        f"it leaned the wrong way on {listed(missed)}"
        if missed
        else "it leaned the right way on all"
    )
    used: Mapping[str, Fact] = {
        name: facts[name] for name in ("anthropic-proj-2026-nov25", *PAID) if name in facts
    }
    return Exhibit(
        id="E45b",
        title=f"On {len(came)} events the deal day's draws did {_than(own, naive)} even chances: "
        f"{own:.2f} against {naive:.2f} (0 is best)",
        body=table(frame, numbers=["Chance", "Squared error"], stub="Event"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        facts=tuple(used.values()),
        notes=(
            "Chance: the part of the deal day's draws in which it happens. Score: the mean squared "
            f"error of the chances (Brier 1950). Of these {len(came)} events {said}. So few that "
            "hang together are an illustration and no test.",
            "The signals of the watch list were chosen later, with no chance stated on the deal's "
            "day; only those that the draws give a chance to are here.",
        ),
    )


def _than(own: float, naive: float) -> str:
    return "worse than" if own > naive else "better than" if own < naive else "as well as"
