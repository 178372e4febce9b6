"""Shocks: what a risk or a signal does to an assumption, whatever the set says about it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from briefing.inputs.assumptions import MOST_USD, Assumption
from briefing.inputs.files import did_you_mean
from briefing.inputs.rules import contradictions


class Entry(BaseModel):
    """What a file of risks or signals holds: frozen, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _plain(given: Any) -> Any:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError("must be a plain number (write it plainly: 3.0e+10, not 3e10)")
    if not -MOST_USD <= given <= MOST_USD:
        raise ValueError("must be a finite number of at most 1e15")
    return float(given)


def _target(given: Any) -> Any:
    return given if given in ("low", "high") else _plain(given)


Plain = Annotated[float, BeforeValidator(_plain)]
Target = Annotated[float | Literal["low", "high"], BeforeValidator(_target)]


class Shock(Entry):
    """One assumption moved to a value, by an amount or by a factor."""

    to: Target | None = Field(
        default=None, description="a value, or low or high: an end of the set's own range"
    )
    by: Plain | None = Field(default=None, description="added to the set's own value")
    times: Plain | None = Field(default=None, description="a multiple of the set's own value")
    reason: str = Field(min_length=10, description="why this far")

    @model_validator(mode="after")
    def _one_way(self) -> "Shock":
        if sum(each is not None for each in (self.to, self.by, self.times)) != 1:
            raise ValueError("must have exactly one of to, by, times")
        return self

    def moved(self, assumption: Assumption) -> float:
        """The value that takes the place of the assumption's own.

        Where a set has no range, an end of it is the set's own value: nothing is left to learn.
        """
        own = float(assumption.value)
        if self.by is not None:
            return own + self.by
        if self.times is not None:
            return own * self.times
        if not isinstance(self.to, str):
            return own if self.to is None else self.to
        end = assumption.low if self.to == "low" else assumption.high
        return own if end is None or assumption.is_fixed else end


Shocks = Mapping[str, Shock]


def moved(together: Iterable[Shocks], assumptions: Mapping[str, Assumption]) -> Mapping[str, float]:
    """Values under all shocks at once; of two on one assumption, the one that moves it further."""
    values: dict[str, float] = {}
    for shocks in together:
        for name, shock in shocks.items():
            own, value = float(assumptions[name].value), shock.moved(assumptions[name])
            if abs(value - own) >= abs(values.get(name, own) - own):
                values[name] = value
    return values


def faults(shocks: Shocks, assumptions: Mapping[str, Assumption]) -> list[str]:
    """What speaks against these shocks in a set: one text per rule that is broken."""
    found = []
    for name, shock in shocks.items():
        if name not in assumptions:
            found.append(f"{name}: no such assumption{did_you_mean(name, assumptions)}")
        elif assumptions[name].options:
            found.append(f"{name}: a shock moves a number, and this is a choice of words")
        else:
            found += assumptions[name].faults_of(shock.moved(assumptions[name]))
    return found or contradicting([shocks], assumptions)


def contradicting(together: Iterable[Shocks], assumptions: Mapping[str, Assumption]) -> list[str]:
    """Rules between assumptions that these shocks break together and the set alone does not."""
    values = moved(together, assumptions)
    fixed = {
        name: replace(assumptions[name], value=value, distribution="fixed")
        for name, value in values.items()
    }
    # Only what is moved can break a rule that held.
    before = {fault for _, fault in contradictions(assumptions, about=fixed)}
    after = contradictions({**assumptions, **fixed}, about=fixed)
    return [fault for _, fault in after if fault not in before]
