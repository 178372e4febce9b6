"""Tables: a frame of finished words, laid out the same way everywhere."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

WORDY = 17
"""Characters of an average cell from which on a table is read and not compared."""


LONGEST_NUMBER = 14
"""Characters of a number and its unit that are sure to stay in one line."""


class Run(NamedTuple):
    """A piece of a cell's text, and the page that it leads to."""

    text: str
    url: str = ""


Cell = tuple[Run, ...]
Row = tuple[Cell, ...]


def wraps(number: str) -> bool:
    """Whether a number may go on in a second line: with a long unit, but never within a word.

    >>> wraps("1.58 million m³ a year"), wraps("$40.0bn (36.2–46.9)"), wraps("$2.42 per GPU-hour")
    (True, False, False)
    """
    return len(number) > LONGEST_NUMBER and not re.search("[–-]", number)


def words(cell: Cell) -> str:
    """What a cell says."""
    return cell[0].text if len(cell) == 1 else "".join(run.text for run in cell)


@dataclass(frozen=True)
class Table:
    """Finished words under their heads.

    Columns of `numbers` are compared from row to row and stand to the right. With `has_stub` the
    first column says what each row is about. `groups` are the rows under each name, or one without
    a name.
    """

    heads: tuple[str, ...]
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    numbers: frozenset[int] = frozenset()
    has_stub: bool = False

    @property
    def rows(self) -> Iterator[Row]:
        """Those of all groups."""
        return (row for _, rows in self.groups for row in rows)

    @cached_property
    def is_wordy(self) -> bool:
        """Whether a phone shows it cell below cell: sentences beside each other would be slivers.

        Where more than half are numbers of few words they stay beside each other, for they are
        compared along their rows.
        """
        lengths = [len(words(cell)) for row in self.rows for cell in row]
        if len(self.heads) <= 2 or not lengths:
            return False
        has_sentences = sum(lengths) >= WORDY * len(lengths)
        return has_sentences or len(self.heads) - 1 >= 2 * len(self.numbers)

    def described(self) -> dict[str, Any]:
        """As JSON has it; `read_table` is the way back."""
        groups = [
            [name, [[_told(cell) for cell in row] for row in rows]] for name, rows in self.groups
        ]
        stub = {"has_stub": True} if self.has_stub else {}
        return {"heads": [*self.heads], "numbers": sorted(self.numbers), "groups": groups, **stub}


def read_table(described: Mapping[str, Any]) -> Table:
    """The table that was `described` so."""
    groups = described["groups"]
    return Table(
        heads=tuple(described["heads"]),
        groups=tuple(
            (name, tuple(tuple(map(_cell, row)) for row in rows)) for name, rows in groups
        ),
        numbers=frozenset(described["numbers"]),
        has_stub=described.get("has_stub", False),
    )


def _told(cell: Cell) -> Any:
    return words(cell) if not any(run.url for run in cell) else [[*run] for run in cell]


def _cell(told: Any) -> Cell:
    if isinstance(told, str):
        return (Run(told),)
    return tuple(Run(text, web_address(url)) for text, url in told)


def web_address(url: str | None) -> str:
    """`url` when it is an address on the web, else nothing: data must not smuggle in scripts."""
    return url if url and url.startswith(("http://", "https://")) else ""


def table(
    frame: "pd.DataFrame", numbers: Sequence[str] = (), stub: str = "", groups: str = ""
) -> Table:
    """The rows of `frame`: `numbers` to the right, `stub` as row heads under an empty head.

    Rows of one of the `groups` stand together under its name. A cell is a text, or a Cell where
    it leads somewhere.
    """
    columns = [name for name in (stub, *frame.columns) if name and name != groups]
    columns = list(dict.fromkeys(columns))
    told: dict[str, list[Row]] = {}
    names = map(_in_one_line, frame[groups]) if groups else [""] * len(frame)
    laid_out = zip(*(frame[name] for name in columns), strict=True)
    for name, row in zip(names, laid_out, strict=True):
        told.setdefault(name, []).append(tuple(map(_laid_out, row)))
    return Table(
        heads=tuple("" if name == stub else _in_one_line(name) for name in columns),
        groups=tuple((name, tuple(rows)) for name, rows in told.items()),
        numbers=frozenset(columns.index(name) for name in numbers),
        has_stub=bool(stub),
    )


