"""Exhibits of disclosure: what knowing an undisclosed term is worth, and where to read it."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.information import ALL_TERMS, GROUPS, Decision
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import LEAST_USD, listed, money, opening, spoken, stated_money
from briefing.model.measures.information import Worth

CLEAR = 2.0
"""Standard errors by which a worth stands out from the chance of the draws."""

NINETEEN_IN_TWENTY = 1.96
"""Standard errors within which chance stays nineteen times of twenty."""


class Telling(NamedTuple):
    """An undisclosed term that would change somebody's decision by itself."""

    spoken: str
    who: str
    worth: str
    """In dollars, of two digits."""
    within: str
    """Dollars by which chance in the draws may move it, either way, nineteen times of twenty."""
    document: str
    """Where it may be read."""
    is_estimate: bool
    """Whether its worth is the error that it spares."""

    @property
    def gain(self) -> str:
        """What knowing it does, to be said of it."""
        if self.is_estimate:
            return f"spares {self.who} {self.worth} of error"
        return f"is worth {self.worth} to {self.who}"


def telling_terms(decisions: Sequence[Decision]) -> list[Telling]:
    """Terms whose worth stands clear of chance, by their part of what knowing everything is worth.

    A term stands once for each decision that it would change.
    """
    found = [
        (
            worth.usd / each.everything_usd,
            Telling(
                spoken(name), each.who, _dollars(worth.usd), _within(worth), where, each.is_estimate
            ),
        )
        for each in decisions
        for group, worths in each.alone.items()
        for name, worth in worths.items()
        if (where := GROUPS[group].document) and _is_clear(worth) and worth.usd >= LEAST_USD
    ]
    return [term for _, term in sorted(found, key=lambda each: -each[0])]


def decision_table(decisions: Sequence[Decision]) -> Exhibit:
    """E15a: who decides what, what is best today, and what knowing everything would add."""
    frame = pd.DataFrame(
        [
            {
                "Who": opening(each.who),
                "Choice": each.choice,
                "Better on average": opening(each.today),
                "Knowing everything adds": _dollars(each.everything_usd),
            }
            for each in decisions
        ]
    )
    least, *_, most = sorted(decisions, key=lambda each: each.everything_usd)
    return Exhibit(
        id="E15a",
        title=f"To know everything beforehand would {_said(least)}, and {_said(most)}",
        body=table(frame, numbers=["Knowing everything adds"], stub="Who"),
        alt=read_aloud(frame),
        data=frame,
        notes=(
            "Means over all draws. “Better on average” speaks for somebody who weighs a dollar won "
            "like a dollar lost; it is a yardstick for information and no advice.",
            "Selling brings the last round's price, which one may not find. The bundle is judged "
            "as on the deal's day, whatever has been paid since. Whoever states a sum loses a "
            "dollar for each dollar by which it is wrong, too high or too low.",
        ),
    )


def information_table(decisions: Sequence[Decision]) -> Exhibit:
    """E15: what knowing each group of undisclosed terms is worth to each decision."""
    ranked = sorted(
        (group for group, each in GROUPS.items() if each.document),
        key=lambda group: -max(_part(each, group) for each in decisions),
    )
    others = [group for group, each in GROUPS.items() if not each.document]
    rows = [*ranked, ALL_TERMS, *others]
    frame = pd.DataFrame(
        [
            {"If known": opening(_label(group))}
            | {each.head: _written(each.together[group]) for each in decisions}
            for group in rows
        ]
        + [
            {"If known": "Everything"}
            | {each.head: _dollars(each.everything_usd) for each in decisions}
        ]
    )
    return Exhibit(
        id="E15",
        title=_title(decisions, ranked),
        body=table(frame, numbers=[each.head for each in decisions], stub="If known"),
        alt=read_aloud(frame, rows=len(frame)),
        data=_all_worths(decisions),
        notes=(
            "What a decision gains on average if the row were known beforehand and all else stayed "
            "uncertain. Rows do not add up: to know one thing may make another worthless, or "
            "worth more.",
            "Means given the terms are fitted on the draws (regression of Strong, Oakley and "
            "Brennan); where somebody who acts on a fit made without the draw at hand gains more, "
            "that counts. “Up to” marks what chance in the draws may explain; the data give both "
            "estimates and the standard error.",
            "The last three rows are no terms: two that no document tells, and all there is. "
            "Terms count with our ranges for them, and a wider range is worth more to narrow.",
        ),
    )


