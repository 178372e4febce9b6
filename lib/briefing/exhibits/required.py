"""What an assumption would have to be for a condition to hold, all others as they are.

A condition asks that a quantity be at least another: `CONDITIONS` are those that exhibits show.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from briefing.exhibits.words import opening, quantity_text, spanned, spoken
from briefing.inputs.assumptions import RANGES, Assumption
from briefing.inputs.files import BadInput
from briefing.model.measures.crossings import crossings
from briefing.model.measures.discounting import InfiniteValue

Array = np.ndarray


@dataclass(frozen=True)
class Condition:
    """`quantity` is at least `at_least`: another quantity's name, or a plain number."""

    quantity: str
    at_least: str | float = 0.0

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Names of the quantities that it compares."""
        return (
            (self.quantity, self.at_least) if isinstance(self.at_least, str) else (self.quantity,)
        )


CONDITIONS: Mapping[str, Condition] = {
    "Last priced round": Condition("equity_value_usd", "last_round_value_usd"),
    "Press figure": Condition("equity_value_usd", "press_value_usd"),
    "Cash in sight lasts": Condition("lowest_cash_usd"),
    "Microsoft earns its hurdle": Condition("microsoft_bundle_npv_usd"),
    "Chips pay Nvidia back": Condition("nvidia_margin_left_usd"),
}

FREE = (
    "growth_half_life_years",
    "momentum_growth_rate",
    "mature_gross_margin_share",
    "discount_rate",
    "azure_commitment_usd",
    "azure_term_years",
)
"""Assumptions that exhibits free, one at a time; they are solved together."""

IMPLIED = {
    "revenue_2030_usd": "{} of revenue in 2030",
    "five_year_growth_rate": "{} growth a year",
    "final_operating_margin_share": "an operating margin of {} in the end",
}
"""Quantities that say what a required value means in a reader's words."""

WIDER = 5.0
"""Where nobody says how far to search: from a fifth of the least to five times the most that the
assumption's own range allows; a share from none to all."""

INSIDE = "is inside our range"
ACROSS = "holds across our range"

SCANNED = 65
"""Values of the searched range that are looked at; only a change of sign between two of them is
seen. A grid of many points makes do with half as many."""

BLOCK = 2_000
"""Points that are computed at once; with more of them the processor's caches overflow."""


MOST = 1e100


Searched = tuple[Assumption, float, float]
"""An assumption and the ends between which it is searched."""


class Valued(Protocol):
    """A case, of which only values are asked."""

    def value(self, name: str) -> Any:
        """Value of a quantity, points first."""
        ...


