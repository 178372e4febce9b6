"""Assumptions: numbers that we chose, each with its range, its unit, its reason and its facts."""

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from briefing.inputs.facts import Fact, Ledger

Unit = Literal[
    "usd", "usd_per_year", "usd_per_gw", "usd_per_gw_year", "gw", "share", "rate", "multiple",
    "years", "choice", "kw", "count", "usd_per_kwh", "kgco2_per_kwh", "litres_per_kwh",
    "usd_per_tco2", "usd_per_mtok",
]  # fmt: skip

RANGES: Mapping[str, tuple[float, float]] = {
    "share": (0, 1),
    "rate": (-0.99, 20),
    "years": (0, 1000),
    "gw": (0, 1000),
    "multiple": (0, 1000),
    "kw": (0, 10_000),
    "count": (0, 10_000),
    "usd_per_kwh": (0, 10),
    "kgco2_per_kwh": (0, 3),
    "litres_per_kwh": (0, 100),
    "usd_per_tco2": (0, 10_000),
    "usd_per_mtok": (0, 10_000),
}
"""What a unit allows; dollars run from zero up."""

LARGEST = 1e18
"""What any number may be; whole numbers of YAML and Python have no end of their own."""

MOST_USD = 1e15

FACT_UNITS: Mapping[str, frozenset[str | None]] = {
    "usd": frozenset({"USD"}),
    "usd_per_year": frozenset({"USD/year"}),
    "usd_per_gw": frozenset({"USD/GW"}),
    "usd_per_gw_year": frozenset({"USD/GW/year"}),
    "gw": frozenset({"GW"}),
    "years": frozenset({"years"}),
    "share": frozenset({"ratio"}),
    "rate": frozenset({"ratio"}),
    "multiple": frozenset({"ratio"}),
    "kw": frozenset({"kW/rack"}),
    "usd_per_kwh": frozenset({"USD/kWh"}),
    "kgco2_per_kwh": frozenset({"kgCO2/kWh"}),
    "litres_per_kwh": frozenset({"L/kWh"}),
    "usd_per_tco2": frozenset({"USD/tCO2"}),
    "usd_per_mtok": frozenset({"USD/Mtoken"}),
}


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Reference(_Entry):
    """A figure taken from a fact, from the newest known of a series, or from the value itself."""

    fact: str | None = Field(default=None, description="id of the fact that gives the figure")
    newest: tuple[str, ...] = Field(
        default=(), description="ids of a series; the newest known on as_of gives the figure"
    )
    take: Literal["value", "low", "high", "as_of_years"] = "value"
    of_value: float | None = Field(default=None, description="a multiple of this entry's own value")

    @model_validator(mode="after")
    def _one_origin(self) -> "Reference":
        if (self.fact is not None) + bool(self.newest) + (self.of_value is not None) != 1:
            raise ValueError("must name exactly one of fact, newest, of_value")
        return self


def _figure(given: Any) -> Any:
    if isinstance(given, bool) or given is None:
        raise ValueError("must be a number, the name of an option, or a reference to a fact")
    if isinstance(given, int | float) and not -MOST_USD <= given <= MOST_USD:
        raise ValueError("must be a finite number of at most 1e15")
    if not isinstance(given, int | float | str | dict | Reference):
        raise ValueError("must be a number, the name of an option, or a reference to a fact")
    return Reference.model_validate(given) if isinstance(given, dict) else given


Figure = Annotated[float | str | Reference, BeforeValidator(_figure)]
Distribution = Literal["pert", "uniform", "choice", "fixed"]


class Change(_Entry):
    """What a parameter set, or a fact once known, changes in an assumption."""

    value: Figure | None = None
    low: Figure | None = None
    high: Figure | None = None
    distribution: Distribution | None = None
    options: dict[str, Annotated[float, Field(ge=0, le=1e6)]] | None = Field(
        default=None,
        min_length=1,
        description="the words this assumption may take, with their weights",
    )
    reason: str = Field(min_length=10, description="why this value and this range")
    facts: tuple[str, ...] = ()


