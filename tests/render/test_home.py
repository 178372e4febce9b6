import base64
import hashlib
import json
import math
import re
import subprocess
import sys
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.render.home import Figure, change, home_page, sections, sound_builds
from briefing.render.page import WEB

words = st.text(st.characters(exclude_categories=[]))
finite = st.floats(allow_nan=False, allow_infinity=False)


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if data.strip():
            self.words.append(data.strip())

    def all(self, *names):
        return [attributes for tag, attributes in self.tags if tag in names]

    @property
    def links(self):
        return [attributes["href"] for attributes in self.all("a")]


def figure(value, shown=None, **more):
    given = {"id": "gap_usd", "label": "Peak funding gap", "value": value, "unit": "usd"}
    return {**given, "shown": shown or f"${value / 1e9:.0f}bn", **more}


def record(name="latest", day=1, figures=None, **more):
    """One build's folder and record; `day` counts from the first of January."""
    on = date(2026, 1, 1) + timedelta(days=day - 1)
    key = f"{day:012x}"
    told = {
        "name": name, "title": f"Title of {name}", "parameter_set": name, "as_of": str(on),
        "key": key, "built": f"{on}T07:16:05+00:00", "points": {},
        "sha256": {"briefing.html": "", "briefing.pdf": "", "00_summary.ipynb": ""},
    }  # fmt: skip
    if figures is not None:
        told["figures"] = figures
    return f"{name}/{on}-{key}", {**told, **more}


def builds(*records):
    return sound_builds(dict(records))


def page(*records):
    return Page(home_page(dict(records)))


def test_the_policy_names_the_style_sheet_and_the_script_by_their_hashes():
    text = home_page(dict([record(figures=[figure(1e9)])]))
    policy = next(x["content"] for x in Page(text).all("meta") if "http-equiv" in x)
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy


def test_the_page_loads_nothing_and_styles_no_element_apart():
    text = home_page(dict(record(day=day, figures=[figure(day * 1e9)]) for day in (1, 2)))
    known = Page(text)
    assert not [tag for tag, attributes in known.tags if {"src", "style"} & attributes.keys()]
    assert not known.all("link", "img", "iframe", "object", "embed")
    addresses = re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')\s]+)", text)
    assert addresses
    assert all(address.startswith("data:") for address in addresses)


def test_headings_and_addresses_within_the_page_are_in_order():
    known = page(record("bear"), record("latest"), record("two words", day=3))
    levels = [int(tag[1]) for tag, _ in known.tags if re.fullmatch(r"h[1-6]", tag)]
    ids = [attributes["id"] for _, attributes in known.tags if "id" in attributes]
    local = {link[1:] for link in known.links if link.startswith("#")}
    assert levels == [1, 2, 2, 2]
    assert len(set(ids)) == len(ids)
    assert {"set-latest", "set-bear", "set-two-words"} < local <= set(ids)


def test_hostile_words_stay_words(hostile):
    told = figure(1e9, shown=hostile, label=hostile)
    files = {"briefing.html": "", f"{hostile.replace('/', '')}.pdf": ""}
    first = record(figures=[told], title=hostile, sha256=files)
    second = record(day=2, figures=[{**told, "value": 2.0, "shown": "x"}], title=hostile)
    swept = record("swept", points={hostile: {}}, title=hostile, parameter_set=hostile)
    text = home_page(dict([first, second, swept]))
    assert Page(text).all("script") == [{}]
    assert text.count("alert(1)") == text.count("&lt;script&gt;alert(1)")
    assert all(not link.startswith("javascript") for link in Page(text).links)


def test_a_set_called_like_a_script_is_only_a_folder():
    (link, _) = [x for x in page(record("javascript:alert(1)")).links if not x.startswith("#")]
    assert link.startswith("javascript%3Aalert%281%29/2026-01-01-")


@pytest.mark.parametrize(
    "harm",
    [
        {"name": "other"}, {"key": "0"}, {"as_of": "2026-13-01"}, {"as_of": 3}, {"built": "today"},
        {"built": None}, {"built": "2026-01-01T07:16:05"}, {"built": "9999-12-31T23:59:59-12:00"},
        {"sha256": ["briefing.html"]}, {"title": 7}, {"title": "\ud800"}, {"points": None},
    ],
)  # fmt: skip
def test_a_folder_with_a_damaged_record_is_left_out_and_no_other(harm):
    folder, damaged = record(day=1)
    good, sound = record(day=2)
    found = sound_builds({folder: {**damaged, **harm}, good: sound})
    assert [build.folder for build in found] == [good]
    assert good in home_page({folder: {**damaged, **harm}, good: sound})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | words,
        lambda inner: st.lists(inner) | st.dictionaries(words, inner),
    ),
    st.sampled_from([*record()[1], "figures"]),
)
def test_whatever_a_record_says_the_page_is_made(anything, field):
    folder, told = record(figures=[figure(1e9)])
    assert home_page({folder: {**told, field: anything}}).encode()