@dataclass(frozen=True, repr=False, eq=False)
class Required:
    """The values of one assumption with which a condition holds, at each point of a grid.

    Arrays have a row for each point, mostly one. A value that does not exist is not a number, and
    `in_words` says so.
    """

    assumption: Assumption
    condition: Condition
    own: Array
    """What the assumption is in the case."""
    holds: Array
    """Whether the condition holds in the case as it is."""
    threshold: Array
    low: Array
    """First searched value for which the model has an answer."""
    high: Array
    crossings: Array
    """(points, most): values at which the condition begins or ceases to hold, rising."""
    holds_at_low: Array
    implied: Mapping[str, Array]
    """What the quantities of `IMPLIED` are at `value`."""
    now: Mapping[str, Array]
    """What they are in the case."""

    @property
    def value(self) -> Array:
        """The crossing nearest to the assumption's own value; not a number where there is none."""
        return nearest(self.crossings, self.own)

    def spans(self, point: int = 0) -> tuple[tuple[float, float], ...]:
        """Stretches of the searched range in which the condition holds."""
        if math.isnan(self.low[point, 0]):
            return ()
        inner = [float(each) for each in self.crossings[point] if not math.isnan(each)]
        ends = [self.low[point, 0].item(), *inner, self.high[point, 0].item()]
        first = 0 if self.holds_at_low[point, 0] else 1
        return tuple(pairwise(ends))[first::2]

    def in_words(self, point: int = 0) -> str:
        """Those stretches as a reader says them."""
        low, high = self.low[point, 0].item(), self.high[point, 0].item()
        if math.isnan(low):
            return "the model gives no value"
        found = [
            self._stretch(first, last, first == low, last == high)
            for first, last in self.spans(point)
        ]
        return " or ".join(found) or f"no value from {self._span(low, high)}"

    def _stretch(self, first: float, last: float, is_open: bool, is_closed: bool) -> str:
        match is_open, is_closed:
            case True, True:
                return f"any value from {self._span(first, last)}"
            case True, False:
                return f"at most {self._said(last)}"
            case False, True:
                return f"at least {self._said(first)}"
            case _:
                return self._span(first, last)

    def _said(self, number: float) -> str:
        return quantity_text(self.assumption.name, number)

    def _span(self, low: float, high: float) -> str:
        return spanned(self._said(low), self._said(high))

    @property
    def range_in_words(self) -> str:
        """The assumption's own range."""
        low, high = self.assumption.low, self.assumption.high
        if low is None or high is None:
            return "fixed"
        return self._span(low, high)

    def verdict(self, point: int = 0) -> str:
        """How what is required stands to what we assume."""
        spans = self.spans(point)
        least, most = self.assumption.low, self.assumption.high
        if least is None or most is None:
            least = most = self.own[point, 0].item()
        within = [(max(a, least), min(b, most)) for a, b in spans if a <= most and b >= least]
        if self.holds[point, 0]:
            if within == [(least, most)]:
                return ACROSS if least < most else "holds"
            return "holds, though not across our range"
        if within:
            return INSIDE
        if not spans:
            return "is out of reach"
        return "is outside our range" if least < most else "differs from ours"

    def __repr__(self) -> str:
        asked = self.condition.at_least
        wanted = spoken(asked) if isinstance(asked, str) else ""
        threshold = quantity_text(self.condition.quantity, self.threshold[0, 0])
        head = (
            f"{opening(spoken(self.assumption.name))} for {spoken(self.condition.quantity)} "
            f"of at least {f'the {wanted}, {threshold}' if wanted else threshold}: "
        )
        if len(self.own) > 1:
            return head + self._counted
        meaning = f". That means {self.meaning()}" if self.meaning() else ""
        return (
            f"{head}{self.in_words()}. Ours is {self._said(self.own.item())} "
            f"({self.range_in_words}), so it {self.verdict()}{meaning}"
        )

    def meaning(self, point: int = 0) -> str:
        """What `value` changes in revenue, growth and margin; empty where it changes nothing."""
        if math.isnan(self.value[point, 0]):
            return ""
        pairs = {
            name: [quantity_text(name, each[name][point, 0]) for each in (self.implied, self.now)]
            for name in IMPLIED
        }
        return ", ".join(
            IMPLIED[name].format(then) for name, (then, now) in pairs.items() if then != now
        )

    @property
    def _counted(self) -> str:
        points = range(len(self.own))
        found = ~np.isnan(self.value[:, 0])
        always = sum(
            bool(self.spans(point)) for point, is_found in zip(points, found, strict=True)
            if not is_found
        )  # fmt: skip
        never = len(points) - int(found.sum()) - always
        span = "" if not found.any() else (
            f", from {self._span(np.nanmin(self.value), np.nanmax(self.value))}"
        )  # fmt: skip
        return (
            f"a value at {found.sum()} of {len(points)} points{span}; holds whatever it is at "
            f"{always}, and never within the searched range at {never}"
        )

    def _repr_markdown_(self) -> str:
        return repr(self).replace("$", "&#36;")


def nearest(crossings: Array, own: Array) -> Array:
    """Of each point's crossings the one nearest to `own`, (points, 1)."""
    distance = np.abs(crossings - own)
    place = np.argmin(np.where(np.isnan(distance), np.inf, distance), axis=1)
    return np.take_along_axis(crossings, place[:, None], axis=1)


def searched(
    assumption: Assumption, own: Array, within: tuple[float, float] | None = None
) -> Searched:
    """The assumption with the ends of the search: `within`, or ends that take in its `own` values.

    Raises BadInput with the rule that `within` breaks, or where there is no number to solve for.
    """
    if assumption.options:
        words = ", ".join(assumption.options)
        raise BadInput(
            [f"required: {assumption.name} is a choice ({words}); only a number can be solved for"]
        )
    if within is not None:
        return assumption, *_checked(assumption, within)
    if assumption.unit == "share":
        return assumption, *RANGES["share"]
    value = float(assumption.value)
    low = value if assumption.low is None else assumption.low
    high = value if assumption.high is None else assumption.high
    if low < 0 or high <= 0:
        raise BadInput(
            [f"required: {assumption.name} says not how far to search; give within=(low, high)"]
        )
    allowed = RANGES.get(assumption.unit, (0, np.inf))[1]
    ends = low / WIDER, min(high * WIDER, allowed)
    return assumption, min(ends[0], float(np.min(own))), max(ends[1], float(np.max(own)))


