import pytest

from briefing.exhibits.tables import Run, Table
from briefing.render.digest import Digest, Section
from briefing.render.document import Metadata
from briefing.render.plain import plain


def text_of(labels, rows):
    """The text of a mail with one table."""
    told = tuple(tuple((Run(text),) for text in row) for row in rows)
    numbers = frozenset(range(1, len(labels) + 1))
    shown = Table(("", *labels), (("", told),), numbers, has_stub=True)
    section = Section("table", "E1", "", "Scenarios", shown, "", (), (), "")
    return plain(Digest(Metadata(title="Title"), "", (section,), ()), [])


def test_figures_stand_below_each_other_and_row_heads_wrap():
    words = "A row head of which there is more than one line has room"
    rows = [(f"{words} for here", "$1bn", "$12bn"), ("Cash", "$22bn", "$3bn")]
    # “$22bn” needs 5 columns, “Funding” 7; two gaps of 2 leave 56 of the 72 to the row heads.
    shown = [
        f"{'':<56}  {'':>5}  {'Funding':>7}",
        f"{'':<56}  {'Base':>5}  {'stops':>7}",
        "-" * 72,
        f"{words:<56}  {'$1bn':>5}  {'$12bn':>7}",
        "  for here",
        f"{'Cash':<56}  {'$22bn':>5}  {'$3bn':>7}",
    ]
    told, _, _ = text_of(["Base", "Funding stops"], rows).partition("\n\nExhibits that")
    assert told.splitlines()[-6:] == shown


@pytest.mark.parametrize("labels", [["Extraordinarily-long-label"] * 3, ["Base"] * 12])
def test_a_table_that_is_too_wide_is_told_row_by_row(labels):
    text = text_of(labels, [("Cash", *(f"${n}bn" for n in range(len(labels))))])
    assert f"* Cash\n  {labels[0]}: $0bn\n  {labels[1]}: $1bn\n" in text
    assert max(map(len, text.splitlines())) <= 72
