"""JupyterLab says what the page says."""

import re

import pytest
from nbformat.v4 import new_notebook

from briefing.exhibits.lab import words
from briefing.render.document import document
from briefing.render.html import html


def small_print(text):
    """Notes and sources below an exhibit, with where they link to; the page links registers too."""
    found = re.findall(r'<p(?: class="?small"?)?>(.*?)</p>', text, re.DOTALL)
    return [words(line) for line in found], re.findall(r'href="?(http[^">]*)', "".join(found))


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


def test_a_table_says_the_same_as_in_the_page(table, shown):
    page = html(document(new_notebook(cells=[shown(table)])))
    in_page, in_lab = (
        [words(cell) for cell in re.findall(r"<t[dh]\b.*?(?=<t[dhr]\b|<tbody|</t)", text)]
        for text in (page, in_jupyterlab(table))
    )
    assert in_page == in_lab
    assert len(in_page) == 4 + 2 + 60 * 4


def test_headings_and_paper_of_jupyterlab_stay_out_of_the_page(chart, shown):
    (block,) = document(new_notebook(cells=[shown(chart)])).blocks
    assert not {"title", "background", "padding"} & set(block.body)
    page = html(document(new_notebook(cells=[shown(chart)])))
    assert page.count("Ceilings are shown at their full amount.") == 1
