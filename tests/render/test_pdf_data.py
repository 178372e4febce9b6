"""Data that travel along with the PDF: one file for each exhibit that prints some."""

import csv
import io
import zlib

import pandas as pd
import pikepdf
import pytest
from nbformat.v4 import new_notebook
from pypdf import PdfReader

from briefing.exhibits.exhibit import Exhibit, Tile
from briefing.exhibits.tables import table as table_of
from briefing.render.pdf import BriefingPDFExporter

ROWS = pd.DataFrame({"who": ['A "b", c', "Zürich"], "usd": [1.5, None]})


def export(notebook):
    return BriefingPDFExporter().from_notebook_node(notebook)[0]


def attachments(written):
    return PdfReader(io.BytesIO(written)).attachments


@pytest.fixture(scope="module")
def notebook(shown):
    with_data = Exhibit(title="Data", id="E5", body=table_of(ROWS), data=ROWS, alt="Two rows.")
    without = Exhibit(title="None", id="E6", body=(Tile("a", "b"),))
    return new_notebook(cells=[shown(with_data), shown(without)])


@pytest.fixture(scope="module")
def written(notebook):
    return export(notebook)


def test_an_exhibit_with_data_has_a_file_and_one_without_has_none(written):
    assert sorted(attachments(written)) == ["briefing.ipynb", "e5.csv"]


def test_the_file_reads_back(written):
    (attached,) = attachments(written)["e5.csv"]
    assert list(csv.reader(io.StringIO(attached.decode("utf-8-sig")))) == [
        ["who", "usd"], ['A "b", c', "1.5"], ["Zürich", ""],
    ]  # fmt: skip


def test_it_says_what_it_is_as_archival_files_must(written):
    with pikepdf.open(io.BytesIO(written)) as opened:
        file = opened.attachments["e5.csv"]
        assert file.description == "Data of exhibit E5: Data"
        assert file.get_file().mime_type == "text/csv"
        # PDF/A-3 demands both of each file: how it belongs to the document, and that it is listed.
        assert str(file.obj.AFRelationship) == "/Data"
        assert len(opened.Root.AF) == 2


def test_what_travels_along_is_packed_tightly(written):
    with pikepdf.open(io.BytesIO(written)) as opened:
        for file in opened.attachments.values():
            stream = file.get_file().obj
            assert stream.read_raw_bytes() == zlib.compress(stream.read_bytes(), 9)


def test_the_document_still_claims_to_be_accessible_and_archival(written):
    claims = PdfReader(io.BytesIO(written)).xmp_metadata.rdf_root.toxml()
    assert "<pdfuaid:part>1<" in claims
    assert "<pdfaid:part>3<" in claims
    assert "<pdfaid:conformance>A<" in claims


def test_hostile_data_travel_as_they_are(shown, hostile):
    rows = pd.DataFrame({hostile: [hostile]})
    cells = [shown(Exhibit(title=hostile, id="E9", body=table_of(rows), data=rows, alt=hostile))]
    (attached,) = attachments(export(new_notebook(cells=cells)))["e9.csv"]
    assert list(csv.reader(io.StringIO(attached.decode("utf-8-sig")))) == [[hostile], [hostile]]


def test_equal_notebooks_give_equal_bytes_with_their_data(notebook, written):
    assert export(notebook) == written
