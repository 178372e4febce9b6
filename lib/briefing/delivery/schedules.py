"""Schedules: which briefing goes to whom, when, and on what condition.

params/delivery/<name>.yaml
title: Weekly to the desk
sets: [latest]
cron: 0 8 * * MON          # minute, hour, day, month, day of the week
zone: Europe/London
recipients: [desk@example.com]
"""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from briefing.inputs.audiences import audience_names, load_audience
from briefing.inputs.files import BadInput, did_you_mean, read_yaml, validation_messages
from briefing.inputs.parameters import parameter_set_names
from briefing.inputs.signals import ANY, load_signals

CONSEQUENCE = "nothing of this schedule is built or sent"

NOT_SCHEDULES = frozenset({"mail"})
"""Files of the folder that say how mail leaves, and not when."""

MOST_RECIPIENTS = 20_000
THIS_MACHINE = "localhost"
"""The one domain without a dot that a mail server knows."""

LONGEST_ADDRESS = 254
"""Characters of an address that a server must take (RFC 5321, 4.5.3.1.3)."""


def address(text: str) -> str:
    """One plain address, its domain in small letters; ValueError for anything else.

    >>> address("Ann@Example.COM")
    'Ann@example.com'
    """
    if re.search(r"[\s,;<>\"()\\:\x00-\x1f\x7f]", text) or len(text) > LONGEST_ADDRESS:
        raise ValueError("must be one plain address, such as name@example.com")
    local, at, domain = text.rpartition("@")
    try:
        is_read = bool(Address(addr_spec=text)) if text.isascii() else "@" not in local
        domain.encode("idna")
    except (HeaderParseError, ValueError, IndexError):
        is_read = False
    if not (is_read and at and local and domain):
        raise ValueError("must be one plain address, such as name@example.com")
    if "." not in domain and domain.lower() != THIS_MACHINE:
        raise ValueError(f"its domain {domain!r} has no dot, so no mail would find it")
    return f"{local}@{domain.lower()}"


def _cron(text: str) -> str:
    if len(text.split()) != 5:
        raise ValueError("must have five fields: minute, hour, day, month and day of the week")
    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise ValueError(f"is no cron expression: {error}") from None
    except StopIteration:
        raise ValueError("names a day that never comes") from None
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        from zoneinfo import available_timezones

        hint = did_you_mean(text, available_timezones())
        raise ValueError(f"is no time zone such as Europe/London{hint}") from None
    return text


class Trigger(BaseModel):
    """What is worth a mail: a headline figure that crosses a level, or a signal that fires."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    figure: str = Field(default="", description="id of a headline figure, as `run.json` names it")
    signal: str = Field(default="", description="block of params/watch/*.yaml, or `any` of them")
    above: float | None = Field(default=None, allow_inf_nan=False)
    below: float | None = Field(default=None, allow_inf_nan=False)

    @model_validator(mode="after")
    def _figure_or_signal(self) -> "Trigger":
        if bool(self.figure) == bool(self.signal):
            raise ValueError("must have exactly one of `figure` and `signal`")
        has_level = self.above is not None or self.below is not None
        if self.figure and not has_level:
            raise ValueError("must say `above` or `below` which level it trips")
        if self.signal and has_level:
            raise ValueError("must have no level: that of a signal stands in the watch list")
        return self

    def is_tripped(self, value: float) -> bool:
        """Whether the figure lies past a level."""
        above = self.above is not None and value > self.above
        return above or (self.below is not None and value < self.below)


class Schedule(BaseModel):
    """When a briefing is due, for whom, and whether it is worth a mail."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = ""
    title: str = Field(min_length=3)
    enabled: bool = True
    sets: tuple[str, ...] = Field(min_length=1)
    cron: Annotated[str, AfterValidator(_cron)]
    zone: Annotated[str, AfterValidator(_zone)]
    formats: tuple[Literal["html", "pdf", "eml", "parquet"], ...] = ("html", "pdf", "eml")
    audience: str = ""
    recipients: tuple[Annotated[str, AfterValidator(address)], ...] = Field(
        min_length=1, max_length=MOST_RECIPIENTS
    )
    attach_pdf: bool = True
    when: Literal["always", "conclusion_changed", "fact_added", "trigger"] = "always"
    triggers: Mapping[str, Trigger] = Field(default_factory=dict)
    missed: Literal["skip", "latest", "all"] = "latest"
    grace_minutes: int = Field(default=60, ge=1, le=7 * 24 * 60)
    """How late a slot is still on time."""

    @model_validator(mode="after")
    def _hangs_together(self) -> "Schedule":
        if (self.when == "trigger") != bool(self.triggers):
            raise ValueError("`triggers` must be named if and only if `when` is `trigger`")
        if "eml" not in self.formats:
            raise ValueError("`formats` must hold eml, which is the mail's body")
        if self.attach_pdf and "pdf" not in self.formats:
            raise ValueError("`formats` must hold pdf, or `attach_pdf` be false")
        folded = [each.casefold() for each in self.recipients]
        twice = [each for each, count in Counter(folded).items() if count > 1]
        if twice:
            raise ValueError(f"`recipients` holds {twice[0]!r} twice")
        if len(set(self.sets)) < len(self.sets):
            raise ValueError("`sets` names a set twice")
        return self

    @property
    def watched(self) -> frozenset[str]:
        """Signals that its triggers name."""
        return frozenset(each.signal for each in self.triggers.values() if each.signal)

    @property
    def endings(self) -> tuple[str, ...]:
        """Formats as a build asks for them, those of the audience included."""
        lenses = [f"{self.audience}.{kind}" for kind in ("html", "pdf") if kind in self.formats]
        return (*self.formats, *(lenses if self.audience else ()))

    @property
    def attached(self) -> str:
        """Names of the build's files that travel with the mail, spaces between."""
        lens = f".{self.audience}" if self.audience else ""
        return f"briefing{lens}.pdf" if self.attach_pdf else ""