def _laid_out(value: Any) -> Cell:
    return value if isinstance(value, tuple) else (Run(_in_one_line(value)),)


def _in_one_line(value: Any) -> str:
    return _SPACE.sub(" ", str(value)).strip(" ")


_SPACE = re.compile(r"[ \t\r\n\f]+")


def link(text: str, url: str | None) -> Cell:
    """A cell that leads to `url`, or says `text` alone where there is no page."""
    return (Run(_in_one_line(text), web_address(url)),)


def one_after_another(cells: Iterable[Cell]) -> Cell:
    """One cell of several, with commas between them."""
    parts = [(Run(", "), *cell) for cell in cells]
    return tuple(run for part in parts for run in part)[1:]


def web_link(url: str, text: str) -> str:
    """A page's name that leads there."""
    return f'<a href="{escape(url)}">{escape(text)}</a>'


def html(
    shown: Table,
    told: Callable[[str], str] = escape,
    row_id: Callable[[str], str] | None = None,
    named_by: str = "",
    linked: Callable[[str, str], str] = web_link,
) -> str:
    """The table in HTML, its words as they are `told` there.

    Cells and rows end where the next begin, as HTML has it: a page has some ten thousand of them.
    Its class says which columns are numbers, for `number_rules`. `row_id` gives each row an
    address by what its first cell says; `named_by` is the id of the table's title, and
    `linked` makes a link of a page's address and name.
    """

    def cell(runs: Cell) -> str:
        return "".join(linked(url, text) if url else told(text) for text, url in runs)

    def opened(at: int, runs: Cell) -> str:
        return '<td class="wraps">' if at in shown.numbers and wraps(words(runs)) else "<td>"

    def row(cells: Row) -> str:
        address = f' id="{escape(row_id(words(cells[0])))}"' if row_id else ""
        written = [opened(at, runs) + cell(runs) for at, runs in enumerate(cells)]
        if shown.has_stub and words(cells[0]):
            written[0] = f'<th scope="row">{cell(cells[0])}'
        return f"<tr{address}>{''.join(written)}"

    heads = (f'<th scope="col">{escape(text)}' if text else "<td>" for text in shown.heads)
    lines = []
    for name, rows in shown.groups:
        if name:
            wide = f'scope="rowgroup" colspan="{len(shown.heads)}"'
            lines.append(f"<tr><th {wide}>{told(name)}")
        lines += map(row, rows)
    numbers = " ".join(f"n{at + 1}" for at in sorted(shown.numbers))
    attributes = {"class": numbers, "aria-labelledby": named_by}
    opening = "".join(f' {name}="{value}"' for name, value in attributes.items() if value)
    # No line ends between rows: they would be part of last cells, and those no longer empty.
    return f"<table{opening}><thead><tr>{''.join(heads)}<tbody>{''.join(lines)}</table>"


def number_rules(columns: Iterable[int], within: str = "") -> Iterator[str]:
    """Rules of a style sheet by which numbers stand to the right, in tables of these columns."""
    for at in sorted(set(columns)):
        table, place = f"{within}:where(.n{at + 1})", f":nth-child({at + 1})"
        yield f"{table} tr > {place} {{ text-align: right; font-variant-numeric: tabular-nums; }}"
        yield f"{table} tbody > tr > {place}:not(.wraps) {{ white-space: nowrap; }}"


def read_aloud(frame: "pd.DataFrame", rows: int = 6) -> str:
    """Alternative text of a table: its rows as sentences, the first `rows` of them."""
    lines = [
        ", ".join(f"{name} {value}" for name, value in row.items() if value != "")
        for row in frame.head(rows).to_dict("records")
    ]
    rest = len(frame) - len(lines)
    return "; ".join(lines) + (f"; and {rest} more rows" if rest > 0 else "")
