"""An exhibit's data as a file that spreadsheets open, the same in every medium."""

import csv
import io
from collections.abc import Mapping
from typing import Any


def csv_text(data: Mapping[str, Any]) -> str:
    """Columns and rows as CSV (RFC 4180), after the mark by which spreadsheets know UTF-8.

    Numbers have ten digits, which is more than any of them means.
    """
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(data["columns"])
    rows.writerows([_short(value) for value in row] for row in data["data"])
    return "\ufeff" + written.getvalue()


def _short(value: Any) -> Any:
    return f"{value:.10g}" if isinstance(value, float) else value
