"""Tables without their looks: what a great_tables table says, read back from its HTML."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from itertools import count, groupby, islice
from typing import Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Run:
    """A piece of a cell's text in one style; a `mark` calls a footnote of the table."""

    text: str
    style: Literal["", "strong", "mark"] = ""
    url: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell. `scope` says what a heading cell heads: col, colgroup, row or rowgroup."""

    runs: tuple[Run, ...]
    align: Align = "left"
    columns: int = 1
    rows: int = 1
    scope: str = ""

    @property
    def text(self) -> str:
        """The cell's words."""
        return "".join(run.text for run in self.runs)


Row = tuple[Cell, ...]

WORDY = 17
"""Characters of an average cell from which on a table is read and not compared."""


@dataclass(frozen=True)
class Table:
    """Rows of the head, of the body and of the notes below it."""

    head: tuple[Row, ...]
    body: tuple[Row, ...]
    foot: tuple[Row, ...]

    @property
    def columns(self) -> int:
        """How many columns the table has."""
        return max((sum(cell.columns for cell in row) for row in self.head + self.body), default=0)

    @property
    def heads(self) -> tuple[str, ...]:
        """What stands over each column of a table that a phone shows cell below cell; else nothing.

        Sentences beside each other would be slivers there; numbers are compared along their rows.
        """
        rows = [row for row in self.body if len(row) > 1]
        texts = [cell.text for row in rows for cell in row]
        columns = self.columns
        is_plain = all(len(row) == columns for row in (*self.head[-1:], *rows))
        is_wordy = len(texts) > 0 and sum(map(len, texts)) >= WORDY * len(texts)
        if columns < 3 or not (self.head and is_plain and is_wordy):
            return ()
        return tuple(cell.text for cell in self.head[-1])


@lru_cache(maxsize=256)
def parse_table(html: str) -> Table:
    """The table in `html`, without its caption, which the exhibit's title replaces.

    Kept, because one process often renders several documents of the same notebooks.
    """
    parser = _TableParser()
    parser.feed(html)
    parser.close()
    return Table(*(tuple(parser.sections[name]) for name in ("thead", "tbody", "tfoot")))


def placed(rows: Iterable[Row]) -> Iterator[tuple[int, Cell]]:
    """Every cell with the number of its first column, which cells spanning rows push right."""
    taken: dict[int, int] = {}
    for row in rows:
        free = (column for column in count() if column not in taken)
        spans: dict[int, int] = {}
        for cell in row:
            start, *others = islice(free, cell.columns)
            yield start, cell
            spans |= dict.fromkeys([start, *others], cell.rows)
        taken = {column: left - 1 for column, left in (taken | spans).items() if left > 1}


def web_address(url: str | None) -> str:
    """`url` when it is an address on the web, else nothing: data must not smuggle in scripts."""
    return url if url and url.startswith(("http://", "https://")) else ""


_CAPTION = "gt_heading"
_IGNORED = {"style", "svg", "script"}


@dataclass
class _Open:
    """The cell being read."""

    attributes: Mapping[str, str]
    runs: list[Run] = field(default_factory=list)


class _TableParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: dict[str, list[Row]] = {"thead": [], "tbody": [], "tfoot": []}
        self._section = "tbody"
        self._row: list[Cell] = []
        self._cell: _Open | None = None
        self._ignored = 0
        self._styles: list[tuple[str, Literal["strong", "mark"]]] = []
        self._url = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in self.sections:
            self._section = tag
        elif tag == "tr":
            self._row = []
        elif tag in {"td", "th"}:
            self._cell = _Open({"tag": tag, **attributes})
        elif tag in _IGNORED:
            self._ignored += 1
        else:
            self._open_inline(tag, attributes)

    def _open_inline(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in {"strong", "b"}:
            self._styles.append((tag, "strong"))
        elif tag == "sup" or "gt_footnote_marks" in attributes.get("class", ""):
            self._styles.append((tag, "mark"))
        elif tag == "a":
            self._url = web_address(attributes.get("href"))
        elif tag == "br":
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._ignored:
            style = self._styles[-1][1] if self._styles else _own_style(self._cell.attributes)
            self._cell.runs.append(Run(data, style, self._url))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self._cell is not None:
            self._close_cell(self._cell)
        elif tag == "tr" and self._row:
            self.sections[self._section].append(tuple(self._row))
        elif tag in _IGNORED:
            self._ignored -= 1
        elif tag == "a":
            self._url = ""
        elif self._styles and self._styles[-1][0] == tag:
            self._styles.pop()

    def _close_cell(self, cell: _Open) -> None:
        if _CAPTION not in cell.attributes.get("class", "").split():
            self._row.append(_cell(cell))
        self._cell = None


def _cell(cell: _Open) -> Cell:
    attributes = cell.attributes
    return Cell(
        runs=_trimmed(cell.runs),
        align=_align(attributes),
        columns=int(attributes.get("colspan", 1)),
        rows=int(attributes.get("rowspan", 1)),
        scope=_scope(attributes),
    )


def _scope(attributes: Mapping[str, str]) -> str:
    if "gt_group_heading" in attributes.get("class", ""):
        return "rowgroup"
    return attributes.get("scope", "")


def _align(attributes: Mapping[str, str]) -> Align:
    classes = attributes.get("class", "").split()
    style = attributes.get("style", "").replace(" ", "")
    for align in ("right", "center"):
        if f"gt_{align}" in classes or f"text-align:{align}" in style:
            return align
    return "left"


def _own_style(attributes: Mapping[str, str]) -> Literal["", "strong"]:
    style = attributes.get("style", "").replace(" ", "")
    return "strong" if "font-weight:bold" in style or "font-weight:600" in style else ""


def _trimmed(runs: list[Run]) -> tuple[Run, ...]:
    """`runs` with white space as a browser shows it: collapsed, and none at either end.

    Neighbours that look and lead alike become one: a link read aloud in pieces is three links.
    """
    kept: list[Run] = []
    for (style, url), alike in groupby(runs, lambda run: (run.style, run.url)):
        text = re.sub(r"[ \t\r\n\f]+", " ", "".join(run.text for run in alike))
        if not kept or kept[-1].text.endswith(" "):
            text = text.lstrip()
        if text:
            kept.append(Run(text, style, url))
    if kept:
        kept[-1] = Run(kept[-1].text.rstrip(), kept[-1].style, kept[-1].url)
    return tuple(run for run in kept if run.text)
