"""Parameter sets: which assumptions hold, as known on which day, and how sets differ."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from briefing.inputs.assumptions import (
    Assumption,
    Change,
    Definition,
    Fault,
    effective_change,
    merged,
    resolve,
)
from briefing.inputs.correlations import (
    Correlation,
    PairEntry,
    contradictory,
    merged_pairs,
    pair_faults,
)
from briefing.inputs.facts import DEAL_DAY, Ledger
from briefing.inputs.files import (
    BadInput,
    did_you_mean,
    iso_day,
    put,
    read_yaml,
    refuse_unprintable,
    remembered_by_content,
    validation_messages,
)
from briefing.inputs.rules import contradictions

CONSEQUENCE = "nothing was built"

LAST_DAY = date(2034, 12, 31)
"""A later day would leave the forecast less than its last year, which the terminal value needs."""


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    title: str = Field(min_length=3, description="what the set assumes, as a headline")
    summary: str = Field(default="", description="one or two sentences for the front page")
    correlations: tuple[PairEntry, ...] = Field(
        default=(), description="uncertain assumptions that move together, in pairs"
    )


IsoDay = Annotated[date, BeforeValidator(iso_day)]


class RootFile(_File):
    """A parameter set that defines every assumption."""

    as_of: IsoDay | Literal["newest"] = Field(
        description="facts that became known later are hidden; 'newest' means the newest fact"
    )
    seed: int = Field(ge=0, description="seed of all random draws")
    draws: int = Field(ge=100, le=100_000, description="number of draws of uncertain assumptions")
    scenarios: tuple[str, ...] = Field(description="sets compared in every briefing, in order")
    assumptions: dict[str, Definition]


class DifferenceFile(_File):
    """A parameter set that says only what differs from another."""

    extends: str
    as_of: IsoDay | Literal["newest"] | None = None
    assumptions: dict[str, Change] = Field(default_factory=dict)


@dataclass(frozen=True)
class ParameterSet:
    """A checked set: every assumption as it stands on `as_of`, and the facts known by then."""

    name: str
    title: str
    summary: str
    as_of: date
    seed: int
    draws: int
    scenarios: tuple[str, ...]
    assumptions: Mapping[str, Assumption]
    facts: Ledger
    correlations: tuple[Correlation, ...] = ()
    """Which assumptions are drawn together; all others are independent."""
    notes: tuple[str, ...] = ()
    """What is allowed and yet unusual enough to be read again by its author."""
    held: tuple[str, ...] = ()
    """Assumptions that its own file gives no range, though the root set has them drawn."""


def parameter_set_names(folder: Path) -> tuple[str, ...]:
    """Names of all sets: each YAML file directly in `folder` is one, named in plain letters."""
    names = (file.stem for file in folder.glob("*.yaml") if file.is_file())
    return tuple(sorted(name for name in names if re.fullmatch(r"[a-z0-9_]+", name)))


@remembered_by_content(lambda name, folder, *_: folder.glob("*.yaml"))
def load_parameter_set(
    name: str, folder: Path, ledger: Ledger, as_of: date | None = None
) -> ParameterSet:
    """Read, merge and check the set `name`; `as_of` replaces the date that its files state.

    Raises BadInput with every message at once: file, entry, rule and consequence.
    """
    chain = _chain(name, folder)
    _, own = chain[0]
    root_file, root = chain[-1]
    if not isinstance(root, RootFile):
        raise BadInput(
            [f"{root_file}: must define every assumption or extend another set; {CONSEQUENCE}"]
        )
    day = as_of or _as_of(chain, ledger)
    known = ledger.known_on(day)
    messages: list[str] = []
    if day > LAST_DAY:
        stated_in = next(file for file, content in chain if content.as_of is not None)
        place = f"{stated_in}: " if as_of is None else ""
        messages.append(
            f"{place}as_of {day} must not lie after {LAST_DAY}, a year before the forecast ends; "
            f"{CONSEQUENCE}"
        )
    notes: list[str] = []
    held: list[str] = []
    assumptions = {}
    changes = _changes(chain[:-1], root, messages)
    for assumption_name, definition in root.assumptions.items():
        changed_in, change = changes.get(assumption_name, (root_file, None))
        try:
            _check_name(assumption_name, definition.unit)
            effective = effective_change(definition, known, ledger)
            usual = resolve(assumption_name, definition, effective, known, ledger, root_file.stem)
            assumptions[assumption_name] = usual
            if change is not None:
                changed = resolve(
                    assumption_name,
                    definition,
                    merged(effective, change),
                    known,
                    ledger,
                    changed_in.stem,
                )
                assumptions[assumption_name] = changed
                notes += filter(None, [_unusual(changed, usual)])
                if changed.set_by == name and changed.is_fixed and not usual.is_fixed:
                    held.append(assumption_name)
        except Fault as fault:
            messages.append(f"{changed_in}: assumptions.{assumption_name}: {fault}; {CONSEQUENCE}")
    for names, fault in contradictions(assumptions):
        changed_in = next((changes[each][0] for each in names if each in changes), root_file)
        messages.append(f"{changed_in}: assumptions.{fault}; {CONSEQUENCE}")
    messages += _correlation_faults(chain, root, assumptions)
    messages += _scenario_faults(root_file, root, folder)
    messages += _title_faults(folder / f"{name}.yaml", own.title, root, folder)
    if messages:
        raise BadInput(messages)
    correlations = merged_pairs((file.stem, each.correlations) for file, each in reversed(chain))
    notes += [f"{chain[0][0].name}: correlations: {told}" for told in contradictory(correlations)]
    return ParameterSet(
        name=name,
        title=own.title,
        summary=own.summary,
        as_of=day,
        seed=root.seed,
        draws=root.draws,
        scenarios=root.scenarios,
        assumptions=assumptions,
        facts=known,
        correlations=correlations,
        notes=tuple(notes),
        held=tuple(held),
    )


def as_on_deal_day(parameters: ParameterSet, folder: Path, ledger: Ledger) -> ParameterSet | None:
    """The set as it stood on the deal's day, under a name of its own; none for an earlier day.

    The name is no file's, so that what is noted of the one is never taken for the other's.
    """
    if parameters.as_of <= DEAL_DAY:
        return None
    earlier = load_parameter_set(parameters.name, folder, ledger, DEAL_DAY)
    return replace(earlier, name=f"{parameters.name} on {DEAL_DAY}")


def _unusual(assumption: Assumption, usual: Assumption) -> str:
    """A word of caution where a set leaves the range that the root set thinks possible."""
    low, high, value = usual.low, usual.high, assumption.value
    if low is None or high is None or isinstance(value, str) or low <= value <= high:
        return ""
    return (
        f"{assumption.set_by}.yaml: assumptions.{assumption.name}: {value:g} lies outside its "
        f"usual range, {low:g} to {high:g}; it is used as it stands"
    )


def _correlation_faults(
    chain: list[tuple[Path, RootFile | DifferenceFile]],
    root: RootFile,
    assumptions: Mapping[str, Assumption],
) -> list[str]:
    return [
        f"{file}: correlations.{fault}; {CONSEQUENCE}"
        for file, content in reversed(chain)
        for fault in pair_faults(
            content.correlations,
            root.assumptions,
            assumptions,
            own=() if content is root else content.assumptions,
        )
    ]


def _scenario_faults(root_file: Path, root: RootFile, folder: Path) -> list[str]:
    """A scenario that does not exist, or one whose column would bear another's title."""
    known = parameter_set_names(folder)
    faults, titles = [], {}
    for name in root.scenarios:
        if name not in known:
            faults.append(f"no parameter set {name!r}{did_you_mean(name, known)}")
            continue
        other = titles.setdefault(_read(folder / f"{name}.yaml").title, name)
        if other != name or root.scenarios.count(name) > 1:
            faults.append(f"{other!r} and {name!r} need titles of their own, one column each")
    return [f"{root_file}: scenarios: {fault}; {CONSEQUENCE}" for fault in dict.fromkeys(faults)]


