"""The mail as plain text, in 72 columns, for programs and people that want no more."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from briefing.exhibits.tables import Table, words
from briefing.render.digest import Digest, Entry, Section
from briefing.render.document import ELSEWHERE

COLUMNS = 72

LEAST_STUB = 14
"""Characters that row heads need beside the figures of a table."""

GAP = 2


def plain(told: Digest, links: Sequence[tuple[str, str]]) -> str:
    """The whole mail as text; only addresses may be longer than a line."""
    sections = map(_section, told.sections)
    parts = [_opening(told), *sections, _findings(told), _places(links), _closing(told)]
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part) + "\n"


def _opening(told: Digest) -> Iterator[str]:
    about = told.metadata
    yield from _headed(about.title, "=")
    yield from _wrapped(about.subtitle)
    dated = f"as of {about.as_of}" if about.as_of else ""
    yield from _wrapped(", ".join(filter(None, [about.set_title, dated])))


def _headed(text: str, mark: str) -> Iterator[str]:
    lines = _wrapped(text)
    yield from lines
    yield mark * max(map(len, lines), default=0)


def _wrapped(text: str, indent: str = "", first: str = "") -> list[str]:
    """Lines of `text`; `indent` stands before all but the first of them."""
    return textwrap.wrap(
        text, COLUMNS, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False
    )


def _indented(text: str) -> list[str]:
    return _wrapped(text, "  ", "  ")


def _section(section: Section) -> Iterator[str]:
    named = f"Exhibit {section.id}: " if section.id else ""
    yield from _headed(named + section.title, "-")
    if section.standing:
        yield f"[{section.standing}]"
    yield from _bodies[section.kind](section)
    small = [*section.notes, _source_line(section)]
    for text in filter(None, small):
        yield ""
        yield from _wrapped(text)


def _source_line(section: Section) -> str:
    credits_ = "; ".join(credit for credit, _ in section.sources)
    return f"Sources: {credits_}{section.closing}" if credits_ else section.closing


def _tiles(section: Section) -> Iterator[str]:
    width = min(12, max((len(tile["value"]) for tile in section.body), default=0))
    for tile in section.body:
        indent = " " * (width + GAP)
        figure = tile["value"].rjust(width) + " " * GAP
        yield from _wrapped(figure + tile["label"], indent)
        yield from _wrapped(tile["context"], indent, indent)


def _entries(section: Section) -> Iterator[str]:
    for number, entry in enumerate(section.body):
        if number:
            yield ""
        yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    grade = f" [{entry.grade}]" if entry.grade else ""
    yield from _wrapped(f"* {entry.heading}{grade}", "  ")
    yield from _indented(entry.text)
    for label, text in entry.details:
        yield from _indented(f"{label}: {text}")


def _chart(section: Section) -> Iterator[str]:
    yield from _wrapped(f"The chart in words: {section.alt}")


def _table(section: Section) -> Iterator[str]:
    table: Table = section.body
    # Words are never cut, so a table that is too wide for that is told row by row.
    return _side_by_side(table) if _width(table) <= COLUMNS else _row_by_row(table)


def _width(table: Table) -> int:
    """Characters that the table needs at least, its row heads wrapped."""
    needs = [_longest_word(column) + GAP for column in _columns(table)]
    return max([*needs[:1], LEAST_STUB]) + sum(needs[1:])


def _columns(table: Table) -> list[list[str]]:
    """Head and cells of each column."""
    return [[head, *(words(row[at]) for row in table.rows)] for at, head in enumerate(table.heads)]


def _longest_word(texts: Iterable[str]) -> int:
    return max((len(word) for text in texts for word in text.split()), default=0)


def _side_by_side(table: Table) -> Iterator[str]:
    """Figures in columns as narrow as their longest word, so that row heads get the room."""
    _, *others = _columns(table)
    widths = [_longest_word(texts) for texts in others]
    widths = [COLUMNS - sum(widths) - GAP * len(widths), *widths]
    heads = _cells(table.heads, widths)
    most = max(map(len, heads))
    yield from _lines([[""] * (most - len(lines)) + lines for lines in heads], table, widths)
    yield "-" * COLUMNS
    for name, rows in table.groups:
        yield from _wrapped(name)
        for row in rows:
            yield from _lines(_cells(list(map(words, row)), widths), table, widths)


def _cells(row: Sequence[str], widths: Sequence[int]) -> list[list[str]]:
    """Each cell's lines. A row head's are indented from the second on, to tell rows apart."""
    indents = ["  ", *[""] * len(row)]
    wrapped = zip(row, widths, indents, strict=False)
    return [
        textwrap.wrap(text, width, subsequent_indent=indent, break_on_hyphens=False)
        for text, width, indent in wrapped
    ]


def _lines(cells: Sequence[Sequence[str]], table: Table, widths: Sequence[int]) -> Iterator[str]:
    for line in zip_longest(*cells, fillvalue=""):
        aligned = (
            text.rjust(width) if at in table.numbers else text.ljust(width)
            for at, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        yield (" " * GAP).join(aligned).rstrip()


def _row_by_row(table: Table) -> Iterator[str]:
    _, *labels = table.heads
    for name, rows in table.groups:
        yield from _wrapped(name)
        for head, *cells in rows:
            yield from _wrapped(f"* {words(head)}", "  ")
            for label, cell in zip(labels, cells, strict=True):
                yield from _indented(": ".join(filter(None, [label, words(cell)])))


def _findings(told: Digest) -> Iterator[str]:
    if told.findings:
        yield from _headed("What the pages find", "-")
        for id_, title in told.findings:
            yield from _wrapped("* " + ": ".join(filter(None, [id_, title])), "  ")


def _places(links: Sequence[tuple[str, str]]) -> Iterator[str]:
    if links:
        yield from _headed("Every chart, table and source", "-")
        yield from (f"{name}: {url}" for name, url in links)


def _closing(told: Digest) -> Iterator[str]:
    about = told.metadata
    elsewhere = ELSEWHERE if told.sections else ""
    built = f"Build {about.key}" if about.key else ""
    for text in filter(None, [elsewhere, about.disclosure, built]):
        yield from _wrapped(text)


_bodies: dict[str, Any] = {
    "tiles": _tiles,
    "entries": _entries,
    "chart": _chart,
    "table": _table,
}
