"""Tables: a frame of finished words, laid out the same way everywhere."""

import re
from collections.abc import Sequence

import pandas as pd
from great_tables import GT


def table(
    frame: pd.DataFrame,
    numbers: Sequence[str] = (),
    stub: str = "",
    groups: str = "",
    links: Sequence[str] = (),
) -> GT:
    """A great_tables table of `frame`: `numbers` to the right, `stub` as row heads.

    Cells of the columns `links` are as `link` makes them; all others are plain text.
    """
    laid_out = GT(
        frame.astype(str), rowname_col=stub or None, groupname_col=groups or None, id="exhibit"
    )
    texts = [name for name in frame.columns if name not in {*numbers, stub, groups}]
    laid_out = laid_out.cols_align("right", columns=list(numbers)) if numbers else laid_out
    laid_out = laid_out.fmt_markdown(columns=list(links)) if links else laid_out
    return laid_out.cols_align("left", columns=texts) if texts else laid_out


def link(text: str, url: str | None) -> str:
    """`text` as a markdown link to `url`, or alone where there is no page.

    >>> link("10-Q [note]", "https://example.org/a")
    '[10-Q \\\\[note\\\\]](https://example.org/a)'
    """
    plain = re.sub(r"([\\`*_\[\]<>&#|~$])", r"\\\1", text)
    return f"[{plain}]({url.replace(' ', '%20').replace(')', '%29')})" if url else plain


def read_aloud(frame: pd.DataFrame, rows: int = 6) -> str:
    """Alternative text of a table: its rows as sentences, the first `rows` of them."""
    lines = [
        ", ".join(f"{name} {value}" for name, value in row.items() if value != "")
        for row in frame.head(rows).to_dict("records")
    ]
    rest = len(frame) - len(lines)
    return "; ".join(lines) + (f"; and {rest} more rows" if rest > 0 else "")
