"""An exhibit's data as a file that spreadsheets open, the same in every medium."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

POWERS = {"": 0, "m": 6, "bn": 9, "tn": 12, "%": -2}

PRINTED = {
    "USD": ("$", r"(?:−?\$[\d,]*\.?\d+(?:m|bn|tn)?|0)"),
    "share": ("%", r"−?\d+\.?\d*%"),
}
"""By what one knows amounts of a unit, and how they are printed, alone or in a range."""

NOTHING = ("", "—", None)


def csv_text(data: Mapping[str, Any]) -> str:
    """Columns and rows as CSV (RFC 4180), after the mark by which spreadsheets know UTF-8."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(csv_rows(data))
    return "\ufeff" + written.getvalue()


def csv_rows(data: Mapping[str, Any]) -> list[list[str]]:
    """Heads and rows as a spreadsheet is to read them.

    Numbers have ten digits, which is more than any of them means. A column that holds nothing but
    printed dollars or percent is written in plain numbers, as exact as the print, with the unit in
    its head; of ranges both ends.
    """
    columns = zip(*data["data"], strict=True) if data["data"] else [()] * len(data["columns"])
    told = [
        each
        for head, cells in zip(data["columns"], columns, strict=True)
        for each in _in_numbers(head, cells)
    ]
    rows = zip(*(cells for _, cells in told), strict=True)
    return [[_short(value) for value in row] for row in ([head for head, _ in told], *rows)]


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    text = "" if value is None else str(value)
    # A spreadsheet would take such a text for a formula.
    return f"'{text}" if isinstance(value, str) and _FORMULA.match(text) else text


_FORMULA = re.compile(r"[=@\t\r]|[+-](?![$\d])")


def _in_numbers(head: Any, cells: Sequence[Any]) -> Iterator[tuple[Any, Sequence[Any]]]:
    """A column under its head, or in numbers where all that it says is printed in one unit."""
    said = [cell for cell in cells if cell not in NOTHING]
    if said and all(isinstance(cell, str) for cell in said):
        for unit, (mark, amount) in PRINTED.items():
            whole = re.compile(rf"({amount})(?: to ({amount}))?")
            found = [None if cell in NOTHING else whole.fullmatch(cell) for cell in cells]
            if sum(map(bool, found)) < len(said) or not any(mark in cell for cell in said):
                continue
            low, high = (
                [each and number(each[end] or each[1]) for each in found] for end in (1, 2)
            )
            if low == high:
                yield f"{head} ({unit})", low
            else:
                yield from ((f"{head}, low ({unit})", low), (f"{head}, high ({unit})", high))
            return
    yield head, cells


def number(printed: str) -> float:
    """The number that a printed amount stands for.

    >>> number("−$1.5bn"), number("$1,250"), number("78%"), number("$1.08tn")
    (-1500000000.0, 1250.0, 0.78, 1080000000000.0)
    """
    digits = re.sub(r"[^\d.]", "", printed)
    power = POWERS[re.sub(r"[−$\d,.]", "", printed)]
    return (-1 if printed.startswith("−") else 1) * float(f"{digits}e{power}")