@pytest.mark.parametrize(
    "harm",
    [{"value": True}, {"value": [1.0]}, {"value": "1"}, {"label": "\ud800"}, {"shown": 5}],
)
def test_a_damaged_figure_takes_neither_its_build_nor_other_figures_along(harm):
    damaged = {**figure(1e9), **harm}
    (build,) = builds(record(figures=["?", damaged, figure(2e9, id="other_usd")]))
    assert [each.id for each in build.figures] == ["other_usd"]


def test_a_figure_whose_draws_have_no_percentiles_shows_without_them():
    (build,) = builds(record(figures=[figure(1e9, low=math.nan, high=2e9)]))
    assert build.figures[0].ends is None


def test_a_build_from_before_records_held_titles_and_figures_is_listed_without():
    folder, told = record("bear")
    del told["title"]
    known = page((folder, told))
    assert "bear" in known.words
    assert f"{folder}/briefing.html" in known.links
    assert not known.all("svg", "dl")


def test_a_build_says_its_title_only_where_that_is_not_the_sets_newest():
    old, same, untitled = (record(day=day, title=t) for day, t in ((1, "Old"), (3, "New"), (2, "")))
    known = page(old, same, untitled, record(day=4, title="New"))
    named = [words for words in known.words if words in {"Old", "New", "latest"}]
    assert named == ["New", "New", "latest", "Old"]  # contents, heading, name of the set, one row


def test_latest_comes_first_then_sets_by_name_and_within_a_set_the_newest():
    days = {"latest": (1, 3, 2), "bull": (9,), "bear": (4, 5)}
    found = builds(*(record(name, day) for name, its in days.items() for day in its))
    shown = [
        (section.name, [section.newest.as_of.day, *(row.build.as_of.day for row in section.shown)])
        for section in sections(found)
    ]
    assert shown == [("latest", [3, 2, 1]), ("bear", [5, 4]), ("bull", [9])]


def test_documents_lead_into_the_folder_and_notebooks_and_points_are_none():
    files = ["briefing.html", "briefing.pdf", "board.eml", "00.ipynb", "p1/briefing.html"]
    folder, told = record(sha256=dict.fromkeys(files, ""))
    (build,) = builds((folder, told))
    assert build.documents == (
        ("HTML", f"{folder}/briefing.html"),
        ("PDF", f"{folder}/briefing.pdf"),
        ("E-mail: board", f"{folder}/board.eml"),
    )


def test_sweeps_have_a_section_of_their_own_with_their_page_if_there_is_one():
    points = {"p1": {}, "p2": {}}
    rendered = record("terms", 1, points=points, sha256={"summary.html": ""}, parameter_set="bull")
    bare = record("terms", 2, points=points, sha256={"summary.ipynb": ""}, parameter_set="bull")
    known = page(record("latest"), rendered, bare)
    assert f"{rendered[0]}/summary.html" in known.links
    assert not [link for link in known.links if link.startswith(bare[0])]
    assert "not rendered" in known.words
    assert known.links.count("#sweeps") == 1
    assert "#set-terms" not in known.links


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ((5.12e11, "$512bn"), (5.2e11, "$520bn"), "up from $512bn"),
        ((5.2e11, "$520bn"), (5.12e11, "$512bn"), "down from $520bn"),
        ((-5e9, "−$5bn"), (-3e9, "−$3bn"), "up from −$5bn"),
        ((5.12e11, "$512bn"), (5.121e11, "$512bn"), "unchanged"),
        ((0.5, "50%"), (0.5, "50.0%"), "unchanged"),
    ],
)
def test_a_change_is_told_in_words(before, now, told):
    former, latter = (Figure(**figure(value, shown)) for value, shown in (before, now))
    assert change(latter, former) == told


@pytest.mark.parametrize("endless", [None, math.nan, math.inf])
def test_a_value_without_an_end_is_printed_and_not_drawn(endless):
    values = [figure(1.0, "1 year"), figure(2.0, "2 years"), figure(endless, "beyond 2035")]
    known = page(*(record(day=day + 1, figures=[each]) for day, each in enumerate(values)))
    assert "beyond 2035" in known.words
    assert "was 2 years" in known.words
    assert len(known.all("polyline")[0]["points"].split()) == 2


def test_no_change_is_told_where_nothing_can_be_compared():
    now = Figure(**figure(1e9))
    assert change(now, None) == ""
    assert change(now, Figure(**figure(1.0, "100%", unit="share"))) == ""


