"""What a mail says of a briefing: the few exhibits that a reader on a phone needs, as plain lines.

Text arrives here from notebooks and facts and leaves fit for any line of a mail, header or body.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from briefing.exhibits.tables import Row, Run, Table, words
from briefing.render.document import (
    CHANGES,
    FACTS,
    FIGURES,
    REGISTER,
    Document,
    ExhibitBlock,
    Metadata,
    Source,
    printable,
)

RETOLD = ("E00",)
"""Tables of sentences, told row by row: a phone has no room for their columns."""

CHARTS = ("E08", "E13b")
"""The first of these that the briefing has is the mail's one picture."""

TABLES = ("E13",)
"""Tables of few and short columns, shown as they are."""

SIGNALS = "E37"
"""The watch list, of which a mail tells what has been seen."""

STATUS, SEEN = "Status", "Seen"
"""Its column that says whether a signal has been seen, and how one begins that has."""

MOST_CHANGES = 5
"""Rows of what changed, or was seen; the page has the rest."""

GRADE = "Evidence"
"""The column whose letter stands beside the heading of a row told on its own."""

LONGEST = 1000
"""Characters of one text that a mail shows; the page has the rest."""

PREVIEW = 140
"""Characters that mail programs show beside the subject."""

# Overrides and isolates let a text reverse what is printed after it, also in a subject line.
_DIRECTIONS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Entry:
    """One row of a table told on its own; `details` are its further columns under their heads."""

    heading: str
    grade: str
    text: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    """An exhibit as a mail shows it: `kind` is tiles, entries, table or chart.

    `sources` are credits with addresses, `closing` what follows them in the same line.
    """

    kind: str
    id: str
    standing: str
    title: str
    body: Any
    alt: str
    notes: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    closing: str


@dataclass(frozen=True)
class Digest:
    """The mail's content, the same for its HTML and its plain text.

    `findings` are the titles of the other exhibits, where a briefing draws no conclusions itself.
    `news` is what flipped or moved since the briefing before, in a few words.
    """

    metadata: Metadata
    preview: str
    sections: tuple[Section, ...]
    findings: tuple[tuple[str, str], ...]
    news: str = ""


def digest(briefing: Document) -> Digest:
    """The briefing in as much as one reads standing up."""
    exhibits = [block for block in briefing.blocks if isinstance(block, ExhibitBlock)]
    sections = tuple(_sections(exhibits))
    stated = briefing.metadata
    about = replace(stated, **{name: line(text) for name, text in vars(stated).items()})
    # What we owe the reader to disclose is never cut.
    about = replace(about, disclosure=line(stated.disclosure, len(stated.disclosure)))
    retold = [each for each in sections if each.kind == "entries" and each.id in RETOLD]
    entries = [entry for each in retold for entry in each.body]
    findings = () if entries else tuple(_findings(exhibits, sections))
    conclusions = [entry.text for entry in entries] or [title for _, title in findings]
    return Digest(
        metadata=about,
        preview=_figures_told(sections)
        or line(next(iter(conclusions), about.subtitle or about.title), PREVIEW),
        sections=tuple(_with_sources_once(sections)),
        findings=findings,
        news=line(next(_news(exhibits), ""), PREVIEW),
    )


def _figures_told(sections: Sequence[Section]) -> str:
    """As many key figures as a list of mails has room for, none of them cut."""
    tiles = (tile for each in sections if each.kind == "tiles" for tile in each.body)
    told = ""
    for tile in tiles:
        longer = "; ".join(filter(None, [told, f"{tile['label']}: {tile['value']}"]))
        if len(longer) > PREVIEW:
            break
        told = longer
    return told


def _news(exhibits: Sequence[ExhibitBlock]) -> Iterator[str]:
    """What the title of E42 finds, where it has rows: it has none when nothing moved."""
    for block in exhibits:
        if block.id == CHANGES and block.kind == "table":
            yield block.title.rpartition(": ")[2]


def line(text: str, longest: int = LONGEST) -> str:
    """`text` as one line without control characters, cut between words where it is too long.

    >>> line("Gap:  $9bn\\r\\nBcc: a@example.org")
    'Gap: $9bn Bcc: a@example.org'
    >>> line("about $1.5bn", longest=11)
    'about …'
    """
    shown = " ".join(_DIRECTIONS.sub("", printable(text)).split())
    if len(shown) <= longest:
        return shown
    words, _, _ = shown[: longest - 1].rpartition(" ")
    return f"{words or shown[: longest - 2]} …"


