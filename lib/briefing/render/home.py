"""The home page: every build of a reports place, newest first, and what moved between builds.

It is made of records alone (`run.json`, as parsed), so a thousand builds take no longer than
reading them. A record that is damaged, or that speaks of another folder than the one it lies in,
is left out: whoever put it there, the page of all others must not suffer.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import groupby, pairwise
from typing import Annotated, Any
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from briefing.render.page import UPRIGHT, WEB, policy, style
from briefing.render.templates import environment

FIRST = "latest"
"""The set that readers want; the others follow by name."""

SHOWN = 5
"""Builds of a set before the newest that show without being asked for."""

WITH_FIGURES = 50
"""Newest builds of a set with their figures; older ones are only named."""

DOCUMENTS = {"html": "HTML", "pdf": "PDF", "eml": "E-mail"}
"""Endings of what a reader opens, and what the page calls it."""


WHOLES = ("briefing", "summary")
"""What a document of all notebooks is called, of a set and of a sweep."""


def _encodable(given: str) -> str:
    """JSON can name halves of characters, with which no page can be written."""
    given.encode()  # its error is a ValueError
    return given


Text = Annotated[str, AfterValidator(_encodable)]


def _finite(given: Any) -> Any:
    return None if isinstance(given, float) and not math.isfinite(given) else given


Number = Annotated[float | None, BeforeValidator(_finite)]


class Figure(BaseModel):
    """A headline figure as the briefing printed it, with its range and what that holds.

    A value that is not finite, such as a runway without an end, is printed and not drawn.
    """

    model_config = ConfigDict(frozen=True, strict=True, allow_inf_nan=False)

    id: Text
    label: Text
    shown: Text
    value: Number
    low: Number = None
    high: Number = None
    unit: Text = ""
    range: Text = ""

    @property
    def ends(self) -> tuple[float, float] | None:
        """Its two ends, if it has both."""
        return None if self.low is None or self.high is None else (self.low, self.high)


def _sound(given: Any) -> tuple[Figure, ...]:
    """Figures that can be shown; one that cannot takes nothing else along."""
    found = []
    for each in given if isinstance(given, list) else ():
        try:
            found.append(Figure.model_validate(each))
        except ValidationError:
            continue
    return tuple({figure.id: figure for figure in found}.values())


class Build(BaseModel):
    """One folder of reports, as its record tells."""

    model_config = ConfigDict(frozen=True, strict=True)

    folder: Text
    name: Text
    key: Text
    as_of: Annotated[date, Field(strict=False)]
    built: Annotated[
        AwareDatetime, Field(strict=False), AfterValidator(lambda given: given.astimezone(UTC))
    ]
    sha256: dict[Text, Any]
    title: Text = ""
    parameter_set: Text = ""
    points: dict[Text, Any] = {}
    figures: Annotated[tuple[Figure, ...], BeforeValidator(_sound)] = ()

    @property
    def called(self) -> str:
        """Its title; builds from before records held one have only a name."""
        return self.title or self.name

    @property
    def documents(self) -> tuple[tuple[str, str], ...]:
        """What a reader can open: name and address, seen from the home page."""
        found = [(stem, ending) for ending in DOCUMENTS for stem in _stems(self.sha256, ending)]
        # The whole first, then what was made for one audience.
        found.sort(
            key=lambda each: (each[0] not in WHOLES, each[0], list(DOCUMENTS).index(each[1]))
        )
        return tuple(
            (_document_name(stem, ending), quote(f"{self.folder}/{stem}.{ending}"))
            for stem, ending in found
        )

    def figure(self, id_: str) -> Figure | None:
        """Its headline figure of that name, if it has one."""
        return next((figure for figure in self.figures if figure.id == id_), None)


def _stems(files: Iterable[str], ending: str) -> set[str]:
    """Documents of the folder itself; those of a sweep's points lie one deeper."""
    found = (re.fullmatch(rf"([^/\\]+)\.{ending}", file) for file in files)
    return {match[1] for match in found if match}


def _document_name(stem: str, ending: str) -> str:
    name = DOCUMENTS[ending]
    return name if stem in WHOLES else f"{name}: {stem.removeprefix('briefing.')}"