def disclosure_wish_list(decisions: Sequence[Decision]) -> Exhibit:
    """E15b: single undisclosed terms that would change a decision, and where each may be read."""
    ranked = telling_terms(decisions)
    frame = pd.DataFrame(
        [
            {
                "Term": opening(each.spoken),
                "Helps": opening(each.who),
                "Worth": each.worth,
                "Give or take": each.within,
                "Could be read in": opening(each.document),
            }
            for each in ranked
        ],
        columns=["Term", "Helps", "Worth", "Give or take", "Could be read in"],
    )
    terms = len({each.spoken for each in ranked})
    of = sum(len(decisions[0].alone[group]) for group, each in GROUPS.items() if each.document)
    if ranked:
        first = ranked[0]
        title = (
            f"{terms} of {of} assumptions for undisclosed terms would change a decision by "
            f"themselves; first comes the {first.spoken}, which {first.gain}"
        )
    else:
        title = f"None of {of} assumptions for undisclosed terms would change a decision by itself"
    return Exhibit(
        id="E15b",
        title=title,
        body=table(frame, numbers=["Worth", "Give or take"], stub="Term"),
        alt=read_aloud(frame, rows=len(frame)) or title,
        data=frame,
        notes=(
            "Ranked by worth over that of knowing everything, for the same decision. Listed are "
            "terms whose worth stands clear of chance; a term that is missing may still matter "
            "together with others, or to other decisions. Give or take is chance in the draws "
            "alone, nineteen times of twenty; our ranges are a doubt of their own. To an analyst "
            "or a creditor, who state a number, a term is worth the error that it spares.",
            "Two undisclosed terms have no worth here, because the model has no number for them: "
            "the schedule by region (E19c), and exclusivity beyond the share of its computing that "
            "Anthropic may at most buy from Azure, which is among the terms.",
            "Where a term could be read is our reading of what filings of these kinds usually "
            "hold; nobody has promised to disclose it.",
        ),
    )


def _part(decision: Decision, group: str) -> float:
    """Worth over that of knowing everything."""
    worth = decision.together[group]
    return worth.usd / decision.everything_usd if decision.everything_usd else 0.0


def _label(group: str) -> str:
    return GROUPS[group].label if group in GROUPS else group


def _title(decisions: Sequence[Decision], groups: Sequence[str]) -> str:
    changed = [each for each in decisions if each.together[ALL_TERMS].usd >= LEAST_USD]
    unmoved = [each.who for each in decisions if each not in changed]
    if not changed:
        return "No undisclosed term would change any of these decisions"
    first = max(changed, key=lambda each: _part(each, ALL_TERMS))
    best = max(groups, key=lambda group: _part(first, group))
    one, all_ = (_dollars(first.together[group].usd) for group in (best, ALL_TERMS))
    more = "as much as" if one == all_ else f"{all_} to know"
    does = (
        f"spares {first.who} {one} of error" if first.is_estimate else f"adds {one} to {first.who}"
    )
    title = f"To know {_label(best)} {does}, {more} all undisclosed terms"
    return f"{title}; to {listed(unmoved)} they change nothing" if unmoved else title


def _all_worths(decisions: Sequence[Decision]) -> pd.DataFrame:
    """Every term, group and decision in dollars, with both estimates."""
    return pd.DataFrame(
        [
            {"decision": each.head, "known": known, "usd": worth.usd}
            | {"fitted_usd": worth.fitted}
            | {"held_out_usd": worth.held_out, "standard_error_usd": worth.error}
            | {"everything_usd": each.everything_usd}
            for each in decisions
            for known, worth in [
                *each.together.items(),
                *(term for terms in each.alone.values() for term in terms.items()),
            ]
        ]
    )


def _is_clear(worth: Worth) -> bool:
    return worth.held_out > CLEAR * worth.error


def _within(worth: Worth) -> str:
    return stated_money(float(f"{NINETEEN_IN_TWENTY * worth.error:.1g}"))


def _written(worth: Worth) -> str:
    text = _dollars(worth.usd)
    return text if _is_clear(worth) or worth.usd < LEAST_USD else f"up to {text}"


def _said(decision: Decision) -> str:
    """What knowing everything does for it; whoever states a sum is spared error and gets none."""
    worth = _dollars(decision.everything_usd) if decision.everything_usd >= LEAST_USD else "nothing"
    if decision.is_estimate:
        return f"spare {decision.who} {worth} of error"
    return f"add {worth} to {decision.who}"


def _dollars(usd: float) -> str:
    """Dollars of two digits; draws tell no more."""
    return stated_money(float(f"{usd:.2g}")) if usd >= LEAST_USD else money(0.0)
