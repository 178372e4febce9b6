import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from briefing.inputs.files import BadInput
from briefing.runs.notebooks import check_notebooks, faults, joined, notebook_files


def parameters(source='parameter_set = "latest"\noverrides = {}'):
    cell = new_code_cell(source)
    cell.metadata["tags"] = ["parameters"]
    return cell


def told(*cells):
    return "\n".join(faults(new_notebook(cells=[parameters(), *cells])))


def test_the_notebooks_that_ship_hold_no_figures_formulas_or_paths(root):
    files = notebook_files(root / "notebooks")
    check_notebooks(files)
    assert [file.stem for file in files] == [
        "00_summary", "01_deal", "02_circularity", "03_valuation", "04_risk", "05_parties",
        "06_buildout", "07_enterprise", "08_regulation", "09_watch",
        "10_sources",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("metadata", "is_part"),
    [
        ({"briefing": {"part": False}}, False),
        ({"briefing": {"part": True}}, True),
        ({"briefing": {}}, True),
        ({}, True),
    ],
)
def test_a_notebook_is_part_of_briefings_unless_it_says_that_it_is_not(tmp_path, metadata, is_part):
    nbformat.write(new_notebook(metadata=metadata), tmp_path / "00_x.ipynb")
    nbformat.write(new_notebook(), tmp_path / "01_other.ipynb")
    assert (tmp_path / "00_x.ipynb" in notebook_files(tmp_path)) == is_part


def test_the_first_notebook_for_analysts_is_no_part_and_holds_no_figures_in_prose(root):
    lesson = root / "notebooks" / "00_start_here.ipynb"
    assert lesson not in notebook_files(root / "notebooks")
    told = list(faults(nbformat.read(lesson, as_version=4)))
    # It takes no parameters, and a what-if needs a number to be one.
    assert told[0].startswith("must have exactly one cell tagged parameters")
    assert all("holds the number" in fault for fault in told[1:])


def test_the_notebooks_that_ship_answer_in_prose_first(root):
    for file in notebook_files(root / "notebooks"):
        first = nbformat.read(file, as_version=4).cells[0]
        assert first.cell_type == "markdown"
        assert first.source.startswith("# ")


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("def f():\n    return case", "defines a function"),
        ("f = lambda: case", "defines a function"),
        ("class A: ...", "defines a class"),
        ("case.a / case.b", "holds model maths"),
        ("for a in case: ...", "holds a loop"),
        ("[a for a in case]", "holds a loop"),
        ("case.what_if(azure_term_years=3)", "holds the number 3"),
        ("open('../params/base.yaml')", "holds the path"),
        ("case.a\n\ncase.b\ncase.c\ncase.d", "longer than four lines"),
        ("case.", "no valid Python"),
    ],
)
def test_code_that_belongs_in_the_library_is_refused(source, rule):
    assert rule in told(new_code_cell(source))


@pytest.mark.parametrize("prose", ["Azure gets $30bn.", "about 17%", "5 to 7 years", "3x revenue"])
def test_a_figure_in_prose_is_refused(prose):
    assert "figures come from the graph" in told(new_markdown_cell(prose))


@pytest.mark.parametrize("prose", ["See E03 and E13b.", "On 2025-11-18 …", "until 2028Q2, in 2025"])
def test_exhibit_numbers_and_dates_are_no_figures(prose):
    assert told(new_markdown_cell(prose)) == ""


@pytest.mark.parametrize(
    "cells",
    [[], [parameters(), parameters()], [parameters("parameter_set = 'x'")], [parameters("a = 1")]],
)
def test_a_notebook_has_exactly_the_two_parameters(cells):
    assert list(faults(new_notebook(cells=cells)))


def test_a_file_that_is_no_notebook_is_named(tmp_path):
    (tmp_path / "00_bad.ipynb").write_text("{")
    with pytest.raises(BadInput, match=r"00_bad\.ipynb: is no valid notebook"):
        check_notebooks(notebook_files(tmp_path))


def test_a_folder_without_notebooks_is_refused(tmp_path):
    with pytest.raises(BadInput, match="holds no notebooks"):
        notebook_files(tmp_path)


def test_joined_notebooks_keep_all_cells_in_order_under_new_names():
    one, two = (new_notebook(cells=[new_markdown_cell(text, id="same")]) for text in "ab")
    both = joined([one, two], key="k")
    assert [cell.source for cell in both.cells] == ["a", "b"]
    assert len({cell.id for cell in both.cells}) == 2
    nbformat.validate(both)
