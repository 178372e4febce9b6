"""What readers may move: sliders on the page, the table without scripts and on paper."""

import base64
import gzip
import json
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from nbformat.v4 import new_notebook

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import table
from briefing.render.html import BriefingHTMLExporter, _script
from briefing.render.page import policy
from briefing.render.pdf import BriefingPDFExporter


class Parts(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def export(*cells):
    return BriefingHTMLExporter().from_notebook_node(new_notebook(cells=list(cells)))[0]


@pytest.fixture(scope="module")
def exhibit(deal_day):
    return deal_day.what_if_table


@pytest.fixture(scope="module")
def page(exhibit, shown):
    return export(shown(exhibit))


@pytest.fixture(scope="module")
def parts(page):
    return Parts(page)


def packed(page):
    (content,) = re.findall(r'<script type="text/plain" id="choices">(.*?)</script>', page)
    return json.loads(gzip.decompress(base64.b85decode(content.replace(",", "<"))))


def test_the_page_carries_every_text_that_can_follow(page, exhibit):
    # Through JSON, as the notebook keeps it.
    assert packed(page) == {"e00s": json.loads(json.dumps(exhibit.choices))}


def test_each_slider_is_labelled_starts_at_the_value_of_the_set_and_marks_it(parts, exhibit):
    sliders = [each for each in parts.all("input") if each["type"] == "range"]
    labels = {each["for"] for each in parts.all("label")}
    marks = [each["value"] for each in parts.all("option")]
    wanted = exhibit.choices["sliders"]
    assert [int(each["value"]) for each in sliders] == [each["start"] for each in wanted]
    assert [int(each["max"]) + 1 for each in sliders] == [len(each["texts"]) for each in wanted]
    assert {each["id"] for each in sliders} == labels
    assert marks == [each["value"] for each in sliders]


def test_without_a_script_the_table_stands_there_and_no_slider_shows(parts, page):
    (mover,) = [each for each in parts.all("div") if each.get("class") == "mover"]
    assert "hidden" in mover
    assert page.count("<table ") == 1
    assert ">As in this set<" in page


def test_the_figures_stand_there_before_anything_is_moved(page, exhibit):
    for each in exhibit.choices["figures"]:
        assert f"<dd data-told>{each['texts'][0]}" in page.replace(" class=value", "")


def test_what_changes_is_said_to_those_who_do_not_see_it(parts):
    assert [each["class"] for each in parts.all("p") if each.get("role") == "status"] == ["hidden"]


def test_only_the_script_of_what_is_there_may_run(page):
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    names = ("contents.js", "pages.js", "unpacked.js", "moves.js", "files.js")
    assert script == "".join(map(_script, names))
    assert policy("", script).partition("style-src")[0] in unescape(page)


def test_a_page_with_charts_too_has_one_script_for_both(shown, exhibit, chart):
    page = export(shown(exhibit), shown(chart))
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert "enlivened" in script
    assert "data-choices" in script
    assert script.count("const unpacked") == 1


def test_the_script_formats_no_number():
    script = _script("moves.js")
    assert not re.search(r"toFixed|toLocaleString|Intl|Math\.", script)


def test_nothing_is_styled_in_place_because_the_policy_forbids_it(parts):
    assert not [attributes for _, attributes in parts.tags if "style" in attributes]


def test_hostile_text_in_choices_stays_text(shown, hostile, exhibit):
    choices = {
        "sliders": [{"label": hostile, "texts": [hostile, "b"], "start": 0}],
        "figures": [{"label": hostile, "texts": [hostile]}],
        "conclusions": [{"label": hostile, "texts": [hostile]}],
        "points": {"": [0, 0], "0:1": [0, 0]},
    }
    plain = Exhibit(title="T", id="E9", body=table(exhibit.data), choices=choices, alt="T")
    page = export(shown(plain))
    assert len(Parts(page).all("script")) == 2
    assert "alert(1)</script>" not in page
    assert packed(page)["e9"] == choices


def test_paper_has_the_table_alone(shown, exhibit):
    import io

    from pypdf import PdfReader

    notebook = new_notebook(cells=[shown(exhibit)])
    written = BriefingPDFExporter().from_notebook_node(notebook)[0]
    told = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(written)).pages)
    assert "As in this set" in told
    assert "Back to this set" not in told
