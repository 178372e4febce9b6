import pytest
from nbformat import validate
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from briefing import case
from briefing.exhibits import exhibit as exhibits
from briefing.exhibits import lab
from briefing.render import document as documents
from briefing.render.document import (
    ExhibitBlock,
    FailedNotebook,
    Heading,
    Metadata,
    Prose,
    document,
)
from briefing.runs import documents as built
from briefing.runs.notebooks import joined as joined_as


def join(notebooks):
    return joined_as(notebooks, key="")


def told(*markdown):
    return new_notebook(cells=[new_markdown_cell(text) for text in markdown])


def levels(*markdown):
    return [heading.level for heading in document(told(*markdown)).headings]


def exhibit(notebook, exhibit_id):
    blocks = document(notebook).blocks
    return next(x for x in blocks if isinstance(x, ExhibitBlock) and x.id == exhibit_id)


def test_mime_names_are_those_of_exhibits_and_cases():
    assert documents.EXHIBIT_MIME == exhibits.EXHIBIT_MIME
    assert documents.CHART_MIME == exhibits.CHART_MIME
    assert documents.CASE_MIME == case.CASE_MIME
    assert built.EXHIBIT_MIME == exhibits.EXHIBIT_MIME
    registers = documents.REGISTER, documents.FACTS, documents.FIGURES
    assert registers == (lab.REGISTER, lab.FACTS, lab.FIGURES)


def test_a_notebook_with_an_error_is_refused_and_the_message_names_cell_and_error():
    error = new_output("error", ename="KeyError", evalue="'gpu'", traceback=[])
    failed = new_notebook(cells=[new_code_cell("case.x\n1", outputs=[error])])
    with pytest.raises(FailedNotebook, match=r"cell 1 \(case.x\) ended in KeyError: 'gpu'"):
        document(failed)


def test_metadata_come_from_the_first_case_output(notebook):
    metadata = document(join([notebook, told("# Other")])).metadata
    assert (metadata.title, metadata.key) == ("Circular financing in AI infrastructure", "3f9a12")


def test_a_stock_notebook_takes_its_title_from_its_first_heading():
    assert document(told("text", "## Hello *there*")).metadata == Metadata(title="Hello there")


def test_an_empty_notebook_is_a_briefing_without_blocks():
    empty = document(new_notebook())
    assert (empty.metadata.title, empty.blocks) == ("Briefing", ())


def test_a_first_heading_that_repeats_the_title_is_not_printed_twice():
    assert [x.text for x in document(told("# Title\n\n## Part")).headings] == ["Part"]


def test_heading_levels_start_at_one_and_skip_none():
    assert levels("## A", "##### B", "### C", "## D") == [1, 2, 2, 1]


def test_equal_headings_have_different_anchors():
    assert [x.anchor for x in document(told("# A", "# A", "# A")).headings] == ["a", "a-2", "a-3"]


def test_streams_and_plain_results_are_not_told():
    outputs = [
        new_output("stream", text="x"),
        new_output("execute_result", {"text/plain": "2"}, execution_count=1),
    ]
    assert document(new_notebook(cells=[new_code_cell("2", outputs=outputs)])).blocks == ()


def test_blocks_keep_the_order_of_the_notebook(notebook):
    blocks = document(notebook).blocks
    assert isinstance(blocks[0], Heading)
    assert isinstance(blocks[2], Prose)
    assert [x.id for x in blocks if isinstance(x, ExhibitBlock)] == ["E01", "E02", "E03", "E41"]


def test_a_chart_leaves_its_title_to_the_document(notebook):
    assert "title" not in exhibit(notebook, "E02").body


def test_sources_are_named_once_each_and_the_rest_counted(notebook, chart):
    shown = exhibit(notebook, "E02")
    pages = {(fact.source.publisher, fact.source.url) for fact in chart.facts}
    assert len(shown.sources) == documents.SHOWN_SOURCES
    assert shown.more_sources == len(pages) - documents.SHOWN_SOURCES


def test_a_page_with_one_disputed_fact_is_disputed(facts, tiles):
    disputed = next(fact for fact in facts if fact.status == "disputed")
    agreed = disputed.model_copy(update={"status": "confirmed"})
    (source,) = documents._sources([x.model_dump(mode="json") for x in (agreed, disputed)])
    assert source.credit.endswith("(disputed)")


def test_equal_footnotes_are_printed_once_and_called_twice(notebook):
    twice = document(join([notebook, notebook]))
    assert twice.notes == document(notebook).notes
    assert set(twice.occurrences) == {2}


def test_a_computed_sentence_ends_in_its_mark(notebook):
    sentence = document(notebook).blocks[2]
    assert sentence.tokens[-1]["children"][-1]["type"] == "note"


def test_the_mark_of_a_list_stands_after_its_last_word():
    (tokens,) = documents._with_mark(documents.parse_markdown("- a\n- b"), documents.Mark(1, 1))
    assert tokens["children"][-1]["children"][-1]["children"][-1]["type"] == "note"


def test_joined_notebooks_are_one_valid_notebook_with_a_section_each():
    joined = join([told("# A", "x"), told("# B", "## C")])
    validate(joined)
    assert [(x.level, x.text) for x in document(joined).headings] == [(1, "A"), (1, "B"), (2, "C")]


def test_joining_changes_no_notebook():
    first = told("# A")
    before = first.cells[0].id
    join([first])
    assert first.cells[0].id == before


def test_a_table_of_an_earlier_version_is_refused_in_words(table, shown):
    cell = shown(table)
    del cell.outputs[0].data[documents.EXHIBIT_MIME]["table"]
    with pytest.raises(ValueError, match=r"'E03' was made by an earlier version"):
        document(new_notebook(cells=[cell]))
