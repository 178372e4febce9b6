import base64
import gc
import gzip
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import altair as alt
import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from briefing.exhibits import palette
from briefing.exhibits.exhibit import Exhibit, Tile
from briefing.exhibits.flow_map import Flow, flow_map
from briefing.exhibits.palette import STILL_INK, STILL_WHITE, still
from briefing.exhibits.tables import Run, link
from briefing.exhibits.tables import table as table_of
from briefing.render.document import FACTS, FailedNotebook
from briefing.render.html import BriefingHTMLExporter, _Chart, _colours, _needs_paper

LOADS = {"script", "link", "img", "iframe", "object", "embed", "audio", "video", "source", "base"}


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, *names):
        return [attributes for tag, attributes in self.tags if tag in names]


def export(notebook):
    return BriefingHTMLExporter().from_notebook_node(notebook)[0]


@pytest.fixture(scope="module")
def text(notebook):
    return export(notebook)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def unpacked(text, name):
    (content,) = re.findall(rf'<script type="text/plain" id="{name}">(.*?)</script>', text)
    return gzip.decompress(base64.b85decode(content.replace(",", "<"))).decode()


def digest(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_page_loads_nothing(page, text):
    assert {tag for tag, _ in page.tags} & LOADS == {"script"}
    assert not [script for script in page.all("script") if "src" in script]
    addresses = re.findall(r"(?:url\(|src=|@import)\s*[\"']?([^\"')\s]+)", text)
    assert addresses
    assert all(address.startswith(("data:", "#")) for address in addresses)


def test_the_policy_names_the_style_sheet_and_both_scripts_by_their_hashes(page, text):
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    (starter,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    policy = next(x["content"] for x in page.all("meta") if "http-equiv" in x)
    assert policy.startswith("default-src 'none'; ")
    assert f" style-src {digest(style)};" in policy
    assert f" script-src {digest(starter)} {digest(unpacked(text, 'library'))};" in policy


def test_a_page_without_charts_has_no_script_and_lets_none_run(shown, tiles):
    page = Page(export(new_notebook(cells=[shown(tiles)])))
    policy = next(x["content"] for x in page.all("meta") if "http-equiv" in x)
    assert not page.all("script")
    assert " script-src 'none';" in policy


def test_every_picture_has_a_live_chart_in_colours_that_turn_with_the_light(page, text, chart):
    charts = json.loads(unpacked(text, "charts"))
    assert {x["data-chart"] for x in page.all("div") if "data-chart" in x} == set(charts) == {"e02"}
    told = json.dumps(charts)
    assert "var(--blue)" in told
    assert not re.findall(r"#[0-9a-f]{6}", told)
    assert "Azure compute" in told
    assert charts["e02"]["config"]["aria"] is False


def packed_file(shown, frame, body):
    exhibit = Exhibit(title="Data", id="E5", body=body, data=frame, alt="Rows.")
    text = export(new_notebook(cells=[shown(exhibit)]))
    assert len([x for x in Page(text).all("div") if "data-file" in x]) == 1
    return json.loads(unpacked(text, "files"))["e5"]


def test_an_exhibit_gives_its_data_as_a_file(shown):
    frame = pd.DataFrame({"who": ['A "b", c', "Zürich"], "usd": [1.5, None]})
    columns = packed_file(shown, frame, table_of(frame))
    assert columns == [["who", 'A "b", c', "Zürich"], ["usd", "1.5", ""]]


def test_what_a_table_says_at_length_its_file_finds_there(shown):
    said, url = "as filed with the regulator", "https://a.example/filing"
    cell = (Run(f"$5bn, {said}. "), *link("10-K", url))
    body = table_of(pd.DataFrame({"what": ["Azure"], "told": [cell], "lower": [said]}))
    told = {"what": "Azure", "told": said, "address": url, "own": said[::-1]}
    columns = dict(packed_file(shown, pd.DataFrame([told]), body))
    assert columns == {**told, "told": [1, 6, 6 + len(said)], "address": [1]}
    frame = pd.DataFrame({"what": [said]})
    assert packed_file(shown, frame, table_of(frame)) == [["what", 0]]


def test_a_file_with_other_rows_than_its_table_says_all_itself(shown):
    frame = pd.DataFrame({"what": ["as filed with the regulator"] * 2})
    assert packed_file(shown, frame, table_of(frame[:1])) == [["what", *frame["what"]]]


def test_an_address_stands_once_on_a_page_and_what_else_names_it_leads_there(shown):
    url = "https://a.example/a/page/with/a/long/address"
    cell = link("Publisher, 2025", url)
    rows = pd.DataFrame({"Fact": ["first", "second"], "Read": [cell, cell]})
    register = Exhibit(title="Facts", id=FACTS, body=table_of(rows))
    other = Exhibit(title="Other", id="E5", body=table_of(rows[:1]))
    text = export(new_notebook(cells=[shown(other), shown(register)]))
    links = [each["href"] for each in Page(text).all("a")]
    # The row of one fact must not pass for that of another which stands on the same page.
    assert links.count(url) == 2
    assert links.count("#fact-first") == 1
    told_once = Exhibit(title="Facts", id=FACTS, body=table_of(rows[:1]))
    text = export(new_notebook(cells=[shown(other), shown(told_once)]))
    assert text.count(url) == 1
    assert [each["href"] for each in Page(text).all("a")].count("#fact-first") == 1
    alone = export(new_notebook(cells=[shown(other)]))
    assert [each["href"] for each in Page(alone).all("a")].count(url) == 1


def test_figures_are_a_file_of_their_own_beside_the_page(shown):
    frame = pd.DataFrame({"Figure": ["Runway"]})
    register = Exhibit(title="One figure", id="E41c", body=table_of(frame), data=frame)
    text = export(new_notebook(cells=[shown(register)]))
    assert "data-file" not in text.partition("<script")[0]
    assert 'id="files"' not in text


def test_numbers_lead_to_their_row_in_the_register_of_figures(shown):
    register = Exhibit(
        title="One figure",
        id="E41c",
        body=table_of(pd.DataFrame({"Figure": ["Runway"], "Value": ["3"]})),
    )
    tiles = Exhibit(
        title="Key figures",
        body=(Tile("Money lasts", "3 years", figure="runway_years"),),
        figures=("runway_years",),
    )
    page = Page(export(new_notebook(cells=[shown(tiles), shown(register)])))
    assert [x["id"] for x in page.all("tr") if "id" in x] == ["figure-runway"]
    assert [x["href"] for x in page.all("a")].count("#figure-runway") == 2
    alone = Page(export(new_notebook(cells=[shown(tiles)])))
    assert "#figure-runway" not in [x["href"] for x in alone.all("a")]


def test_no_element_carries_a_style_of_its_own_which_the_policy_would_drop(page):
    assert not [tag for tag, attributes in page.tags if "style" in attributes]


def test_headings_skip_no_level(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_every_local_link_leads_somewhere(page):
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    targets = {x["href"][1:] for x in page.all("a") if x["href"].startswith("#")}
    assert len(ids) == len(set(ids))
    assert targets <= set(ids)


def test_every_chart_is_one_picture_with_its_words(page, chart):
    (svg,) = page.all("svg")
    assert (svg["role"], svg["aria-label"]) == ("img", chart.alt)


def test_charts_keep_their_text(page):
    assert {"Azure compute", "Nvidia equity"} <= set(page.words)


def test_chart_colours_turn_with_the_light(page):
    colours = {x["fill"] for x in page.all("text", "path") if "fill" in x}
    assert "var(--ink)" in colours
    assert not [colour for colour in colours if colour.startswith("#")]


def test_the_light_palette_is_the_charts_own():
    told = {name: hex_ for name, hex_ in vars(palette).items() if str(hex_).startswith("#")}
    colours = {name: hex_ for name, hex_ in told.items() if not name.startswith("STILL")}
    assert len(colours) == 10
    assert all(_colours()[hex_] == f"var(--{name.lower()})" for name, hex_ in colours.items())


def test_a_chart_with_other_colours_stays_on_paper():
    assert _needs_paper('<path fill="rgb(1, 2, 3)"/>')
    assert not _needs_paper('<path fill="var(--blue)"/><g fill="none"/>')


def test_a_heat_map_lies_on_the_page_and_its_cells_do_not_turn_with_the_light(latest):
    chart = _Chart("e06", "", latest.horizon_grid.body.to_dict())
    assert not _needs_paper(chart.picture)
    assert {STILL_INK, STILL_WHITE} <= set(re.findall(r"#[0-9a-f]{6}", chart.picture))
    assert not {STILL_INK, STILL_WHITE} & {*_colours()}
    # Each channel at most one step of 255 away, which nobody sees.
    assert still("#2e57a4") == "#2e57a5"
    legend = next(each for each in json.loads(chart.live)["scales"] if each["name"] == "color")
    assert not [shade for shade in legend["range"] if shade.startswith("var(")]


def test_tables_have_names_and_scopes(page):
    named = [x["aria-labelledby"] for x in page.all("table")]
    assert named == ["title-e03", "title-e41"]
    assert set(named) <= {x["id"] for _, x in page.tags if "id" in x}
    assert all("scope" in x for x in page.all("th"))
    assert {x["scope"] for x in page.all("th")} == {"col", "row", "rowgroup"}


def test_code_is_never_shown(text):
    assert "case.x" not in text
    assert "never shown" not in text


def test_assumptions_lead_to_the_register(text):
    assert "rests on 1 assumption (register: <a href=#e41>E41</a>)" in text


def test_footnotes_lead_there_and_back(page):
    links = {x["href"] for x in page.all("a")}
    assert {"#note-1", "#call-1-1"} <= links


def test_hostile_text_stays_text(hostile, shown, case_cell):
    tiles = Exhibit(title=hostile, id="E9", body=(Tile(hostile, hostile, hostile),), alt=hostile)
    sentence = Exhibit(
        title="", body="A sentence <script>alert(2)</script> [x](javascript:alert(3))"
    )
    told = new_markdown_cell("# <script>alert(4)</script>\n\n<img src=x onerror=alert(5)>")
    about = case_cell(title=hostile, subtitle=hostile, set_title=hostile, disclosure=hostile)
    page = Page(export(new_notebook(cells=[about, told, shown(tiles), shown(sentence)])))
    assert not LOADS & {tag for tag, _ in page.tags}
    assert not [x for x in page.all("a") if "script:" in x["href"]]
    assert page.words.count(hostile) >= 7


def test_hostile_data_of_a_chart_cannot_leave_its_script(hostile, shown):
    rows = pd.DataFrame({"x": [hostile], "y": [1]})
    bars = alt.Chart(rows).mark_bar().encode(alt.X("x:N", title=hostile), alt.Y("y:Q"))
    text = export(new_notebook(cells=[shown(Exhibit(title=hostile, id="E9", body=bars))]))
    assert len(Page(text).all("script")) == 3
    axes = json.loads(unpacked(text, "charts"))["e9"]["axes"]
    assert hostile in [axis.get("title") for axis in axes]


def test_no_markup_can_begin_in_what_is_packed(text):
    packed = re.findall(r'<script type="text/plain" id="\w+">(.*?)</script>', text)
    assert len(packed) > 1
    assert not set("</") & set("".join(packed))


def test_equal_notebooks_give_equal_pages(notebook, text):
    assert export(notebook) == text


def test_the_page_is_small(text):
    assert len(text.encode()) < 600_000


def test_the_stock_command_makes_the_page(notebook, text, tmp_path):
    file = tmp_path / "out.ipynb"
    nbformat.write(notebook, file)
    jupyter = Path(sys.executable).parent / "jupyter"
    command = [jupyter, "nbconvert", "--to", "briefing-html", file]
    subprocess.run(command, check=True, capture_output=True)
    assert file.with_suffix(".html").read_text(encoding="utf-8") == text


@pytest.fixture(scope="module")
def stepping_page(shown):
    """A page with one map through two quarters."""
    maps = {
        quarter: flow_map(
            [Flow("Microsoft", "Nvidia", "Chips", usd)],
            {"Microsoft": "Cloud", "Nvidia": "Chips"},
            {"Chips": palette.ORANGE},
        )
        for quarter, usd in {"2025Q4": 2e9, "2026Q1": 3e9}.items()
    }
    steps = {quarter: chart.to_dict() for quarter, chart in maps.items()}
    stepping = Exhibit(title="It grows", id="E02", body=maps["2026Q1"], steps=steps)
    return export(new_notebook(cells=[shown(stepping)]))


def test_steps_are_reached_without_a_script_and_one_of_them_is_chosen(stepping_page):
    assert stepping_page.count("<input type=radio") == 2
    assert stepping_page.count(" checked") == 1
    assert len(re.findall(r"data-chart=e02-\d[^>]*><svg", stepping_page)) == 2


def test_each_step_tells_what_it_shows(stepping_page):
    assert "2025Q4: Microsoft pays Nvidia $2bn, Chips" in stepping_page
    assert "2026Q1: Microsoft pays Nvidia $3bn, Chips" in stepping_page


def test_facts_estimates_and_opinions_are_told_apart_by_word_and_look(page, shown):
    marked = [x["class"] for x in page.all("span") if "standing" in x.get("class", "")]
    assert marked == ["standing estimate", "standing estimate", "standing facts"]
    opinion = Exhibit(title="T", id="E1", body=(Tile("a", "b"),), stands_as="Opinion")
    assert '<span class="standing opinion">Opinion</span>' in export(
        new_notebook(cells=[shown(opinion)])
    )


def test_preprocessors_that_a_user_enables_still_work(notebook, tiles, chart):
    exporter = BriefingHTMLExporter(config={"ClearOutputPreprocessor": {"enabled": True}})
    text, _ = exporter.from_notebook_node(notebook)
    assert "How the ring works" in text
    assert chart.title not in text


def test_a_notebook_is_left_as_it_was(notebook):
    before = nbformat.writes(notebook)
    export(notebook)
    assert nbformat.writes(notebook) == before


@pytest.mark.parametrize(
    "home", ["javascript:alert(1)", "https://evil.example/index.html", "x.html"]
)
def test_a_notebook_cannot_send_readers_elsewhere(home, shown, tiles):
    stated = new_notebook(cells=[shown(tiles)], metadata={"briefing": {"home": home}})
    assert "All briefings" not in export(stated)
    stated.metadata["briefing"]["home"] = "../../index.html"
    assert '<a href="../../index.html">All briefings</a>' in export(stated)


def test_a_live_chart_whose_colours_are_mixed_keeps_those_that_can_be(shown):
    rows = pd.DataFrame({"x": ["a", "b", "c"], "y": [1, 2, 3]})
    scale = alt.Scale(range=[palette.PALE, palette.BLUE])
    mixed = alt.Chart(rows).mark_rect().encode(alt.X("x:N"), alt.Color("y:Q", scale=scale))
    text = export(new_notebook(cells=[shown(Exhibit(title="Mixed", id="E9", body=mixed))]))
    chart = json.loads(unpacked(text, "charts"))["e9"]
    ranges = [scale["range"] for scale in chart["scales"] if scale["name"] == "color"]
    assert ranges == [[palette.PALE, palette.BLUE]]
    assert "var(" not in json.dumps(chart)


def test_what_fails_to_render_leaves_garbage_collected_as_it_was():
    broken = new_notebook(cells=[new_code_cell("x", outputs=[new_output("error", ename="E")])])
    for is_on in (True, False):
        (gc.enable if is_on else gc.disable)()
        try:
            with pytest.raises(FailedNotebook):
                BriefingHTMLExporter().from_notebook_node(broken)
            assert gc.isenabled() == is_on
        finally:
            gc.enable()