def test_each_build_is_compared_with_the_one_before_it_even_across_folds():
    values = [figure(day * 1e9) for day in range(1, 61)]
    found = builds(*(record(day=day + 1, figures=[each]) for day, each in enumerate(values)))
    (section,) = sections(found)
    cells = [row.cells for row in (*section.shown, *section.folded)]
    assert section.tiles[0].change == "up from $59bn"
    assert cells == [((f"${day}bn", f"up from ${day - 1}bn"),) for day in range(59, 10, -1)]
    assert [build.as_of for build in section.named] == [
        date(2026, 1, day) for day in range(10, 0, -1)
    ]


def test_a_figure_that_a_build_lacks_leaves_its_cell_empty():
    both = [figure(1e9), figure(5e9, id="other_usd", label="Other")]
    found = builds(record(day=1, figures=both), record(day=2, figures=both[:1]), record(day=3))
    (section,) = sections(found)
    assert section.columns == ("Peak funding gap", "Other")
    assert [row.cells for row in section.shown] == [
        (("$1bn", ""), ("–", "")),
        (("$1bn", ""), ("$5bn", "")),
    ]


def test_rows_leave_out_figures_that_never_moved():
    still = figure(5e9, id="still_usd", label="Still")
    found = builds(*(record(day=day, figures=[still, figure(day * 1e9)]) for day in (1, 2)))
    (section,) = sections(found)
    assert [tile.label for tile in section.tiles] == ["Still", "Peak funding gap"]
    assert section.columns == ("Peak funding gap",)
    assert section.shown[0].cells == (("$1bn", ""),)


def test_a_range_stands_in_the_words_of_the_briefing():
    figures = [figure(1e9), figure(1e9, id="b", low=1e9, high=2e9, range="$1bn to $2bn by rule")]
    (section,) = sections(builds(record(figures=figures)))
    assert [tile.range for tile in section.tiles] == ["", "$1bn to $2bn by rule"]


def test_a_line_says_in_words_what_it_shows():
    values = [figure(3e9), figure(1e9), figure(2e9, low=5e8, high=4e9, range="$0.5bn to $4bn")]
    known = page(*(record(day=day + 1, figures=[each]) for day, each in enumerate(values)))
    (line,) = known.all("svg")
    assert line["role"] == "img"
    assert line["aria-label"] == (
        "Peak funding gap over 3 builds, from $3bn as of 2026-01-01 to $2bn as of 2026-01-03, "
        "lowest $1bn, highest $3bn; its range is now $0.5bn to $4bn."
    )


def test_one_build_has_no_line():
    assert not page(record(figures=[figure(1e9)])).all("svg")


@given(st.lists(st.tuples(finite, finite, finite), min_size=2, max_size=60))
def test_line_and_band_stay_within_the_picture_and_the_line_runs_to_the_right(drawn):
    figures = (figure(value, "x", low=min(ends), high=max(ends)) for value, *ends in drawn)
    known = page(*(record(day=day + 1, figures=[each]) for day, each in enumerate(figures)))
    (line,), (band,) = known.all("polyline"), known.all("polygon")
    points = [
        [tuple(map(float, point.split(","))) for point in shape["points"].split()]
        for shape in (line, band)
    ]
    shown = min(len(drawn), 50)
    assert [len(each) for each in points] == [shown, 2 * shown]
    assert all(0 <= x <= 160 and 0 <= y <= 36 for each in points for x, y in each)
    assert all(before < after for (before, _), (after, _) in pairwise(points[0]))


def test_a_rising_figure_is_drawn_rising():
    known = page(*(record(day=day, figures=[figure(day * 1e9)]) for day in (1, 2, 3)))
    heights = [float(p.split(",")[1]) for p in known.all("polyline")[0]["points"].split()]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2])


def test_equal_records_give_equal_bytes_in_whatever_order_they_are_found():
    records = [record(name, day) for name in ("bear", "latest") for day in (1, 2, 3)]
    assert home_page(dict(records)) == home_page(dict(reversed(records)))


def test_a_place_without_builds_says_so():
    assert "No briefing has been built here yet." in page().words


def test_a_thousand_builds_make_a_page_below_a_megabyte():
    figures = [figure(1e9 + n, id=f"figure{n}_usd", low=5e8, high=2e9) for n in range(5)]
    records = dict(record(name, day, figures) for name in "abcdefgh" for day in range(1, 126))
    text = home_page(json.loads(json.dumps(records)))
    assert len(records) == 1000
    assert len(text.encode()) < 1_000_000
    assert len([x for x in Page(text).links if x.endswith("briefing.html")]) == 1000


def test_the_page_is_made_without_what_takes_long_to_load():
    slow = ("nbconvert", "mistune", "pandas", "altair", "numpy")
    code = f"import sys, briefing.render.home; print([x for x in {slow} if x in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"


def test_numbers_stand_right_by_the_sheet_of_this_page():
    assert 'class="right"' in (WEB / "home.html.j2").read_text("utf-8")
    assert ".right { text-align: right;" in (WEB / "home.css").read_text("utf-8")