def schedule_names(params: Path) -> tuple[str, ...]:
    """Names of all schedules below the folder of parameters, those turned off included."""
    names = {file.stem for file in (params / "delivery").glob("*.yaml")} - NOT_SCHEDULES
    return tuple(sorted(name for name in names if re.fullmatch(r"[a-z0-9_]+", name)))


def load_schedule(name: str, params: Path) -> Schedule:
    """Read and check the schedule `name`; raises BadInput with every fault of its file."""
    file = params / "delivery" / f"{name}.yaml"
    known = schedule_names(params)
    if name not in known:
        hint = did_you_mean(name, known) or f"; there are {', '.join(known) or 'none'}"
        raise BadInput([f"{file.parent}: no schedule {name!r}{hint}; {CONSEQUENCE}"])
    content = read_yaml(file)
    if not isinstance(content, dict):
        raise BadInput([f"{file}: must be a mapping with a title and a cron entry; {CONSEQUENCE}"])
    if "name" in content:
        raise BadInput([f"{file}: name: no such field here; {CONSEQUENCE}"])
    try:
        schedule = Schedule.model_validate({**content, "name": name})
    except ValidationError as error:
        raise BadInput(validation_messages(file, error, Schedule, CONSEQUENCE)) from None
    sets = parameter_set_names(params)
    faults = [
        f"{file}: sets: no parameter set {each!r}{did_you_mean(each, sets)}; {CONSEQUENCE}"
        for each in schedule.sets
        if each not in sets
    ]
    known = audience_names(params)
    if schedule.audience and schedule.audience not in known:
        hint = did_you_mean(schedule.audience, known) or f"; there are {', '.join(known) or 'none'}"
        faults.append(f"{file}: audience: no audience {schedule.audience!r}{hint}; {CONSEQUENCE}")
    watched = (*_figure_faults(schedule), *_signal_faults(schedule, params))
    faults += [f"{file}: {fault}; {CONSEQUENCE}" for fault in watched]
    if faults:
        raise BadInput(faults)
    if schedule.audience:
        load_audience(schedule.audience, params)
    return schedule


def _figure_faults(schedule: Schedule) -> list[str]:
    figures = {name: each.figure for name, each in schedule.triggers.items() if each.figure}
    if not figures:
        return []
    from briefing.exhibits.headlines import IDS

    return [
        f"triggers.{name}.figure: no headline figure {figure!r}"
        f"{did_you_mean(figure, IDS) or '; there are ' + ', '.join(IDS)}"
        for name, figure in figures.items()
        if figure not in IDS
    ]


def _signal_faults(schedule: Schedule, params: Path) -> list[str]:
    if not schedule.watched - {ANY}:
        return []
    signals = load_signals(params)
    return [
        f"triggers.{name}.signal: no signal {each.signal!r} in {params / 'watch'}"
        f"{did_you_mean(each.signal, (ANY, *signals))}"
        for name, each in schedule.triggers.items()
        if each.signal and each.signal not in (ANY, *signals)
    ]


def load_schedules(params: Path) -> tuple[dict[str, Schedule], dict[str, BadInput]]:
    """All schedules that can be read, and what is wrong with each of the others."""
    good, bad = {}, {}
    for name in schedule_names(params):
        try:
            good[name] = load_schedule(name, params)
        except BadInput as error:
            bad[name] = error
    return good, bad