def _checked(assumption: Assumption, within: tuple[float, float]) -> tuple[float, float]:
    if not isinstance(within, list | tuple) or len(within) != 2:
        raise BadInput([f"required: within {within!r} must be two numbers; nothing was computed"])
    low, high = within
    faults = [*assumption.faults_of(low), *assumption.faults_of(high)]
    if not faults and not low < high:
        faults = [f"{assumption.name}: within must rise, and {low:g} is not below {high:g}"]
    if faults:
        raise BadInput(f"required: {fault}; nothing was computed" for fault in faults)
    return float(low), float(high)


def solved(
    case: Valued,
    with_columns: Callable[[Mapping[str, Array]], Valued],
    leaves: Mapping[str, Array],
    frees: Sequence[Searched],
    conditions: Sequence[Condition],
    scanned: int = SCANNED,
) -> Mapping[str, tuple[Required, ...]]:
    """What each of `frees`, searched from low to high, has to be for each condition.

    `leaves` are the assumptions' values in `case`, (1, 1) or (points, 1); `with_columns` gives a
    case with others. Everything is solved at once: a question is one free assumption at one point.
    """
    points = max(len(leaf) for leaf in leaves.values())
    own = {each.name: np.broadcast_to(leaves[each.name], (points, 1)) for each, *_ in frees}

    def at(question: Array, x: Array) -> Valued:
        place, point = np.divmod(question, points)
        columns = {name: leaf if len(leaf) == 1 else leaf[point] for name, leaf in leaves.items()}
        freed = {
            name: np.where(place[:, None] == number, x[:, None], values[point])
            for number, (name, values) in enumerate(own.items())
        }
        return with_columns(columns | freed)

    def margins(question: Array, x: Array) -> Array:
        if len(x) > BLOCK:
            cuts = range(BLOCK, len(x), BLOCK)
            blocks = zip(np.split(question, cuts), np.split(x, cuts), strict=True)
            return np.concatenate([margins(*block) for block in blocks])
        case = at(question, x)
        columns = [column(case, question, x, condition) for condition in conditions]
        # An infinite margin is one that surely holds, and no number to compute with.
        return np.clip(np.stack(columns, axis=1), -MOST, MOST)

    def column(case: Valued, question: Array, x: Array, condition: Condition) -> Array:
        try:
            margin = case.value(condition.quantity) - _number(case, condition.at_least)
            return np.broadcast_to(margin, (len(x), 1))[:, 0]
        except InfiniteValue:
            if len(x) == 1:
                return np.array([np.nan])
        # Some points have no value: halves show which.
        parts = (slice(len(x) // 2), slice(len(x) // 2, None))
        halves = ((question[part], x[part]) for part in parts)
        return np.concatenate([column(at(*half), *half, condition) for half in halves])

    low = np.repeat([least for _, least, _ in frees], points)
    high = np.repeat([most for *_, most in frees], points)
    found = crossings(margins, low, high, scanned)
    everywhere = np.concatenate([own[each.name] for each, *_ in frees])
    holds = margins(np.arange(points), everywhere[:points, 0]) >= 0
    roots = np.stack([nearest(each, everywhere)[:, 0] for each in np.moveaxis(found.at, 1, 0)], 1)
    implied = _implied(at, np.where(np.isnan(roots), everywhere, roots))
    now = {name: np.broadcast_to(case.value(name), (points, 1)) for name in IMPLIED}
    results = {}
    for number, (assumption, *_) in enumerate(frees):
        rows = slice(number * points, (number + 1) * points)
        results[assumption.name] = tuple(
            Required(
                assumption=assumption,
                condition=condition,
                own=own[assumption.name],
                holds=holds[:, each, None],
                threshold=np.broadcast_to(_number(case, condition.at_least), (points, 1)),
                low=found.low[rows, each, None],
                high=found.high[rows, each, None],
                crossings=found.at[rows, each],
                holds_at_low=found.holds_first[rows, each, None],
                implied={
                    name: np.where(np.isnan(roots[rows, each]), np.nan, values[rows, each])[:, None]
                    for name, values in implied.items()
                },
                now=now,
            )
            for each, condition in enumerate(conditions)
        )
    return results


def _implied(at: Callable[[Array, Array], Valued], roots: Array) -> Mapping[str, Array]:
    """`IMPLIED` at each question's root for each condition."""
    questions = np.repeat(np.arange(len(roots)), roots.shape[1])
    case = at(questions, roots.ravel())
    return {
        name: np.broadcast_to(case.value(name), (roots.size, 1)).reshape(roots.shape)
        for name in IMPLIED
    }


def _number(case: Valued, at_least: str | float) -> Array:
    return case.value(at_least) if isinstance(at_least, str) else np.array([[at_least]])