def _sections(exhibits: Sequence[ExhibitBlock]) -> Iterator[Section]:
    """Key figures, conclusions, one picture, tables: what is read first stands first."""
    by_id = {block.id: block for block in reversed(exhibits)}
    tiles = [block for block in exhibits if block.kind == "tiles"]
    charts = [by_id[id_] for id_ in CHARTS if id_ in by_id and by_id[id_].kind == "chart"]
    for block in tiles[:1]:
        figures = tuple({name: line(text) for name, text in tile.items()} for tile in block.body)
        yield _section(block, "tiles", figures)
    for block in _tables(by_id, RETOLD):
        yield _section(block, "entries", tuple(_entries(block.body)))
    if CHANGES in by_id:
        rows = _rows(by_id[CHANGES])
        # Where nothing moved the title says so, and the notes would speak to who builds.
        changes = by_id[CHANGES] if rows else replace(by_id[CHANGES], notes=())
        yield _first_rows(changes, rows)
    for block in _tables(by_id, (SIGNALS,)):
        # Further notes are on what has not been seen, of which a mail tells nothing.
        seen = replace(block, notes=block.notes[:1])
        yield _first_rows(seen, tuple(_seen(block.body)))
    for block in charts[:1]:
        yield _section(block, "chart", block.body)
    for block in _tables(by_id, TABLES):
        yield _section(block, "table", _plain_table(block.body))


def _rows(block: ExhibitBlock) -> tuple[Entry, ...]:
    """Rows of a table; none where a sentence stands in its place."""
    return tuple(_entries(block.body)) if block.kind == "table" else ()


def _first_rows(block: ExhibitBlock, rows: Sequence[Entry]) -> Section:
    """An exhibit told row by row, in so many rows as a phone has room for; or its title alone."""
    section = _section(block, "entries", tuple(rows[:MOST_CHANGES]))
    left = len(rows) - MOST_CHANGES
    if left <= 0:
        return section
    more = f"{left} more {'row' if left == 1 else 'rows'} on the page."
    return replace(section, notes=(more, *section.notes))


def _seen(table: Table) -> Iterator[Entry]:
    """Signals that have been seen: what counts as seen, and since when it is known."""
    for entry in _entries(table):
        status = dict(entry.details).get(STATUS, "")
        if status.startswith(SEEN):
            yield replace(entry, details=((STATUS, status),))


def _tables(by_id: Mapping[str, ExhibitBlock], ids: Sequence[str]) -> list[ExhibitBlock]:
    return [by_id[id_] for id_ in ids if id_ in by_id and by_id[id_].kind == "table"]


def _section(block: ExhibitBlock, kind: str, body: Any) -> Section:
    return Section(
        kind=kind,
        id=line(block.id),
        standing=block.standing,
        title=line(block.title),
        body=body,
        alt=line(block.alt),
        notes=tuple(map(line, block.notes)),
        sources=tuple((line(source.credit), _address(source)) for source in block.sources),
        closing=_closing(block),
    )


def _address(source: Source) -> str:
    """An address stays whole or is left out."""
    return source.url if line(source.url) == source.url else ""


def _closing(block: ExhibitBlock) -> str:
    more = f" and {block.more_sources} more ({FACTS})" if block.more_sources else ""
    if not block.assumptions:
        return f"{more}." if block.sources else ""
    rests = "; rests" if block.sources else "Rests"
    count = len(block.figures)
    through = f" through {count} figure{'s' if count > 1 else ''} ({FIGURES})" if count else ""
    return f"{more}{rests} on {block.assumptions} (register: {REGISTER}){through}."


def _with_sources_once(sections: Sequence[Section]) -> Iterator[Section]:
    """`sections`, naming no pages that the section before has just named."""
    named: tuple[tuple[str, str], ...] = ()
    for section in sections:
        is_repeated = section.sources and section.sources == named
        yield replace(section, sources=(("as above", ""),)) if is_repeated else section
        named = section.sources


def _entries(table: Table) -> Iterator[Entry]:
    labels = [*map(line, table.heads)]
    for row in table.rows:
        heading, text, *details = [line(words(cell)) for cell in row] + [""] * max(0, 2 - len(row))
        labelled = list(zip(labels[2:], details, strict=False))
        yield Entry(
            heading=heading,
            grade=next((f"{label} {value}" for label, value in labelled if label == GRADE), ""),
            text=text,
            details=tuple((label, value) for label, value in labelled if label != GRADE and value),
        )


def _plain_table(table: Table) -> Table:
    """`table` with each cell's words in one run, fit for a line."""

    def plain(row: Row) -> Row:
        return tuple((Run(line(words(cell))),) for cell in row)

    groups = tuple((line(name), tuple(map(plain, rows))) for name, rows in table.groups)
    return replace(table, heads=tuple(map(line, table.heads)), groups=groups)


def _findings(
    exhibits: Sequence[ExhibitBlock], sections: Sequence[Section]
) -> Iterator[tuple[str, str]]:
    """Numbers and titles of what the mail does not show; a sweep's exhibits have no numbers."""
    shown = {section.title for section in sections}
    titles = ((line(block.id), line(block.title)) for block in exhibits)
    return ((id_, title) for id_, title in titles if title not in shown)
