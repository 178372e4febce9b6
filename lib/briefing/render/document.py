"""What a notebook says, without saying how it looks: headings, prose, exhibits and their sources.

Every medium starts from the same Document, so none of them can say more or less than another.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time
from typing import Any, Literal

import mistune
from nbformat import NotebookNode

from briefing.exhibits.tables import read_table, web_address
from briefing.exhibits.words import opening, spoken
from briefing.inputs.files import source_date_epoch

# Repeated from briefing.exhibits.exhibit and briefing.case (a test holds them equal): importing
# those loads Altair and pandas, more than a second, which rendering does not need.
EXHIBIT_MIME = "application/vnd.briefing.exhibit+json"
CHART_MIME = "application/vnd.vegalite.v5+json"
CASE_MIME = "application/vnd.briefing.case+json"

IN_JUPYTERLAB = frozenset({"title", "background", "padding"})
"""Parts of a chart's specification that only JupyterLab needs: its heading and its paper."""

SHOWN_SOURCES = 4
"""Sources named below an exhibit; the register names all of them."""

NOTED_SOURCES = 3
"""Sources named in a footnote to computed prose, with their titles."""

REGISTER = "E41"
"""The exhibit that lists every assumption."""

ELSEWHERE = "Exhibits that are named and not shown here stand in the full briefing."
"""Said where a reader gets a part of it."""

FACTS = "E41b"
"""The exhibit that lists every fact, with its page."""

CHANGES = "E42"
"""The exhibit that tells what changed since the build before."""

FIGURES = "E41c"
"""The exhibit that lists every figure, where each printed number leads home to."""

Token = dict[str, Any]
"""A node of mistune's syntax tree, in which markdown travels to every medium."""


class FailedNotebook(ValueError):
    """A cell ended in an error, so its notebook must never reach a reader."""


@dataclass(frozen=True)
class Metadata:
    """What the case says about itself; `as_of` is an ISO date, empty when nobody gave one."""

    title: str = "Briefing"
    subtitle: str = ""
    set: str = ""
    set_title: str = ""
    as_of: str = ""
    disclosure: str = ""
    key: str = ""
    home: str = ""
    """Where the page of all briefings lies, as seen from this one."""
    audience: str = ""
    """For whom this is, where it is not the whole briefing."""

    @property
    def timestamp(self) -> int:
        """Seconds since 1970 that date a document: never the clock's, or no two builds were equal.

        SOURCE_DATE_EPOCH, where it is set, comes before the day of which the briefing speaks.
        """
        stated = source_date_epoch()
        if stated is not None:
            return stated
        day = date.fromisoformat(self.as_of) if self.as_of else date(1970, 1, 1)
        return int(datetime.combine(day, time(), tzinfo=UTC).timestamp())


@dataclass(frozen=True)
class Source:
    """A page that was read, and how firmly the fact on it stands."""

    title: str
    publisher: str
    published: str = ""
    url: str = ""
    announcement_url: str = ""
    disputed: bool = False

    @property
    def credit(self) -> str:
        """Publisher and date, and whether anybody disputes the fact.

        >>> Source("10-K", "Microsoft", "2025-07-30", disputed=True).credit
        'Microsoft, 2025-07-30 (disputed)'
        """
        named = ", ".join(filter(None, [self.publisher, self.published]))
        return f"{named} (disputed)" if self.disputed else named


@dataclass(frozen=True)
class Note:
    """A footnote to computed prose: its first sources, how many more, how many assumptions."""

    sources: tuple[Source, ...]
    more: int
    assumptions: str


@dataclass(frozen=True)
class Mark:
    """Where a footnote is called; equal footnotes are printed once and called more often."""

    number: int
    occurrence: int


@dataclass(frozen=True)
class Heading:
    """A section's heading; the levels of a document start at one and skip none."""

    level: int
    text: str
    anchor: str
    type: Literal["heading"] = "heading"


@dataclass(frozen=True)
class Printed:
    """A text in an exhibit's words, and the one figure, assumption or fact that it stands for."""

    text: str
    name: str
    label: str
    kind: Literal["figure", "assumption", "fact"]


@dataclass(frozen=True)
class Prose:
    """Paragraphs, lists and call-outs, as parsed markdown.

    An exhibit that has only a sentence to say, such as that nothing has changed, keeps its `id`.
    """

    tokens: tuple[Token, ...]
    printed: tuple[Printed, ...] = ()
    id: str = ""
    type: Literal["prose"] = "prose"