def sound_builds(records: Mapping[str, Mapping[str, Any]]) -> list[Build]:
    """Builds whose record is whole and lies in the folder that it names, newest first."""
    found = []
    for folder, record in records.items():
        try:
            build = Build.model_validate({**record, "folder": folder})
        except (ValidationError, OverflowError):  # the latter at either end of the calendar
            continue
        if folder == f"{build.name}/{build.as_of}-{build.key}":
            found.append(build)
    return sorted(found, key=lambda build: (build.built, build.as_of, build.folder), reverse=True)


@dataclass(frozen=True)
class Tile:
    """A headline figure of the newest build: now, against the build before, and over time."""

    label: str
    shown: str
    range: str
    change: str
    line: Markup


@dataclass(frozen=True)
class Row:
    """A build and its figures, in the columns of its table: as printed, and what changed."""

    build: Build
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """A parameter set: its newest build at length, others in rows, the oldest only named.

    Rows have columns only for figures that moved at all; the others stand with the newest build.
    """

    name: str
    newest: Build
    tiles: tuple[Tile, ...]
    columns: tuple[str, ...]
    shown: tuple[Row, ...]
    folded: tuple[Row, ...]
    named: tuple[Build, ...]

    @property
    def anchor(self) -> str:
        """Where on the page it stands."""
        return "set-" + re.sub(r"\W", "-", self.name)


def home_page(records: Mapping[str, Mapping[str, Any]]) -> str:
    """The page as HTML, from the records of all folders by their names; equal in, equal out."""
    builds = sound_builds(records)
    # A stable sort: within a name the newest stays first.
    sweeps = sorted((build for build in builds if build.points), key=lambda build: build.name)
    # No words in italics: a page that is read daily should be light.
    sheet = style(UPRIGHT, more=(WEB / "home.css").read_text(encoding="utf-8"))
    script = (WEB / "home.js").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("home.html.j2")
        .render(
            builds=builds,
            sections=sections(build for build in builds if not build.points),
            sweeps=sweeps[:WITH_FIGURES],
            older_sweeps=sweeps[WITH_FIGURES:],
            unchanged=UNCHANGED,
            style=Markup(sheet),
            script=Markup(script),
            policy=policy(sheet, script),
        )
    )


def sections(builds: Iterable[Build]) -> tuple[Section, ...]:
    """Builds, newest first, by parameter set."""
    ordered = sorted(builds, key=lambda build: (build.name != FIRST, build.name))
    return tuple(
        _section(name, tuple(its)) for name, its in groupby(ordered, lambda build: build.name)
    )


def _section(name: str, builds: tuple[Build, ...]) -> Section:
    newest, *earlier = recent = builds[:WITH_FIGURES]
    labels = {figure.id: figure.label for build in reversed(recent) for figure in build.figures}
    # The newest build's figures and order come first, then those that only older ones had.
    ids = dict.fromkeys(figure.id for build in recent for figure in build.figures)
    columns = [id_ for id_ in ids if len({_shown(build, id_) for build in recent}) > 1]
    predecessors = dict(pairwise(build.folder for build in builds))
    known = {build.folder: build for build in builds}

    def row(build: Build) -> Row:
        before = known.get(predecessors.get(build.folder, ""))
        return Row(build, tuple(_cell(build, before, id_) for id_ in columns))

    return Section(
        name=name,
        newest=newest,
        tiles=tuple(_tile(figure, builds) for figure in newest.figures),
        columns=tuple(labels[id_] for id_ in columns),
        shown=tuple(row(build) for build in earlier[:SHOWN]),
        folded=tuple(row(build) for build in earlier[SHOWN:]),
        named=builds[WITH_FIGURES:],
    )


def _shown(build: Build, id_: str) -> str:
    figure = build.figure(id_)
    return figure.shown if figure else "–"


def _cell(build: Build, before: Build | None, id_: str) -> tuple[str, str]:
    figure = build.figure(id_)
    if figure is None:
        return _shown(build, id_), ""
    told = change(figure, before.figure(id_) if before else None)
    # In a row of its own every word counts, and most figures stay as they were.
    return figure.shown, "" if told == UNCHANGED else told


