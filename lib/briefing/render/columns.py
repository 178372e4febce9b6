"""The columns of each table: how they share a line, and what a page's style sheet says of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from briefing.exhibits.tables import Table, number_rules, words, wraps
from briefing.render.document import ExhibitBlock

LINE_CHARACTERS = 112
"""Characters of table text that fit side by side, on paper and beside a page's contents."""

GUTTER_CHARACTERS = 3


def column_rules(blocks: Iterable[ExhibitBlock]) -> str:
    """Numbers stand to the right, and text gets the room that it needs.

    On a phone, each cell of a wordy table says what its head is. Each table names the widths and
    heads of its columns, and rules for all of them say what these are for.
    """
    tables = [block for block in blocks if block.kind == "table"]
    wordy = [block for block in tables if block.body.is_wordy]
    places = range(1, 1 + max((len(block.body.heads) for block in wordy), default=0))
    rules = [
        *number_rules(at for block in tables for at in block.body.numbers),
        *(f"thead :nth-child({place}){{width:var(--w{place})}}" for place in places),
        *(f".stacked td:nth-child({place}){{--head:var(--h{place})}}" for place in places),
        *(f"#{block.anchor}{{{';'.join(_named(block.body))}}}" for block in wordy),
    ]
    return "\n".join(rules)


def _named(table: Table) -> Iterator[str]:
    """A browser would give each column of text about the same, were it a word or a sentence."""
    shares = column_shares(table)["shares"]
    for place, (share, head) in enumerate(zip(shares, table.heads, strict=True), start=1):
        yield f"--w{place}:{round(100 * share / sum(shares))}%"
        if place > 1 and head:
            yield f"--h{place}:{_string(head)}"


def _string(text: str) -> str:
    """`text` as a style sheet has it, with nothing in it that could end it.

    >>> print(_string('A "b"</style>'))
    "A \\22 b\\22 \\3c \\2f style\\3e "
    """
    return '"' + re.sub(r"[^\w $%.,:;()-]", lambda found: f"\\{ord(found[0]):x} ", text) + '"'


def column_shares(table: Table) -> dict[str, Any]:
    """How the columns share the line, and by how much the type shrinks when words do not fit.

    Numbers do not wrap, unless a long unit follows, and words are never cut; text wraps, also
    after a hyphen. Room to spare goes where most text would wrap, or else to the first column.
    """
    columns = [_column(table, at) for at in range(len(table.heads))]
    needs = [_need(cells) + GUTTER_CHARACTERS for cells in columns]
    spare = LINE_CHARACTERS - sum(needs)
    if spare < 0:
        return {"shares": needs, "scale": LINE_CHARACTERS / sum(needs)}
    wrapped = [_wrapped(cells) for cells in columns]
    ways = (_extra(spare, wrapped, power) for power in POWERS)
    shares = [[need + more for need, more in zip(needs, way, strict=True)] for way in ways]
    return {"shares": min(shares, key=lambda each: _lines(columns, each)), "scale": 1.0}


POWERS = 1, 0.75, 0.5
"""Room by letters suits rows with text in each column; where a row has it in one, fewest lines
come from room by the root of letters."""


def _extra(spare: int, wrapped: Sequence[Sequence[int]], power: float) -> Sequence[float]:
    """What each column gets beyond its need, given the characters that would wrap in its cells."""
    wanted = [max(cells, default=0) for cells in wrapped]
    if sum(wanted) <= spare:
        return [spare - sum(wanted[1:]), *wanted[1:]]
    weights = [sum(cells) ** power for cells in wrapped]
    return [spare * weight / sum(weights) for weight in weights]


def _lines(columns: Sequence[Sequence["_Text"]], shares: Sequence[float]) -> int:
    """Lines of all rows, each as high as its highest cell."""
    widths = [max(share - GUTTER_CHARACTERS, 1) for share in shares]
    rows = zip(*columns, strict=True)
    return sum(
        max(ceil(len(cell.words) / width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )


@dataclass(frozen=True)
class _Text:
    """A cell's words; those of a number stay in one line."""

    words: str
    is_number: bool = False


def _column(table: Table, at: int) -> list[_Text]:
    """Head and cells of one column; a head wraps like text whatever stands below it."""
    cells = (_Text(words(row[at]), at in table.numbers) for row in table.rows)
    return [_Text(table.heads[at]), *cells]


def _need(cells: Sequence[_Text]) -> int:
    return max((_unbroken(cell) for cell in cells), default=1)


def _wrapped(cells: Sequence[_Text]) -> Sequence[int]:
    """Characters of each cell that find no room when the column has only what it needs."""
    need = _need(cells)
    return [max(0, len(cell.words) - need) for cell in cells]


def _unbroken(cell: _Text) -> int:
    """Characters of its longest part that stays whole."""
    if cell.is_number and not wraps(cell.words):
        return len(cell.words)
    # Lines end at spaces, and at hyphens unless a digit follows: a date stays whole.
    return max(map(len, re.split(r"\s+|(?<=-)(?=[^\W\d])", cell.words)))