class Revision(Change):
    """A change that applies from the day on which its fact is known."""

    fact: str


class Definition(Change):
    """An assumption as the root parameter set defines it."""

    group: str
    unit: Unit
    revised_by: tuple[Revision, ...] = ()

    @model_validator(mode="after")
    def _has_value(self) -> "Definition":
        if self.value is None:
            raise ValueError("value is missing")
        return self


class Fault(ValueError):
    """One rule broken by one assumption."""


@dataclass(frozen=True)
class Assumption:
    """An assumption as it stands on `as_of` in one parameter set."""

    name: str
    group: str
    unit: str
    value: float | str
    low: float | None
    high: float | None
    distribution: str
    options: Mapping[str, float] | None
    reason: str
    facts: tuple[Fact, ...]
    set_by: str

    @property
    def is_fixed(self) -> bool:
        """Whether every draw gives the same value."""
        return self.distribution == "fixed"

    def faults_of(self, value: Any) -> list[str]:
        """What speaks against `value` in place of the assumption's own; mostly nothing."""
        wanted = str if self.options else int | float
        if isinstance(value, bool) or not isinstance(value, wanted):
            kind = "one of its options" if self.options else "a number"
            return [f"{self.name} must be {kind} (given: {reprlib.repr(value)})"]
        if isinstance(value, int) and abs(value) > LARGEST:
            return [f"{self.name} must be at most {LARGEST:g} (given: {reprlib.repr(value)})"]
        try:
            _check(replace(self, value=value, low=None, high=None, distribution="fixed"))
        except Fault as fault:
            return [f"{self.name}: {fault}"]
        return []


def effective_change(definition: Definition, known: Ledger, everything: Ledger) -> Change:
    """The definition with every revision applied whose facts are all known, in the order written.

    Raises Fault when a revision waits for a fact that stands nowhere in the ledger.
    """
    change: Change = definition
    for revision in definition.revised_by:
        awaited = (revision.fact, *revision.facts)
        for fact in awaited:
            if fact not in everything:
                _known(fact, known, everything)
        if all(fact in known for fact in awaited):
            change = merged(change, revision)
            change = change.model_copy(update={"facts": (*revision.facts, revision.fact)})
    return change


def merged(earlier: Change, later: Change) -> Change:
    """`later` over `earlier`. A new value without a range of its own is held fixed."""
    given = {
        name: getattr(later, name) for name in Change.model_fields if name in later.model_fields_set
    }
    if given.get("value") is not None and "distribution" not in given:
        given = {"low": None, "high": None} | given
        given["distribution"] = "fixed" if given["low"] is given["high"] is None else "pert"
    options = given.get("options") or earlier.options
    if earlier.options and not set(options or ()) <= set(earlier.options):
        raise Fault(f"options may only be {', '.join(earlier.options)}: the model knows no others")
    kept = {name: getattr(earlier, name) for name in Change.model_fields} | {"facts": ()}
    return Change.model_validate(kept | given | {"options": options})


def resolve(
    name: str,
    definition: Definition,
    change: Change,
    known: Ledger,
    everything: Ledger,
    set_by: str,
) -> Assumption:
    """Turn references into figures and check them; raises Fault with the rule that is broken."""
    used: list[str] = list(change.facts)

    def figure(entry: Any, own_value: float | None = None) -> Any:
        if not isinstance(entry, Reference):
            return entry
        if entry.of_value is not None:
            return None if own_value is None else own_value * entry.of_value
        fact = _referred(entry, known, everything)
        used.append(fact.id)
        return _taken(entry, fact, definition.unit)

    value = figure(change.value)
    number = value if isinstance(value, float) else None
    low, high = figure(change.low, number), figure(change.high, number)
    for fact_id in used:
        _known(fact_id, known, everything)
    assumption = Assumption(
        name=name,
        group=definition.group,
        unit=definition.unit,
        value=value,
        low=low,
        high=high,
        distribution=_distribution(change, low, high),
        options=change.options,
        reason=change.reason,
        facts=tuple(known[fact_id] for fact_id in dict.fromkeys(used)),
        set_by=set_by,
    )
    _check(assumption)
    return assumption