@dataclass(frozen=True)
class ExhibitBlock:
    """A chart (`body` is its Vega-Lite spec), a table or a row of tiles, with all its words.

    A `finding` has no body: its title says all.
    """

    kind: str
    id: str
    anchor: str
    title: str
    alt: str
    body: Any
    notes: tuple[str, ...]
    sources: tuple[Source, ...]
    more_sources: int
    assumptions: str
    standing: str = ""
    """Facts, an estimate, assumptions or an opinion."""
    figures: tuple[tuple[str, str], ...] = ()
    """Name and label of each figure that it was made of."""
    printed: tuple[Printed, ...] = ()
    data: Mapping[str, Any] | None = None
    """Its columns and rows, for readers who want to compute with them."""
    steps: tuple[tuple[str, Any], ...] = ()
    """Labels and specs of charts that a screen shows one at a time instead of the body."""
    choices: Mapping[str, Any] | None = None
    """What a screen lets readers move, and what comes of it, instead of the table."""
    earlier_page: str = ""
    """Where the page of an earlier build lies that it compares with."""
    type: Literal["exhibit"] = "exhibit"

    @property
    def charts(self) -> tuple[Mapping[str, Any], ...]:
        """Specifications of all its charts: the body's and those of the steps."""
        return (self.body, *(spec for _, spec in self.steps)) if self.kind == "chart" else ()


Block = Heading | Prose | ExhibitBlock


@dataclass(frozen=True)
class Document:
    """A briefing in the order in which it is read; `notes[n - 1]` belongs to mark number n."""

    metadata: Metadata
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]
    occurrences: tuple[int, ...]

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The contents list."""
        return tuple(block for block in self.blocks if isinstance(block, Heading))


def document(notebook: NotebookNode) -> Document:
    """The document that an executed notebook tells; code, streams and plain results stay out."""
    refuse_errors(notebook)
    notes = _Notes()
    blocks = list(unique_anchors(_blocks(notebook, notes)))
    metadata = _metadata(notebook, blocks)
    return Document(
        metadata=metadata,
        blocks=tuple(_levelled(_without_repeated_title(blocks, metadata.title))),
        notes=tuple(notes.occurrences),
        occurrences=tuple(notes.occurrences.values()),
    )


def refuse_errors(notebook: NotebookNode) -> None:
    """Raise FailedNotebook at the first error output; what follows it cannot be trusted."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                first_line = "".join(cell.source).strip().partition("\n")[0]
                raise FailedNotebook(
                    f"cell {number} ({first_line}) ended in {output.ename}: {output.evalue}; "
                    "a notebook with an error is not rendered"
                )


@dataclass
class _Notes:
    """Footnotes met so far, and how often each was called."""

    occurrences: dict[Note, int] = field(default_factory=dict)

    def mark(self, note: Note) -> Mark | None:
        if not note.sources and not note.assumptions:
            return None
        self.occurrences[note] = self.occurrences.get(note, 0) + 1
        return Mark(list(self.occurrences).index(note) + 1, self.occurrences[note])


def _blocks(notebook: NotebookNode, notes: _Notes) -> Iterator[Block]:
    facts: dict[str, Mapping[str, Any]] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield from _told("".join(cell.source))
        for shown in _shown(cell, EXHIBIT_MIME):
            described = shown[EXHIBIT_MIME]
            try:
                sources = [_in_full(fact, facts) for fact in described["sources"]]
                yield from _exhibited({**described, "sources": sources}, shown, notes)
            except (AttributeError, KeyError, IndexError, TypeError) as error:
                told = f"{type(error).__name__}: {error}"
                raise FailedNotebook(
                    f"an exhibit is not written as this version writes them ({told}); build it "
                    "again, for nothing was rendered"
                ) from error


def _shown(cell: NotebookNode, mime: str) -> Iterator[Mapping[str, Any]]:
    bundles = (output.get("data", {}) for output in cell.get("outputs", []))
    return (bundle for bundle in bundles if mime in bundle)


def parse_markdown(text: str) -> tuple[Token, ...]:
    """Syntax tree of a piece of markdown."""
    tokens = mistune.create_markdown(renderer=None)(text)
    return tuple(token for token in tokens if isinstance(token, dict))


def _told(markdown: str) -> Iterator[Block]:
    """Headings on their own, and the prose between them."""
    prose: list[Token] = []
    for token in parse_markdown(markdown):
        if token["type"] == "heading":
            yield from _prose(prose)
            prose = []
            text = plain_text(token)
            yield Heading(token["attrs"]["level"], text, slug(text))
        else:
            prose.append(token)
    yield from _prose(prose)


