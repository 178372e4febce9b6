"""No question of the article is left out, and no exhibit is named that no notebook shows."""

import re

import pytest

from briefing.exhibits.all_questions import NONE, PLACES
from briefing.graph import functions
from briefing.runs.notebooks import notebook_files


@pytest.fixture(scope="module")
def rows(latest):
    return latest.all_questions.data.set_index("Id")


def shown_by_notebooks(root):
    text = "\n".join(file.read_text("utf-8") for file in notebook_files(root / "notebooks"))
    named = set(re.findall(r"case\.([a-z_0-9]+)", text))
    told = (functions()[name].__doc__ or "" for name in named if name in functions())
    return {found.group() for each in told if (found := re.match(r"E\d+[a-z]?", each))}


def test_every_question_has_a_row_with_an_exhibit_or_a_reason(rows):
    # 137 of the article and 12 beyond it, as the list of questions counts them.
    assert len(rows) == 149
    assert rows.index.is_unique
    bare = rows[(rows["Shown in"] == NONE) & (rows["Open"] == "")]
    assert list(bare.index) == []
    assert list(rows.index[rows["Question"] == ""]) == []


def test_every_exhibit_named_is_shown_by_a_notebook(rows, root):
    named = {id_ for each in rows["Shown in"] for id_ in each.split(", ")} - {NONE}
    assert sorted(named - shown_by_notebooks(root)) == []


def test_places_name_only_exhibits(root):
    shown = shown_by_notebooks(root)
    named = {id_ for place in PLACES.values() for id_ in place.shown.split(", ")} - {NONE}
    assert sorted(named - shown) == []


def test_the_title_counts_what_its_rows_say(latest, rows):
    shown = sum(rows["Shown in"] != NONE)
    closed = sum(rows["Open"].str.startswith("Not computable"))
    in_part = sum(rows["Open"].ne("") & ~rows["Open"].str.startswith("Not computable"))
    said, _, open_ = latest.all_questions.title.partition(" questions ")
    assert said == (f"All {shown}" if shown == len(rows) else f"{shown} of {len(rows)}")
    assert [int(each) for each in re.findall(r"\d+", open_)] == [closed, in_part]


def test_on_the_deals_day_no_question_is_sent_to_what_compares_with_that_day(deal_day):
    rows = deal_day.all_questions.data.set_index("Id")
    named = {id_ for each in rows["Shown in"] for id_ in each.split(", ")}
    assert not named & {"E08e", "E32b", "E45", "E45b"}
    assert rows.loc["X12", "Open"] == "Not computable, because nothing has become known since."