def _title_faults(file: Path, title: str, root: RootFile, folder: Path) -> Iterator[str]:
    """A set that bears the title of a scenario beside which it would stand in one table."""
    known = parameter_set_names(folder)
    for other in root.scenarios:
        if other in known and other != file.stem and _read(folder / f"{other}.yaml").title == title:
            yield (
                f"{file}: title: the scenario {other!r} has the title {title!r} too, and both "
                f"would stand in one table; {CONSEQUENCE}"
            )


def save_parameter_set(
    name: str,
    folder: Path,
    extends: str,
    title: str,
    reason: str,
    changes: Mapping[str, float | str],
    as_of: date | None = None,
) -> None:
    """Write what differs from the set `extends` as a parameter set of its own.

    Raises BadInput rather than touch a file that says something else.
    """
    file, faults = folder / f"{name}.yaml", []
    if not re.fullmatch(r"[a-z0-9_]{1,60}", name):
        faults.append("a set is named in at most 60 small letters, digits and underscores")
    if (folder / "sweeps" / file.name).exists():
        faults.append("a sweep has this name; choose another")
    if not changes and as_of is None:
        faults.append(f"nothing differs from {extends!r}; change something with what_if first")
    stated = {name: {"value": value, "reason": reason} for name, value in changes.items()}
    dated = {} if as_of is None else {"as_of": as_of}
    content = {"extends": extends, "title": title, **dated, "assumptions": stated}
    text = f"{_FIRST_LINE}\n{yaml.safe_dump(content, sort_keys=False, allow_unicode=True)}"
    if not faults and file.exists() and file.read_text("utf-8") != text:
        faults.append("this file exists and says something else; choose another name or remove it")
    if faults:
        raise BadInput(f"{file}: {fault}; nothing was written" for fault in faults)
    try:
        DifferenceFile.model_validate(content)
    except ValidationError as error:
        raise BadInput(
            validation_messages(file, error, DifferenceFile, "nothing was written")
        ) from None
    refuse_unprintable(file, content)
    put(file, text)


