"""JupyterLab says what the page says."""

import re

import pytest
from nbformat.v4 import new_notebook

from briefing.exhibits.lab import without_formulas, words
from briefing.render.document import document
from briefing.render.html import html
from briefing.render.tables import parse_table


def small_print(text):
    """Notes and sources below an exhibit, with where they link to; the page links registers too."""
    found = re.findall(r'<p class="small">(.*?)</p>', text, re.DOTALL)
    links = re.findall(r'<p class="small">.*?</p>', text, re.DOTALL)
    return [words(line) for line in found], re.findall(r'href="(http[^"]*)"', "".join(links))


def in_jupyterlab(exhibit):
    bundle = exhibit._repr_mimebundle_()
    return bundle.get("text/html") or exhibit._below


@pytest.mark.parametrize("name", ["tiles", "chart", "table"])
def test_notes_and_sources_are_those_of_the_page(name, request, shown):
    exhibit = request.getfixturevalue(name)
    page = html(document(new_notebook(cells=[shown(exhibit)])))
    lines, links = small_print(in_jupyterlab(exhibit))
    # A table's own foot is small print in the page and part of the table in JupyterLab.
    assert lines == small_print(page)[0][-len(lines) :]
    assert links == small_print(page)[1]
    assert lines[-1].startswith("Sources: ")


def test_the_page_finds_the_same_table_in_what_jupyterlab_shows(table):
    assert parse_table(in_jupyterlab(table)) == parse_table(
        without_formulas(table.body.as_raw_html())
    )


def test_headings_and_paper_of_jupyterlab_stay_out_of_the_page(chart, shown):
    (block,) = document(new_notebook(cells=[shown(chart)])).blocks
    assert not {"title", "background", "padding"} & set(block.body)
    page = html(document(new_notebook(cells=[shown(chart)])))
    assert page.count("Ceilings are shown at their full amount.") == 1
