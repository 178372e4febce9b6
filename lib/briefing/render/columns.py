"""What a page's style sheet says of the columns of each table, so that no cell has to."""

import re
from collections.abc import Iterable, Iterator

from briefing.exhibits.tables import number_rules
from briefing.render.document import ExhibitBlock

PHONE = "@media screen and (max-width: 40rem)"


def column_rules(blocks: Iterable[ExhibitBlock]) -> str:
    """Numbers stand to the right; on a phone, each cell of a wordy table says what its head is."""
    tables = [block for block in blocks if block.kind == "table"]
    rules = number_rules(at for block in tables for at in block.body.numbers)
    heads = [rule for block in tables for rule in _heads(block)]
    return "\n".join([*rules, *([f"{PHONE} {{", *heads, "}"] if heads else [])])


def _heads(block: ExhibitBlock) -> Iterator[str]:
    if not block.body.is_wordy:
        return
    for at, head in enumerate(block.body.heads):
        if at and head:
            yield (
                f"#{block.anchor} td:nth-child({at + 1}):not(:empty)::before "
                f"{{ content: {_string(head)}; }}"
            )


def _string(text: str) -> str:
    """`text` as a style sheet has it, with nothing in it that could end it.

    >>> print(_string('A "b"</style>'))
    "A \\22 b\\22 \\3c \\2f style\\3e "
    """
    return '"' + re.sub(r"[^\w $%.,:;()-]", lambda found: f"\\{ord(found[0]):x} ", text) + '"'
