"""The same document for one audience: other order, other length, no other number."""

import re
from html.parser import HTMLParser

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from briefing.case import Case
from briefing.exhibits.exhibit import Exhibit
from briefing.graph import functions
from briefing.inputs.audiences import audience_names, load_audience
from briefing.inputs.files import BadInput
from briefing.render.document import ExhibitBlock, Prose, document
from briefing.render.html import BriefingHTMLExporter
from briefing.render.lenses import params, refuse_unknown_exhibits, seen_by
from briefing.render.pdf import BriefingPDFExporter

AUDIENCES = ("cfo", "enterprise", "investor", "public", "regulator")


class Exhibits(HTMLParser):
    """Words of each exhibit, by its address."""

    def __init__(self, text):
        super().__init__()
        self.words, self.ids, self._open = {}, set(), ""
        self.links = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids |= {attributes["id"]} if "id" in attributes else set()
        self.links += [attributes["href"]] if "href" in attributes else []
        if tag == "figure":
            self._open = attributes["id"]
            self.words[self._open] = ""

    def handle_endtag(self, tag):
        if tag == "figure":
            self._open = ""

    def handle_data(self, data):
        if self._open:
            self.words[self._open] += data


def export(notebook, audience="", exporter=BriefingHTMLExporter):
    return exporter(audience=audience).from_notebook_node(notebook)[0]


@pytest.fixture(scope="module")
def whole(shown, case_cell):
    """Every exhibit of a set in one notebook."""
    case = Case("latest")
    names = [
        name
        for name, function in functions().items()
        if function.__module__.startswith("briefing.exhibits")
        and hasattr(getattr(case, name), "_repr_mimebundle_")
    ]
    cells = [shown(getattr(case, name)) for name in [*names, "figure_register"]]
    told = new_markdown_cell("# All")
    return new_notebook(cells=[case_cell(title="All", set="latest"), told, *cells])


@pytest.fixture(scope="module")
def whole_page(whole):
    return Exhibits(export(whole))


@pytest.mark.parametrize("name", AUDIENCES)
def test_no_audience_reads_another_number_than_the_whole_has(whole, whole_page, name):
    lens = Exhibits(export(whole, name))
    assert 4 <= len(lens.words) < len(whole_page.words) / 2
    assert lens.words == {anchor: whole_page.words[anchor] for anchor in lens.words}


@pytest.mark.parametrize("name", AUDIENCES)
def test_an_audience_gets_its_exhibits_in_its_order_after_the_front_page(whole, project, name):
    audience = load_audience(name, project / "params")
    blocks = seen_by(document(whole), audience).blocks
    order = [block.id for block in blocks if isinstance(block, ExhibitBlock) and block.id]
    assert order == ["E00", *(each for part in audience.sections for each in part.exhibits)]


def test_every_link_leads_somewhere_on_this_page_or_on_the_whole_one(whole, whole_page):
    lens = Exhibits(export(whole, "cfo"))
    here = {link[1:] for link in lens.links if link.startswith("#")}
    there = {link.partition("#")[2] for link in lens.links if link.startswith("briefing.html#")}
    assert here <= lens.ids
    assert there <= whole_page.ids
    assert {"e41", "e41c"} <= there


def test_all_audiences_are_tested(project):
    assert audience_names(project / "params") == AUDIENCES


def test_the_paper_says_for_whom_it_is(whole):
    import io

    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(export(whole, "public", BriefingPDFExporter)))
    first = " ".join(reader.pages[0].extract_text().split())
    assert "FOR THE PUBLIC" in first
    assert re.search(r"Page 1 of [2-6]\b", first)


def test_an_audience_that_asks_for_no_exhibit_is_refused_before_anything_runs(project):
    file = project / "params" / "audiences" / "cfo.yaml"
    file.write_text(file.read_text().replace("E06c", "E96c"))
    with pytest.raises(BadInput) as refused:
        refuse_unknown_exhibits("cfo")
    (message,) = refused.value.messages
    assert message.startswith(f"{file}: sections.0.exhibits: no exhibit 'E96c'")
    assert message.endswith("nothing was built")


def test_a_briefing_without_the_exhibits_is_refused_for_that_audience(notebook):
    with pytest.raises(ValueError, match=r"asks for E00, .*which this briefing does not have"):
        export(notebook, "investor")


def test_an_exhibit_that_has_only_a_sentence_to_say_is_seen_too(shown):
    audience = load_audience("enterprise", params())
    wanted = {each for section in audience.sections for each in section.exhibits}
    others = [Exhibit(title=each, id=each, body=()) for each in sorted({"E00", *wanted})]
    said = Exhibit(title="Terms", id="E32b", body="Nothing has changed.")
    exhibits = [said if each.id == said.id else each for each in others]
    seen = seen_by(document(new_notebook(cells=[*map(shown, exhibits)])), audience)
    assert [each.id for each in seen.blocks if isinstance(each, Prose) and each.id] == ["E32b"]
