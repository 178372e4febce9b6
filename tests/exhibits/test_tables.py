import json
import re

import pandas as pd
import pytest

from briefing.exhibits.tables import (
    Run,
    Table,
    html,
    link,
    number_rules,
    one_after_another,
    read_table,
    table,
    web_address,
    words,
)

SENTENCE = "A sentence of many words. " * 9


@pytest.fixture
def frame():
    return pd.DataFrame({"low": [1.5, 2.0], "leg": ["Azure", "Equity"], "high": [3.0, 4.0]})


def told(shown):
    return [[words(cell) for cell in row] for row in shown.rows]


def test_row_heads_stand_first_under_an_empty_head(frame):
    shown = table(frame, stub="leg")
    assert shown.heads == ("", "low", "high")
    assert told(shown) == [["Azure", "1.5", "3.0"], ["Equity", "2.0", "4.0"]]


def test_numbers_are_the_columns_that_are_named(frame):
    assert table(frame, numbers=["low", "high"], stub="leg").numbers == {1, 2}
    assert table(frame, numbers=["low", "high"]).numbers == {0, 2}


def test_rows_of_a_group_stand_together_wherever_they_were():
    frame = pd.DataFrame({"kind": ["a", "b", "a"], "what": ["1", "2", "3"]})
    shown = table(frame, groups="kind")
    assert shown.heads == ("what",)
    assert [(name, [words(cell) for (cell,) in rows]) for name, rows in shown.groups] == [
        ("a", ["1", "3"]), ("b", ["2"]),
    ]  # fmt: skip


def test_white_space_is_as_a_browser_shows_it():
    shown = table(pd.DataFrame({"a  b": [" one\n  two\u00a0 "]}))
    assert (shown.heads, told(shown)) == (("a b",), [["one two\u00a0"]])


def test_what_it_says_reads_back_from_json(frame):
    linked = one_after_another([link("10-Q", "https://a.example"), link("paper", None)])
    shown = table(frame.assign(why=[linked, SENTENCE], kind="x"), ["low"], "leg", "kind")
    assert read_table(json.loads(json.dumps(shown.described()))) == shown
    assert [run.text for run in linked] == ["10-Q", ", ", "paper"]


def test_an_empty_table_has_heads_and_no_rows(frame):
    shown = table(frame.iloc[:0], numbers=["low"], stub="leg")
    assert (shown.heads, told(shown)) == (("", "low", "high"), [])
    assert read_table(shown.described()) == shown
    assert one_after_another([]) == ()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x.org", "", None])
def test_only_addresses_on_the_web_become_links(url):
    assert web_address(url) == ""
    assert link("a", url) == (Run("a"),)
    described = {"heads": ["a"], "numbers": [], "groups": [["", [[[["a", url]]]]]]}
    assert told(read_table(described)) == [["a"]]
    assert next(read_table(described).rows)[0][0].url == ""


def test_sentences_are_told_cell_below_cell_on_a_phone_and_numbers_are_not(frame):
    wordy = frame.assign(leg=SENTENCE)
    assert table(wordy).is_wordy
    assert table(frame).is_wordy  # short words, which nobody compares along a row
    assert not table(frame, numbers=["low", "high"]).is_wordy
    assert not table(wordy[["leg", "low"]]).is_wordy
    assert not Table(("a", "b", "c"), ()).is_wordy


def test_a_number_with_a_long_unit_may_wrap_and_no_other():
    frame = pd.DataFrame({"what": ["1.58 million m³ a year"] * 2})
    frame["usd"] = ["1.58 million m³ a year", "$40.0bn (36.2–46.9)"]
    shown = html(table(frame, numbers=["usd"]))
    assert shown.count('<td class="wraps">1.58 million') == shown.count("wraps") == 1


def test_html_has_heads_groups_and_links():
    frame = pd.DataFrame({"kind": ["x > y"], "low": ["1.5"], "leg": ["Azure"]})
    linked = frame.assign(why=[link("<b>", 'https://a.example/?a=1&b="2"')])
    assert re.split("(?=<t(?:head|r|body))", html(table(linked, ["low"], "leg", "kind"))) == [
        '<table class="n2">',
        "<thead>",
        '<tr><td><th scope="col">low<th scope="col">why',
        "<tbody>",
        '<tr><th scope="rowgroup" colspan="3">x &gt; y',
        '<tr><th scope="row">Azure<td>1.5'
        '<td><a href="https://a.example/?a=1&amp;b=&quot;2&quot;">&lt;b&gt;</a></table>',
    ]


def test_an_empty_cell_at_the_end_of_a_row_is_empty():
    shown = html(table(pd.DataFrame({"a": ["x", "y"], "b": ["", ""]})))
    assert "<td>x<td><tr><td>y<td></table>" in shown


def test_rows_have_an_address_and_a_table_a_name_where_they_are_given(frame):
    shown = html(table(frame, stub="leg"), row_id=lambda text: f"row-{text}", named_by="title")
    assert shown.startswith('<table aria-labelledby="title">')
    assert '<tr id="row-Azure"><th scope="row">Azure<td>' in shown


def test_words_are_as_they_are_told_but_for_links(frame):
    linked = frame.assign(why=[link("page", "https://a.example"), "word"])
    shown = html(table(linked, groups="leg"), told=str.upper)
    assert ">page</a>" in shown
    assert "<td>WORD<" in shown
    assert ">AZURE<" in shown


def test_rules_name_each_column_of_numbers_once():
    rules = "".join(number_rules([2, 0, 2]))
    assert rules.count("text-align: right") == 2
    assert ":where(.n1) tr > :nth-child(1)" in rules
    assert ":where(.n3) tr > :nth-child(3)" in rules