_FIRST_LINE = "# yaml-language-server: $schema=schema.json"
"""Tells editors where the names of all assumptions stand."""


def parameter_schema(folder: Path) -> dict[str, Any]:
    """JSON Schema of parameter sets, with the names of all assumptions, for editors."""
    schema = TypeAdapter(RootFile | DifferenceFile).json_schema()
    base = _read(folder / "base.yaml")
    names = {name: {"$ref": "#/$defs/Change"} for name in base.assumptions}
    schema["$defs"]["DifferenceFile"]["properties"]["assumptions"] = {
        "type": "object",
        "properties": names,
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Parameter set",
        **schema,
    }


def assumption_names(folder: Path) -> tuple[str, ...]:
    """Names of all assumptions, as the root set defines them."""
    root = _read(folder / "base.yaml")
    return tuple(root.assumptions)


@remembered_by_content(lambda file: [file])
def _read(file: Path) -> RootFile | DifferenceFile:
    content = read_yaml(file)
    if not isinstance(content, dict):
        raise BadInput([f"{file}: must be a mapping with a title and assumptions; {CONSEQUENCE}"])
    shape = DifferenceFile if "extends" in content else RootFile
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        known = shape | DifferenceFile  # `extends` itself may be misspelt
        raise BadInput(validation_messages(file, error, known, CONSEQUENCE)) from None


def _chain(name: str, folder: Path) -> list[tuple[Path, RootFile | DifferenceFile]]:
    chain: list[tuple[Path, RootFile | DifferenceFile]] = []
    names: list[str] = []
    asked_by = str(folder)
    while True:
        known = parameter_set_names(folder)
        if name not in known:
            others = [each for each in known if each not in names]
            hint = did_you_mean(name, others) or f"; there are {', '.join(others) or 'none'}"
            raise BadInput([f"{asked_by}: no parameter set {name!r}{hint}; {CONSEQUENCE}"])
        if name in names:
            circle = " → ".join([*names, name])
            raise BadInput(
                [f"{asked_by}: sets must not extend in a circle ({circle}); {CONSEQUENCE}"]
            )
        names.append(name)
        file = folder / f"{name}.yaml"
        content = _read(file)
        chain.append((file, content))
        if not isinstance(content, DifferenceFile):
            return chain
        name, asked_by = content.extends, f"{file}: extends"


def _as_of(chain: list[tuple[Path, RootFile | DifferenceFile]], ledger: Ledger) -> date:
    stated = next(content.as_of for _, content in chain if content.as_of is not None)
    return stated if isinstance(stated, date) else ledger.newest_day


def _changes(
    differences: list[tuple[Path, Any]], root: RootFile, messages: list[str]
) -> dict[str, tuple[Path, Change]]:
    changes: dict[str, tuple[Path, Change]] = {}
    for file, content in reversed(differences):
        for name, change in content.assumptions.items():
            if name not in root.assumptions:
                hint = did_you_mean(name, root.assumptions)
                messages.append(
                    f"{file}: assumptions.{name}: no such assumption{hint}; {CONSEQUENCE}"
                )
                continue
            _, earlier = changes.get(name, (file, None))
            changes[name] = (file, merged(earlier, change) if earlier else change)
    return changes


def _check_name(name: str, unit: str) -> None:
    """An assumption's last words are its unit, so that formulas can be read for units."""
    if unit != "choice" and not name.endswith(f"_{unit}"):
        raise Fault(f"the name must end in its unit, _{unit}")