def _tile(figure: Figure, builds: Sequence[Build]) -> Tile:
    before = builds[1].figure(figure.id) if len(builds) > 1 else None
    return Tile(
        label=figure.label,
        shown=figure.shown,
        range=figure.range,
        change=change(figure, before),
        line=_line(figure, builds[:WITH_FIGURES]),
    )


UNCHANGED = "unchanged"


def change(figure: Figure, before: Figure | None) -> str:
    """A figure against the same one of the build before, in words; nothing where none was.

    >>> now = Figure(id="peak_usd", label="Peak", value=5.2e11, shown="$520bn")
    >>> change(now, Figure(id="peak_usd", label="Peak", value=5.12e11, shown="$512bn"))
    'up from $512bn'
    """
    if before is None or before.unit != figure.unit:
        return ""
    # What prints alike has not moved for a reader, whatever its last digits did.
    if figure.shown == before.shown or figure.value == before.value:
        return UNCHANGED
    if figure.value is None or before.value is None:
        return f"was {before.shown}"
    return f"{'up' if figure.value > before.value else 'down'} from {before.shown}"


def _line(newest: Figure, builds: Sequence[Build]) -> Markup:
    """How the figure went, oldest build first; nothing until there are two."""
    told = [
        (build.as_of, figure)
        for build in reversed(builds)
        if (figure := build.figure(newest.id))
        and figure.unit == newest.unit
        and figure.value is not None
    ]
    if len(told) < 2:
        return Markup("")
    days, figures = zip(*told, strict=True)
    return sparkline(figures, _in_words(figures, days))


def _in_words(figures: Sequence[Figure], days: Sequence[date]) -> str:
    first, last = figures[0], figures[-1]
    low, high = (end(figures, key=lambda each: each.value or 0.0) for end in (min, max))
    ranged = f"; its range is now {last.range}" if last.range else ""
    return (
        f"{last.label} over {len(figures)} builds, from {first.shown} as of {days[0]} to "
        f"{last.shown} as of {days[-1]}, lowest {low.shown}, highest {high.shown}{ranged}."
    )


WIDTH, HEIGHT, MARGIN = 160, 36, 3


def sparkline(figures: Sequence[Figure], alt: str) -> Markup:
    """The figures of successive builds as a line, with the range of their draws as a band.

    Line and band share one scale, so a move looks as small as it is against what nobody knows.
    """
    values = [figure.value or 0.0 for figure in figures]
    ends = [*values, *(end for figure in figures for end in figure.ends or ())]
    bottom, top = min(ends), max(ends)
    across = (WIDTH - 2 * MARGIN) / (len(figures) - 1)

    def point(place: int, value: float) -> str:
        # Halves, because the difference of the largest two numbers is none.
        share = (value / 2 - bottom / 2) / (top / 2 - bottom / 2) if top > bottom else 0.5
        x, y = MARGIN + place * across, HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)
        return f"{x:.4g},{y:.3g}"

    ranged = [(place, figure.ends) for place, figure in enumerate(figures) if figure.ends]
    lower = [point(place, low) for place, (low, _) in ranged]
    upper = [point(place, high) for place, (_, high) in ranged]
    line = [point(place, value) for place, value in enumerate(values)]
    x, y = line[-1].split(",")
    band = Markup('<polygon points="{}"/>').format(" ".join(upper + lower[::-1]))
    return Markup(
        '<svg class="line" viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2.5"/></svg>'
    ).format(WIDTH, HEIGHT, alt, band if len(ranged) > 1 else "", " ".join(line), x, y)


def _minute(moment: datetime) -> str:
    """
    >>> _minute(datetime(2026, 2, 10, 7, 16, 5, tzinfo=UTC))
    '2026-02-10 07:16 UTC'
    """
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _counted(number: int, one: str) -> str:
    """
    >>> _counted(1, "build"), _counted(1000, "build")
    ('1 build', '1,000 builds')
    """
    return f"{number:,} {one}{'' if number == 1 else 's'}"


@cache
def _environment() -> Environment:
    ready = environment("html")
    ready.filters |= {"minute": _minute, "counted": _counted}
    return ready
