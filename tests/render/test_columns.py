import re

import pandas as pd
import pytest

from briefing.exhibits.tables import table
from briefing.render.columns import LINE_CHARACTERS, column_rules, column_shares
from briefing.render.document import ExhibitBlock


def block(shown):
    return ExhibitBlock("table", "E99", "e99", "", "", shown, (), (), 0, "")


@pytest.fixture
def frame():
    return pd.DataFrame({"leg": ["Azure", "Equity"], "low": [1.5, 2.0], "high": [3.0, 4.0]})


def test_columns_never_ask_for_more_than_the_line(frame):
    wide = pd.DataFrame({f"c{n}": ["123,456.7"] * 3 for n in range(30)})
    for each in (frame, wide):
        given = column_shares(table(each.astype(str), numbers=[*each]))
        assert sum(given["shares"]) * given["scale"] == pytest.approx(LINE_CHARACTERS)


def test_type_shrinks_only_when_words_do_not_fit(frame):
    wide = pd.DataFrame({f"c{n}": ["123,456.7"] * 3 for n in range(30)})
    assert column_shares(table(frame))["scale"] == 1
    assert column_shares(table(wide, numbers=[*wide]))["scale"] < 1


def test_the_longest_text_gets_the_widest_column():
    frame = pd.DataFrame({"id": ["a"] * 3, "why": ["long reason " * 20] * 3, "usd": [1, 2, 3]})
    shares = column_shares(table(frame))["shares"]
    assert max(shares) == shares[1]


def test_what_few_rows_say_at_length_gets_more_room_than_its_part_of_all_letters():
    questions = ["a question of " + "some words " * 5] * 40
    frame = pd.DataFrame({"asked": questions, "open": ["a reason " * 20, *[""] * 39]})
    assert column_shares(table(frame))["shares"][1] > 0.2 * LINE_CHARACTERS  # of 6% of letters


def test_a_date_keeps_room_to_stand_whole():
    frame = pd.DataFrame({"day": ["2025-11-18"] * 2, "why": ["long reason " * 40] * 2})
    assert column_shares(table(frame))["shares"][0] > len("2025-11-18")


def test_in_a_page_a_sentence_gets_more_room_than_a_word_and_numbers_take_their_own():
    frame = pd.DataFrame({"id": ["a"] * 3, "why": ["long reason " * 20] * 3, "usd": ["$1"] * 3})
    rules = column_rules([block(table(frame, numbers=["usd"]))])
    widths = [int(found) for found in re.findall(r"--w\d:(\d+)%", rules)]
    assert sum(widths) == pytest.approx(100, abs=2)
    assert max(widths) == widths[1] > 60
    figures = pd.DataFrame({"leg": ["Azure"], "low": ["$1"], "high": ["$2"]})
    assert "width" not in column_rules([block(table(figures, numbers=["low", "high"]))])


def test_each_cell_of_a_wordy_table_can_say_what_its_head_is():
    frame = pd.DataFrame({"id": ["a"], "Why": ["long reason " * 20], "At": ["2025"]})
    rules = column_rules([block(table(frame))])
    assert re.search(r'#e99\{.*--h2:"Why";.*--h3:"At"\}', rules)
    assert ".stacked td:nth-child(3){--head:var(--h3)}" in rules