def _distribution(change: Change, low: Any, high: Any) -> str:
    if change.distribution:
        return change.distribution
    if change.options:
        return "choice"
    return "fixed" if low is None and high is None else "pert"


def _known(fact_id: str, known: Ledger, everything: Ledger) -> Fact:
    if fact_id not in everything:
        try:
            everything[fact_id]
        except KeyError as error:
            raise Fault(f"facts must stand in the ledger: {error.args[0]}") from None
    if fact_id not in known:
        day = everything[fact_id].known_since
        raise Fault(
            f"fact {fact_id!r} became known on {day}, later than as_of, and nobody could use it"
        )
    return known[fact_id]


def _referred(entry: Reference, known: Ledger, everything: Ledger) -> Fact:
    if entry.fact is not None:
        return _known(entry.fact, known, everything)
    unknown = [fact_id for fact_id in entry.newest if fact_id not in everything]
    if unknown:
        return _known(unknown[0], known, everything)
    series = [known[fact_id] for fact_id in entry.newest if fact_id in known]
    if not series:
        raise Fault(f"no fact of the series {', '.join(entry.newest)} is known on as_of")
    return max(series, key=lambda fact: (fact.as_of or "", fact.known_since))


def _taken(entry: Reference, fact: Fact, unit: str) -> float:
    if entry.take == "as_of_years":
        if unit != "years" or fact.as_of is None:
            raise Fault(f"a date makes years: fact {fact.id!r} or the unit {unit} does not fit")
        return fact.as_of_years
    if fact.unit not in FACT_UNITS.get(unit, frozenset()):
        raise Fault(
            f"unit must match: fact {fact.id!r} is in {fact.unit}, the assumption in {unit}"
        )
    taken = getattr(fact, entry.take)
    if taken is None:
        raise Fault(f"fact {fact.id!r} has no {entry.take}")
    return taken


def _check(assumption: Assumption) -> None:
    if (assumption.unit == "choice") != bool(assumption.options):
        raise Fault("options belong to the unit choice, and it needs them")
    if assumption.options:
        _check_choice(assumption, assumption.options)
        return
    if assumption.distribution == "choice":
        raise Fault("a number cannot have the distribution choice")
    for end in ("value", "low", "high"):
        _check_number(end, getattr(assumption, end), assumption.unit)
    if assumption.distribution == "fixed":
        return
    low, high = assumption.low, assumption.high
    if low is None or high is None:
        raise Fault(f"a {assumption.distribution} distribution needs both low and high")
    if low >= high:
        raise Fault(f"low {low:g} must stay below high {high:g}")
    if not low <= float(assumption.value) <= high:
        span = f"{low:g} to {high:g}"
        raise Fault(f"value {assumption.value:g} must lie within its own range, {span}")


def _check_choice(assumption: Assumption, options: Mapping[str, float]) -> None:
    if assumption.value not in options:
        words = ", ".join(options)
        raise Fault(f"must be one of its options ({words}), given: {assumption.value!r}")
    if assumption.distribution not in ("choice", "fixed") or assumption.low or assumption.high:
        raise Fault("a choice has options with weights, and neither low, high nor another shape")
    if assumption.distribution == "choice" and sum(options.values()) <= 0:
        raise Fault("the weights of its options must not all be zero")


def _check_number(end: str, number: Any, unit: str) -> None:
    if number is None and end != "value":
        return
    if number is None:
        raise Fault("must have a value that does not refer to itself")
    if isinstance(number, str):
        raise Fault(
            f"{end} must be a number, given the text {number!r} "
            "(write it plainly: 0.6 for 60%, 3.0e+10 for 3e10)"
        )
    least, most = RANGES.get(unit, (0, MOST_USD))
    if not least <= number <= most:
        raise Fault(f"{end} {number:g} is out of range: {unit} runs from {least:g} to {most:g}")
