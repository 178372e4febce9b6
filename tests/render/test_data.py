"""CSV of an exhibit: what a spreadsheet can compute with, and no other number than is printed."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.exhibits.words import money, percent
from briefing.render.data import csv_text, number


def read(**columns):
    data = {"columns": list(columns), "data": [*map(list, zip(*columns.values(), strict=True))]}
    text = csv_text(data)
    assert text.startswith("\ufeff")
    return [*csv.reader(io.StringIO(text[1:], newline=""))]


@pytest.mark.parametrize(
    ("cells", "heads", "written"),
    [
        (["$1.5bn", "−$20m", "0"], ["x (USD)"], [["1500000000"], ["-20000000"], ["0"]]),
        (["$1m to $2m"], ["x, low (USD)", "x, high (USD)"], [["1000000", "2000000"]]),
        (["17%", "—", ""], ["x (share)"], [["0.17"], [""], [""]]),
        (["17%", "$1bn"], ["x"], [["17%"], ["$1bn"]]),
        (["$20bn per GW", "$1bn"], ["x"], [["$20bn per GW"], ["$1bn"]]),
        (["0", "0"], ["x"], [["0"], ["0"]]),
        (["<0.1%", "2%"], ["x"], [["<0.1%"], ["2%"]]),
        (["", "—"], ["x"], [[""], ["—"]]),
        ([1.5, None], ["x"], [["1.5"], [""]]),
        (["=1+1", "@SUM(A1)", "+A1"], ["x"], [["'=1+1"], ["'@SUM(A1)"], ["'+A1"]]),
        (["+$2bn", "-3"], ["x"], [["+$2bn"], ["-3"]]),
    ],
)  # fmt: skip
def test_a_column_in_one_unit_is_written_in_numbers_and_any_other_as_it_stands(
    cells, heads, written
):
    assert read(x=cells) == [heads, *written]


def test_a_table_without_rows_keeps_its_heads():
    assert csv_text({"columns": ["a", "b"], "data": []}) == "\ufeffa,b\r\n"


@given(st.floats(5e6, 1e14), st.booleans())
def test_what_was_printed_of_an_amount_comes_back_as_it_would_be_printed_again(usd, is_loss):
    printed = money(-usd if is_loss else usd)
    assert money(number(printed)) == printed


@given(st.floats(0.001, 50))
def test_what_was_printed_of_a_share_comes_back_as_it_would_be_printed_again(share):
    assert percent(number(percent(share))) == percent(share)
