import io
from dataclasses import replace

import altair as alt
import nbformat
import pandas as pd
import pikepdf
import pytest
import typst
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from pypdf import PdfReader

from briefing.exhibits.exhibit import EXHIBIT_MIME, Exhibit, Tile
from briefing.exhibits.tables import table as table_of
from briefing.exhibits.tables import words
from briefing.render import pdf as pdfs
from briefing.render.document import REGISTER, ExhibitBlock, FailedNotebook, document
from briefing.render.pdf import BriefingPDFExporter


def export(notebook):
    return BriefingPDFExporter().from_notebook_node(notebook)[0]


def pages(written):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(written)).pages]


def elements(written, kind):
    """Elements of the PDF's structure tree, as a screen reader walks it."""
    waiting = [PdfReader(io.BytesIO(written)).root_object["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if node.get("/S") == kind:
                yield node
            waiting += [node["/K"]] if "/K" in node else []


@pytest.fixture(scope="module")
def written(notebook):
    return export(notebook)


@pytest.fixture(scope="module")
def text(written):
    return pages(written)


def test_pages_are_numbered_out_of_their_count(text):
    assert len(text) > 1
    assert all(f"Page {n} of {len(text)}" in page for n, page in enumerate(text, start=1))


def test_titles_and_findings_are_text(text, tiles, chart, table):
    told = " ".join(text)
    assert "Circular financing in AI infrastructure" in told
    assert all(x.title in told for x in (tiles, chart, table))


def test_charts_keep_their_text(text):
    assert "Azure compute" in " ".join(text)


def test_equal_notebooks_give_equal_bytes(notebook, written):
    assert export(notebook) == written


def test_the_pdf_is_dated_as_of_the_briefing(written):
    assert PdfReader(io.BytesIO(written)).metadata.creation_date_raw.startswith("D:20251121")


def test_source_date_epoch_dates_the_pdf(notebook, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    dated = PdfReader(io.BytesIO(export(notebook))).metadata
    assert dated.creation_date_raw.startswith("D:20010909")


def test_a_long_table_repeats_its_head(text):
    with_legs = [page for page in text if "a commitment with a rather" in page]
    assert len(with_legs) > 1
    assert all("High, $bn" in page for page in with_legs)


def ledger_of(rows):
    frame = pd.DataFrame(
        {
            "Fact": [f"fact-{n}" for n in range(rows)],
            "Amount": ["", *["$5bn"] * (rows - 1)],
            "Grade": ["B"] * rows,
            "Said": ["What somebody said of it, in a sentence."] * rows,
            "Used": ["3"] * rows,
        }
    )
    return table_of(frame, numbers=["Amount", "Used"])


def test_the_chapter_with_the_registers_begins_a_page(shown):
    titles = ("First", "Second", "Last")
    chapters = [new_markdown_cell(f"# {title}\n\nA line.") for title in titles]
    all_of_them = shown(Exhibit(title="All", id=REGISTER, body=(Tile("a", "b"),)))
    cells = [*chapters, new_markdown_cell("## Assumptions"), all_of_them]
    first, second = pages(export(new_notebook(cells=cells)))
    assert "Second A line." in first
    assert "Last A line. Assumptions Exhibit E41 All" in second


def test_what_stands_before_the_sentences_of_a_register_stands_in_one_column():
    printed = pdfs.stacked(ledger_of(pdfs.REGISTER_ROWS))
    assert printed.heads == ("Fact · Amount · Grade", "Said", "Used")
    first, second = [[*map(words, row)] for row in printed.rows][:2]
    assert first == ["fact-0\nB", "What somebody said of it, in a sentence.", "3"]
    assert second[0] == "fact-1\n$5bn · B"
    assert printed.numbers == {2}


def test_a_table_to_be_compared_keeps_its_columns():
    few = ledger_of(pdfs.REGISTER_ROWS - 1)
    assert pdfs.stacked(few) is few


def test_a_register_keeps_every_word(shown):
    exhibit = Exhibit(title="All", id="E9", body=ledger_of(pdfs.REGISTER_ROWS), alt="Rows.")
    told = " ".join(pages(export(new_notebook(cells=[shown(exhibit)]))))
    assert all(f"fact-{n} $5bn · B What somebody" in told for n in range(1, 100))


def test_every_figure_has_its_words(written, chart):
    assert [x["/Alt"] for x in elements(written, "/Figure")] == [chart.alt]


def test_tables_have_header_cells(written):
    assert len(list(elements(written, "/TH"))) >= 5


def test_sources_stand_in_footnotes(written, text, facts):
    # Exhibits name their sources in a line of their own; computed prose has the one footnote.
    assert len(list(elements(written, "/Note"))) == 1
    assert facts[0].source.title.replace("'", "’")[:20] in text[0].replace("'", "’")


def test_assumptions_link_to_the_register(written):
    first, *_, last = PdfReader(io.BytesIO(written)).pages
    links = [note.get_object() for note in first["/Annots"]]
    places = [link["/Dest"] for link in links if "/Dest" in link]
    assert last.indirect_reference in [place[0] for place in places if isinstance(place, list)]


def test_a_table_of_few_but_tall_rows_breaks_too(shown):
    rows = pd.DataFrame({"number": range(9), "words": ["many words " * 120] * 9})
    tall = Exhibit(title="Tall rows", id="E7", body=table_of(rows), alt="Nine long texts.")
    with_head = [
        page for page in pages(export(new_notebook(cells=[shown(tall)]))) if "number words" in page
    ]
    assert len(with_head) > 1


def test_a_sign_stays_with_its_amount_at_the_end_of_a_line(shown):
    titles = [f"{'a' * length} {'grid ' * 20}: −$2.2bn to $17bn" for length in range(1, 60)]
    cells = [shown(Exhibit(title=title, id="E1", body="")) for title in titles]
    cells += [new_markdown_cell(title) for title in titles]
    told = PdfReader(io.BytesIO(export(new_notebook(cells=cells)))).pages
    lines = [line.strip() for page in told for line in page.extract_text().splitlines()]
    assert any("−$2.2bn" in line for line in lines)
    assert not [line for line in lines if line.endswith("−")]


def test_the_disclosure_closes_the_document(text):
    assert "Illustrative analysis; no investment advice." in text[-1]


def test_hostile_text_stays_text(hostile, shown, case_cell):
    exhibits = [
        Exhibit(title=hostile, id="E1", body=(Tile(hostile, hostile, hostile),), notes=(hostile,)),
        Exhibit(
            title=hostile, id="E2", body=table_of(pd.DataFrame({hostile: [hostile]})), alt=hostile
        ),
        Exhibit(title=hostile, id="E3", body=one_bar(hostile), alt=hostile),
        Exhibit(title="", body=hostile),
    ]
    about = case_cell(title=hostile, subtitle=hostile, set_title=hostile, disclosure=hostile)
    cells = [about, new_markdown_cell(f"# {hostile}\n\n{hostile}"), *map(shown, exhibits)]
    told = " ".join(pages(export(new_notebook(cells=cells))))
    assert told.count("#panic() </script><script>alert(1)</script>") >= 14


def one_bar(label):
    return alt.Chart(pd.DataFrame({"a": [label], "v": [1]})).mark_bar().encode(x="v", y="a")


def test_a_line_on_paper_encloses_nothing(shown):
    line = (
        alt.Chart(pd.DataFrame({"x": [0, 1, 2], "y": [0, 9, 0]})).mark_line().encode(x="x", y="y")
    )
    source = "#set page(width: auto, height: auto)\n#image(bytes(sys.inputs.svg))"
    drawn = typst.compile(
        source.encode(), sys_inputs={"svg": pdfs._drawn(line.to_dict())}, format="png"
    )
    levels = Image.open(io.BytesIO(drawn)).convert("L").histogram()
    assert sum(levels[:128]) < 0.02 * sum(levels)


def test_sheer_parts_of_a_chart_are_no_objects_of_their_own(shown):
    rows = pd.DataFrame({"a": [*"abcdefgh"], "v": range(1, 9)})
    bars = alt.Chart(rows).mark_bar(opacity=0.5).encode(x="v", y="a")
    written = export(new_notebook(cells=[shown(Exhibit(title="Bars", id="E1", body=bars))]))
    with pikepdf.open(io.BytesIO(written)) as opened:
        drawn = [each for each in opened.objects if isinstance(each, pikepdf.Stream)]
        assert sum(each.get("/Subtype") == "/Form" for each in drawn) < len(rows)


def test_stock_notebooks_export():
    assert "Hello" in pages(export(new_notebook(cells=[new_markdown_cell("## Hello\n\n`x`")])))[0]
    assert "Briefing" in pages(export(new_notebook()))[0]


def test_a_failed_notebook_is_not_rendered(notebook):
    error = new_output("error", ename="KeyError", evalue="'gpu'", traceback=[])
    with pytest.raises(FailedNotebook):
        export(new_notebook(cells=[*notebook.cells, new_code_cell("x", outputs=[error])]))


def test_an_unknown_typeface_is_refused():
    with pytest.raises(RuntimeError, match="typeface"):
        pdfs._refuse_missing_fonts(["unknown font family: gill sans"])


def test_without_its_typeface_no_pdf_is_written(monkeypatch):
    import typst

    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(pdfs, "_fonts", lambda: bare)
    with pytest.raises(RuntimeError, match="inter"):
        export(new_notebook(cells=[new_markdown_cell("Hello")]))


def test_the_whole_ledger_can_be_printed(facts, shown):
    rows = [{"fact": x.id, "title": x.source.title, "note": x.note} for x in facts]
    ledger = Exhibit(
        title="Every fact", id="E42", body=table_of(pd.DataFrame(rows)), alt="All facts."
    )
    told = "".join(pages(export(new_notebook(cells=[shown(ledger)])))).replace(" ", "")
    assert all(fact.id in told for fact in facts)


def test_the_executed_notebook_travels_along(written, notebook):
    (attached,) = PdfReader(io.BytesIO(written)).attachments["briefing.ipynb"]
    carried = nbformat.reads(attached.decode(), as_version=4)
    nbformat.validate(carried)
    assert [cell.source for cell in carried.cells] == [cell.source for cell in notebook.cells]
    told = document(notebook)
    blocks = [
        replace(block, data=None) if isinstance(block, ExhibitBlock) else block
        for block in told.blocks
    ]
    assert document(carried) == replace(told, blocks=tuple(blocks))


def test_data_of_an_exhibit_travel_once(shown):
    rows = pd.DataFrame({"who": ["Anthropic"], "usd": [123456789]})
    cell = shown(Exhibit(title="Data", id="E5", body=table_of(rows[["who"]]), data=rows, alt="One"))
    attached = PdfReader(io.BytesIO(export(new_notebook(cells=[cell])))).attachments
    told = [name for name, (content,) in attached.items() if b"123456789" in content]
    assert told == ["e5.csv"]


def test_a_fact_on_which_many_exhibits_rest_travels_once(written, facts):
    (attached,) = PdfReader(io.BytesIO(written)).attachments["briefing.ipynb"]
    notebook = nbformat.reads(attached.decode(), as_version=4)
    described = [
        output.data[EXHIBIT_MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if EXHIBIT_MIME in output.get("data", {})
    ]
    told = [fact for each in described for fact in each["sources"]]
    in_full = [fact["id"] for fact in told if "source" in fact]
    assert sorted(in_full) == sorted(fact.id for fact in facts[:24])
    assert len(told) > len(in_full)


def test_a_fact_that_nobody_told_is_refused(shown, tiles):
    cell = shown(tiles)
    cell.outputs[0].data[EXHIBIT_MIME]["sources"] = [{"id": "no-such-fact"}]
    with pytest.raises(ValueError, match=r"no-such-fact.*no exhibit before"):
        export(new_notebook(cells=[cell]))


def test_it_claims_to_be_accessible_and_archival(written):
    claims = PdfReader(io.BytesIO(written)).xmp_metadata.rdf_root.toxml()
    assert "<pdfuaid:part>1<" in claims
    assert "<pdfaid:part>3<" in claims
    assert "<pdfaid:conformance>A<" in claims


def test_assumptions_lead_through_figures_to_their_registers(shown):
    tiles = Exhibit(
        title="Key figures", body=(Tile("Lasts", "3 years"),), id="E1",
        assumptions=("tax_rate",), figures=("runway_years", "unpaid_usd"),
    )  # fmt: skip
    (page,) = pages(export(new_notebook(cells=[shown(tiles)])))
    assert "Rests on 1 assumption (register: E41) through 2 figures (E41c)." in page


@pytest.mark.parametrize("standing", ["Facts", "Estimate", "Assumptions", "Opinion"])
def test_what_an_exhibit_is_stands_before_its_finding(shown, standing):
    tiles = Exhibit(title="Key figures", id="E1", body=(Tile("a", "b"),), stands_as=standing)
    (page,) = pages(export(new_notebook(cells=[shown(tiles)])))
    assert f"Exhibit E1 {standing} Key figures" in page


def test_a_long_table_begins_where_some_of_its_rows_find_room(shown):
    rows = pd.DataFrame({"leg": [f"leg number {n}" for n in range(60)]})
    exhibit = Exhibit(id="E99", title="A long table", body=table_of(rows), alt="Rows", data=rows)
    for lines in range(34, 46):
        notebook = new_notebook(cells=[new_markdown_cell("A line.\n\n" * lines), shown(exhibit)])
        page = next(each for each in pages(export(notebook)) if "A long table" in each)
        assert page.count("leg number") >= 3


def test_notes_go_on_where_a_page_ends_and_a_picture_stays_with_its_finding(shown, chart):
    noted = replace(chart, notes=("A note of some length. " * 60,))
    parts = set()
    for lines in range(20, 40, 4):
        notebook = new_notebook(cells=[new_markdown_cell("A line.\n\n" * lines), shown(noted)])
        told = [each for each in pages(export(notebook)) if "A note" in each]
        assert chart.title in told[0]
        assert "Azure compute" in told[0]
        parts.add(len(told))
    assert parts == {1, 2}
