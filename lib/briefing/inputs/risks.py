"""Risks: scenarios with a likelihood, a block each in params/risks/*.yaml.

slow_sales:
  title: Sales grow slower than what was ordered
  what_happens: …
  shocks: {growth_half_life_years: {times: 0.6, reason: …}}
  likelihood: {low: 0.2, high: 0.4, horizon_years: 3, reason: …}
  trigger: two quarters in a row without growth
  facts: [amodei-bankruptcy-quote]
  article: [S111]
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, model_validator

from briefing.inputs.facts import Ledger
from briefing.inputs.files import (
    BadInput,
    did_you_mean,
    read_yaml,
    remembered_by_content,
    validation_messages,
    yaml_files,
)
from briefing.inputs.parameters import ParameterSet, assumption_names
from briefing.inputs.questions import ArticleQuestion
from briefing.inputs.shocks import Entry, Plain, Shock, contradicting, faults

CONSEQUENCE = "nothing was built"

CROSS_DEFAULT = "cross_default"
"""The one block that is no risk: what else falls when a leg of the deal is broken."""


def _chance(given: Any) -> Any:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        raise ValueError("must be a probability, from 0 to 1 (0.3 for 30%)")
    return float(given)


Chance = Annotated[float, BeforeValidator(_chance)]


class Likelihood(Entry):
    """How likely a risk is within its horizon: a range, because it is a judgement."""

    low: Chance
    high: Chance
    horizon_years: Plain = Field(ge=0.25, le=10, description="counted from the briefing's date")
    reason: str = Field(min_length=10, description="why this likely")
    facts: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "Likelihood":
        if self.low > self.high:
            raise ValueError(f"low {self.low:g} must not exceed high {self.high:g}")
        return self


class Risk(Entry):
    """One risk as its block states it."""

    title: str = Field(min_length=3)
    what_happens: str = Field(min_length=10)
    shocks: dict[str, Shock] = Field(min_length=1)
    likelihood: Likelihood
    trigger: str = Field(min_length=10, description="what would show that it has begun")
    signals: tuple[str, ...] = Field(default=(), description="signals of the watch list")
    facts: tuple[str, ...] = Field(default=(), description="evidence; shown once it is known")
    article: tuple[ArticleQuestion, ...] = Field(
        default=(), description="ids of the article's questions"
    )
    breaks_the_deal: bool = Field(
        default=False, description="whether a cross-default clause would answer to it"
    )


class CrossDefault(Entry):
    """What the deal's other legs do when one is broken, if a clause says so."""

    shocks: dict[str, Shock] = Field(min_length=1)
    reason: str = Field(min_length=10)
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Risks:
    """All risks by name, and the clause that a switch adds to some of them."""

    stated: Mapping[str, Risk]
    cross_default: CrossDefault | None
    files: Mapping[str, str]
    """The file of each block, for messages."""

    @property
    def content(self) -> tuple[Any, ...]:
        """All that the files say, in their order, wherever they lie."""
        return list(self.stated), self.stated, self.cross_default


def risk_files(params: Path) -> tuple[Path, ...]:
    """All files of risks, in the order of their names."""
    return tuple(yaml_files(params / "risks"))


@remembered_by_content(risk_files)
def load_risks(params: Path) -> Risks:
    """Read every block; raises BadInput with every fault of their shape at once."""
    stated: dict[str, Risk] = {}
    clause: CrossDefault | None = None
    places: dict[str, str] = {}
    messages: list[str] = []
    for file in risk_files(params):
        for name, block in blocks(file, "a risk").items():
            if name in places:
                messages.append(f"{file}: {name}: {places[name]} has it too; {CONSEQUENCE}")
                continue
            places[name] = str(file)
            shape = CrossDefault if name == CROSS_DEFAULT else Risk
            try:
                if name == CROSS_DEFAULT:
                    clause = CrossDefault.model_validate(block)
                else:
                    stated[name] = Risk.model_validate(block)
            except ValidationError as error:
                messages += validation_messages(file, error, shape, CONSEQUENCE, name)
    titles: dict[str, str] = {}
    for name, risk in stated.items():
        if titles.setdefault(risk.title, name) != name:
            told = f"title: {titles[risk.title]} has it too, and readers could not tell them apart"
            messages.append(f"{places[name]}: {name}.{told}; {CONSEQUENCE}")
    if not stated and not messages:
        messages.append(
            f"{params / 'risks'}: holds no risk, and E38 shows at least one; {CONSEQUENCE}"
        )
    if messages:
        raise BadInput(messages)
    return Risks(stated, clause, places)


def blocks(file: Path, of_what: str) -> Mapping[str, Any]:
    """Named blocks of a file; raises BadInput when it holds anything else."""
    content = read_yaml(file)
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise BadInput([f"{file}: must be a mapping, a block for each name; {CONSEQUENCE}"])
    wrong = [name for name in content if not re.fullmatch(r"[a-z][a-z0-9_]*", str(name))]
    if wrong:
        rule = f"{of_what} is named in small letters, digits and underscores"
        raise BadInput(f"{file}: {name}: {rule}; {CONSEQUENCE}" for name in wrong)
    return content


def check_risks(
    risks: Risks, parameters: ParameterSet, ledger: Ledger, signals: Mapping[str, Any]
) -> None:
    """Raise BadInput where a risk does not fit the set, the ledger or the watch list."""
    assumptions = parameters.assumptions
    messages: list[str] = []

    def told(name: str, fault: str) -> None:
        messages.append(
            f"{risks.files[name]}: {name}.{fault} (in the set {parameters.name}); {CONSEQUENCE}"
        )

    named = dict(risks.stated) | (
        {CROSS_DEFAULT: risks.cross_default} if risks.cross_default else {}
    )
    for name, each in named.items():
        for fault in faults(each.shocks, assumptions):
            told(name, f"shocks.{fault}")
        cited = each.facts + (each.likelihood.facts if isinstance(each, Risk) else ())
        for fact in cited:
            if fact not in ledger:
                told(name, f"facts: no fact {fact!r}{did_you_mean(fact, ledger)}")
    for name, risk in risks.stated.items():
        for signal in risk.signals:
            if signal not in signals:
                told(name, f"signals: no signal {signal!r}{did_you_mean(signal, signals)}")
    if not messages:
        for (first, one), (second, other) in combinations(named.items(), 2):
            for fault in contradicting([one.shocks, other.shocks], assumptions):
                told(second, f"shocks.{fault}, together with {first}")
    if messages:
        raise BadInput(messages)


def risk_schema(params: Path) -> dict[str, Any]:
    """JSON Schema of a file of risks, with the names of all assumptions, for editors."""
    return schema_of(Risk, "Risks", params, {CROSS_DEFAULT: CrossDefault})


def schema_of(block: Any, title: str, params: Path, others: Mapping[str, Any]) -> dict[str, Any]:
    """JSON Schema of a file of blocks; where a block names an assumption, only known ones pass."""
    models = (block, *others.values())
    mode: Literal["validation"] = "validation"
    found, definitions = TypeAdapter.json_schemas(
        [(index, mode, TypeAdapter(each)) for index, each in enumerate(models)]
    )
    names = list(assumption_names(params))
    for definition in definitions["$defs"].values():
        if shocks := definition.get("properties", {}).get("shocks"):
            shocks["propertyNames"] = {"enum": names}
    kinds = [found[index, mode] for index in range(len(models))]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": dict(zip(others, kinds[1:], strict=True)),
        "additionalProperties": kinds[0],
        **definitions,
    }