def _prose(tokens: Sequence[Token]) -> Iterator[Prose]:
    if any(token["type"] != "blank_line" for token in tokens):
        yield Prose(tuple(tokens))


def plain_text(token: Token) -> str:
    """Words of a token, without their markup."""
    return token.get("raw") or "".join(plain_text(child) for child in token.get("children", []))


def printable(text: str) -> str:
    """`text` without characters that no medium can print: controls and halves of a pair.

    >>> printable("Azure\\x00, 2025")
    'Azure, 2025'
    """
    return _UNPRINTABLE.sub("", text)


_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def slug(text: str) -> str:
    """An address within the page.

    >>> slug("What would change our mind?")
    'what-would-change-our-mind'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"


def _exhibited(
    described: Mapping[str, Any], shown: Mapping[str, Any], notes: _Notes
) -> Iterator[Block]:
    if described["kind"] == "prose":
        yield _computed_prose(described, notes)
        return
    sources = _sources(described["sources"])
    yield ExhibitBlock(
        kind=described["kind"],
        id=described["id"],
        anchor=slug(described["id"] or described["title"]),
        title=described["title"],
        alt=described["alt"] or described["title"],
        body=_body(described, shown),
        notes=tuple(described["notes"]),
        sources=sources[:SHOWN_SOURCES],
        more_sources=max(0, len(sources) - SHOWN_SOURCES),
        assumptions=_assumptions(described),
        standing=described.get("standing", ""),
        figures=tuple(described.get("figures", {}).items()),
        printed=_printed(described),
        data=described["data"],
        steps=tuple((label, spec) for label, spec in described.get("steps", ())),
        choices=described.get("choices"),
        earlier_page=_page_beside(described.get("earlier_page", "")),
    )


def _page_beside(address: Any) -> str:
    """The address of a build's page in a folder beside this one; nothing for any other."""
    is_one = isinstance(address, str) and _BESIDE.fullmatch(address)
    return str(address) if is_one else ""


_BESIDE = re.compile(r"\.\./\d{4}-\d\d-\d\d-[0-9a-f]{12}/briefing\.html")


def _body(described: Mapping[str, Any], shown: Mapping[str, Any]) -> Any:
    match described["kind"]:
        case "chart":
            # The document prints the title itself, where text can be read aloud and searched.
            spec = shown[CHART_MIME]
            return {key: value for key, value in spec.items() if key not in IN_JUPYTERLAB}
        case "table" if "table" not in described:
            raise ValueError(
                f"exhibit {described['id'] or described['title']!r} was made by an earlier "
                "version, which kept its table elsewhere; run the notebook again"
            )
        case "table":
            return read_table(described["table"])
        case "finding":
            return ()
        case _:
            return tuple(described["tiles"])


def _computed_prose(described: Mapping[str, Any], notes: _Notes) -> Prose:
    note = _note(_sources(described["sources"]), _assumptions(described))
    tokens = _with_mark(parse_markdown(described["text"]), notes.mark(note))
    return Prose(tokens, _printed(described), described["id"])


def _printed(described: Mapping[str, Any]) -> tuple[Printed, ...]:
    figures = described.get("figures", {})
    return tuple(
        Printed(text, name, figures[name], "figure")
        if name in figures
        # A fact is called by its id, and nothing else is.
        else Printed(text, name, opening(spoken(name)), "fact" if text == name else "assumption")
        for text, name in described.get("printed", {}).items()
    )


def _with_mark(tokens: tuple[Token, ...], mark: Mark | None) -> tuple[Token, ...]:
    """`tokens` with the mark after the last word, however deep in a list that may be."""
    if mark is None:
        return tokens
    *before, last = [token for token in tokens if token["type"] != "blank_line"] or [_PARAGRAPH]
    note = {"type": "note", "attrs": {"number": mark.number, "occurrence": mark.occurrence}}
    children = tuple(last.get("children", ()))
    if last["type"] in {"paragraph", "block_text"}:
        return (*before, {**last, "children": [*children, note]})
    return (*before, {**last, "children": list(_with_mark(children, mark))})


_PARAGRAPH: Token = {"type": "paragraph", "children": []}


def _note(sources: tuple[Source, ...], assumptions: str) -> Note:
    return Note(sources[:NOTED_SOURCES], max(0, len(sources) - NOTED_SOURCES), assumptions)


def _assumptions(described: Mapping[str, Any]) -> str:
    count = len(described["assumptions"])
    return f"{count} assumption{'' if count == 1 else 's'}" if count else ""


