import pandas as pd
import pytest
from great_tables import GT, loc, style

from briefing.render.pdf import LINE_CHARACTERS, column_shares
from briefing.render.tables import parse_table, placed


def parsed(table):
    return parse_table(table.tab_header("Not wanted").as_raw_html())


def texts(rows):
    return [[cell.text for cell in row] for row in rows]


@pytest.fixture
def frame():
    return pd.DataFrame({"leg": ["Azure", "Equity"], "low": [1.5, 2.0], "high": [3.0, 4.0]})


def test_every_word_of_the_table_survives_and_its_caption_does_not(frame):
    table = parsed(GT(frame, rowname_col="leg").tab_stubhead("Leg"))
    assert texts(table.head) == [["Leg", "low", "high"]]
    assert texts(table.body) == [["Azure", "1.5", "3.0"], ["Equity", "2.0", "4.0"]]


def test_a_spanner_stands_over_its_columns(frame):
    table = parsed(GT(frame).tab_spanner("Amount", ["low", "high"]))
    spanner = next(cell for cell in table.head[0] if cell.text == "Amount")
    assert (spanner.columns, spanner.scope) == (2, "colgroup")
    assert list(placed(table.head))[-1][0] == 2


def test_group_rows_head_their_rows(frame):
    table = parsed(GT(frame, groupname_col="leg"))
    assert [row[0].scope for row in table.body] == ["rowgroup", "", "rowgroup", ""]


def test_numbers_stand_right_and_words_left(frame):
    assert [cell.align for cell in parsed(GT(frame)).body[0]] == ["left", "right", "right"]


def test_columns_of_sentences_have_names_to_stand_before_each_cell(frame):
    words = frame.assign(
        why="The companies state an amount and no dates.", who="Both investors say so"
    )
    grouped = GT(words.assign(kind="Amounts"), groupname_col="kind").cols_hide(["low", "high"])
    assert parsed(grouped).heads == ("leg", "why", "who")


def test_numbers_two_columns_and_columns_under_a_common_head_stay_side_by_side(frame):
    assert parsed(GT(frame)).heads == ()
    assert parsed(GT(frame.assign(leg="A sentence of many words. " * 9))).heads[0] == "leg"
    spanned = GT(frame.assign(leg="A sentence of many words. " * 9)).tab_spanner("S", ["low"])
    assert parsed(spanned).heads == ()
    two = frame.assign(leg="A sentence of many words. " * 9)[["leg", "low"]]
    assert parsed(GT(two)).heads == ()


def test_bold_cells_stay_bold(frame):
    table = parsed(GT(frame).tab_style(style.text(weight="bold"), loc.body(rows=[1])))
    assert [row[0].runs[0].style for row in table.body] == ["", "strong"]


def test_footnotes_keep_their_marks(frame):
    table = parsed(GT(frame).tab_footnote("A ceiling.", loc.body(columns="low", rows=[0])))
    assert [run.style for run in table.foot[0][0].runs] == ["mark", ""]
    assert "mark" in [run.style for run in table.body[0][1].runs]


def test_a_link_in_pieces_becomes_one():
    link = '<a href="https://a.b">Up to <span>$</span>15 <b>bn</b></a> all'
    cell = f"<table><tr><td>{link}</td></tr></table>"
    runs = parse_table(cell).body[0][0].runs
    assert [(run.text, run.url, run.style) for run in runs] == [
        ("Up to $15 ", "https://a.b", ""), ("bn", "https://a.b", "strong"), (" all", "", ""),
    ]  # fmt: skip


def test_links_stay_links_but_scripts_do_not():
    html = '<table><tr><td><a href="https://x.org">a</a><a href="javascript:x">b</a></td></tr>'
    (row,) = parse_table(html + "</table>").body
    assert [run.url for run in row[0].runs] == ["https://x.org", ""]


def test_hostile_text_arrives_as_it_was(hostile):
    table = parsed(GT(pd.DataFrame({"a": [hostile]})))
    assert table.body[0][0].text == hostile


def test_columns_never_ask_for_more_than_the_line(frame):
    wide = pd.DataFrame({f"c{n}": ["123,456.7"] * 3 for n in range(30)})
    for each in (frame, wide):
        given = column_shares(parsed(GT(each)))
        assert sum(given["shares"]) * given["scale"] == pytest.approx(LINE_CHARACTERS)


def test_type_shrinks_only_when_words_do_not_fit(frame):
    wide = pd.DataFrame({f"c{n}": ["123,456.7"] * 3 for n in range(30)})
    assert column_shares(parsed(GT(frame)))["scale"] == 1
    assert column_shares(parsed(GT(wide)))["scale"] < 1


def test_the_longest_text_gets_the_widest_column():
    frame = pd.DataFrame({"id": ["a"] * 3, "why": ["long reason " * 20] * 3, "usd": [1, 2, 3]})
    shares = column_shares(parsed(GT(frame)))["shares"]
    assert max(shares) == shares[1]


def test_a_date_keeps_room_to_stand_whole():
    frame = pd.DataFrame({"day": ["2025-11-18"] * 2, "why": ["long reason " * 40] * 2})
    assert column_shares(parsed(GT(frame)))["shares"][0] > len("2025-11-18")