def to_carry(notebook: NotebookNode) -> Mapping[str, Any]:
    """The notebook as it travels with a document that carries its exhibits' data as files too.

    Data stay in those files alone, and each fact is told in full where an exhibit first rests on
    it, and then by its id. But for the data it tells the same document.
    """
    told: dict[str, Mapping[str, Any]] = {}

    def shortened(output: Mapping[str, Any]) -> Mapping[str, Any]:
        data = output.get("data", {})
        if EXHIBIT_MIME not in data:
            return output
        described = data[EXHIBIT_MIME]
        sources = [_by_id(fact, told) for fact in described["sources"]]
        carried = {**described, "sources": sources, "data": None}
        return {**output, "data": {**data, EXHIBIT_MIME: carried}}

    cells = [
        {**cell, "outputs": [*map(shortened, cell.outputs)]} if "outputs" in cell else cell
        for cell in notebook.cells
    ]
    return {**notebook, "cells": cells}


def _by_id(fact: Mapping[str, Any], told: dict[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """The id of a fact that was told before in the same words; a new one as it is."""
    if told.get(fact["id"]) == fact:
        return {"id": fact["id"]}
    told[fact["id"]] = fact
    return fact


def _in_full(fact: Mapping[str, Any], told: dict[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """A fact, or what an exhibit before said of it where this one gives its id and no more."""
    if fact.keys() == {"id"}:
        if fact["id"] not in told:
            raise ValueError(f"fact {fact['id']!r} is named, but no exhibit before tells it")
        return told[fact["id"]]
    told[fact["id"]] = fact
    return fact


def _sources(facts: Iterable[Mapping[str, Any]]) -> tuple[Source, ...]:
    """Each page once; it counts as disputed when any of its facts is."""
    pages: dict[tuple[str, str], Source] = {}
    for fact in facts:
        page = (fact["source"]["publisher"], web_address(fact["source"].get("url")))
        if page not in pages:
            pages[page] = _source(fact)
        elif fact.get("status") == "disputed":
            pages[page] = replace(pages[page], disputed=True)
    return tuple(pages.values())


def _source(fact: Mapping[str, Any]) -> Source:
    source = fact["source"]
    return Source(
        title=source["title"],
        publisher=source["publisher"],
        published=fact.get("published") or "",
        url=web_address(source.get("url")),
        announcement_url=web_address(source.get("primary_url")),
        disputed=fact.get("status") == "disputed",
    )


def _metadata(notebook: NotebookNode, blocks: Sequence[Block]) -> Metadata:
    given = next(
        (shown[CASE_MIME] for cell in notebook.cells for shown in _shown(cell, CASE_MIME)), {}
    )
    first = next((block.text for block in blocks if isinstance(block, Heading)), "Briefing")
    stated = [*given.items(), *notebook.metadata.get("briefing", {}).items()]
    names = {entry.name for entry in fields(Metadata)}
    known = {name: value for name, value in stated if name in names and value}
    if not re.fullmatch(r"(\.\./)+index\.html", known.get("home", "")):
        known.pop("home", None)  # any notebook may say anything here
    return Metadata(**{"title": first, **known})


def _without_repeated_title(blocks: Sequence[Block], title: str) -> Sequence[Block]:
    """`blocks` without a first heading that the title block already shows.

    It stays where other headings stand beside it, as in a joined document.
    """
    headings = [block for block in blocks if isinstance(block, Heading)]
    if not headings or headings[0].text != title:
        return blocks
    if sum(heading.level == headings[0].level for heading in headings) > 1:
        return blocks
    return [block for block in blocks if block is not headings[0]]


def _levelled(blocks: Sequence[Block]) -> Iterator[Block]:
    """`blocks` with heading levels from one on, none skipped, as accessible documents need."""
    top = min((block.level for block in blocks if isinstance(block, Heading)), default=1)
    level = 0
    for block in blocks:
        if isinstance(block, Heading):
            level = min(block.level - top, level) + 1
            yield replace(block, level=level)
        else:
            yield block


def unique_anchors(blocks: Iterable[Block]) -> Iterator[Block]:
    """`blocks` with a number after each address that was taken already."""
    taken: set[str] = set()
    for block in blocks:
        if isinstance(block, Prose):
            yield block
            continue
        anchor, number = block.anchor, 2
        while anchor in taken:
            anchor, number = f"{block.anchor}-{number}", number + 1
        taken.add(anchor)
        yield replace(block, anchor=anchor)
