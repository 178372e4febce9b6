"""E42 in every medium: a table of what moved, or one sentence where nothing did."""

import email
import email.policy
import io
from dataclasses import replace

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pypdf import PdfReader

from briefing.exhibits.exhibit import EXHIBIT_MIME, Exhibit
from briefing.exhibits.headlines import Headline
from briefing.exhibits.tables import table
from briefing.inputs.audiences import Audience
from briefing.render.digest import MOST_CHANGES, digest
from briefing.render.document import ExhibitBlock, document
from briefing.render.email import BriefingEmailExporter
from briefing.render.html import BriefingHTMLExporter
from briefing.render.lenses import seen_by
from briefing.render.pdf import BriefingPDFExporter
from briefing.runs.attribution import Attribution, Cause
from briefing.runs.comparing import finding_shown
from briefing.runs.difference import Move
from briefing.runs.notebooks import joined
from briefing.runs.stances import Answer
from briefing.runs.whatchanged import Changes, shown

PAGE = "../2025-11-20-0123456789ab/briefing.html"
EARLIER = "2025-11-20, build 0123456789ab"


def moved(label, before, after):
    ends = (
        Headline(label, label, value, None, None, "usd", text) for value, text in (before, after)
    )
    causes = (Cause("growth_half_life_years", after[0] - before[0]),)
    return Move(*ends, Attribution(causes))


def changes(count=1, label="Figure", **more):
    told = Changes(
        earlier=EARLIER,
        flipped=(Answer("Does it hold?", "it does", "it does not", "flips at one half"),),
        moves=tuple(moved(f"{label} {n}", (1e9, "$1bn"), (2e9, "$2bn")) for n in range(count)),
        assumptions=(),
        facts=(),
        made_with={"model code": True},
        players={"growth_half_life_years": ("growth_half_life_years",)},
        command="briefing diff a b",
    )
    return replace(told, **more)


@pytest.fixture
def front(case_cell):
    """A notebook that begins as the summary does, with the answers last."""
    frame = pd.DataFrame({"Question": ["Is it real?"], "Our answer": ["Partly."]})
    answers = Exhibit("Answers", table(frame), id="E00", name="key_takeaways")
    last = new_markdown_cell("## How to read this")
    cells = [case_cell(title="Alliance", set_title="As known today"), _showing(answers), last]
    return new_notebook(cells=cells)


def _showing(exhibit):
    return new_code_cell(outputs=[new_output("display_data", dict(exhibit._repr_mimebundle_()))])


def with_changes(front, found):
    return joined([front], "0" * 12, "../../index.html", shown(found, PAGE))


def web(notebook):
    return BriefingHTMLExporter().from_notebook_node(notebook)[0]


def paper(notebook):
    written = BriefingPDFExporter().from_notebook_node(notebook)[0]
    pages = PdfReader(io.BytesIO(written)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def mail(notebook):
    written = BriefingEmailExporter().from_notebook_node(notebook)[0]
    message = email.message_from_bytes(written, policy=email.policy.default)
    return [message.get_body((kind,)).get_content() for kind in ("html", "plain")]


def test_it_follows_the_answers_and_nothing_else_moves(front):
    blocks = document(with_changes(front, changes())).blocks
    order = [block.id if isinstance(block, ExhibitBlock) else block.type for block in blocks]
    assert order == ["E00", "E42", "heading"]
    assert "id=e42" not in web(joined([front], "0" * 12))


def test_a_notebook_without_a_front_page_has_no_place_for_it(front):
    front.cells = [cell for cell in front.cells if cell.cell_type == "markdown"]
    assert "id=e42" not in web(with_changes(front, changes()))


def test_every_medium_tells_the_same_conclusion_move_and_cause(front):
    notebook = with_changes(front, changes())
    for text in (web(notebook), paper(notebook), *mail(notebook)):
        plain = " ".join(text.split())
        told = ["Does it hold?", "it does → it does not", "$1bn → $2bn", "growth half-life"]
        places = [plain.index(words) for words in told]
        assert places == sorted(places)
        assert "briefing diff a b" in plain


def subject(notebook):
    written = BriefingEmailExporter().from_notebook_node(notebook)[0]
    return email.message_from_bytes(written, policy=email.policy.default)["Subject"].strip()


def test_a_mail_s_subject_begins_with_what_flipped_or_moved_and_with_nothing_else(front):
    told = subject(with_changes(front, changes()))
    assert told == "One conclusion flipped, one of one headline figure moved: As known today"
    nothing = finding_shown("What changed since 2025-11-20: no headline figure moved", [], PAGE)
    still = joined([front], "0" * 12, "", nothing)
    assert subject(still) == subject(joined([front], "0" * 12)) == "Alliance: As known today"


def test_a_mail_says_where_the_exhibits_stand_that_it_names(front):
    for text in mail(with_changes(front, changes())):
        assert "Exhibits that are named and not shown here stand in" in " ".join(text.split())


def test_the_page_leads_to_the_build_before(front):
    assert f"<a href={PAGE}>The build before</a>" in web(with_changes(front, changes()))


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "https://evil.example/briefing.html", "../../../etc/passwd",
        f"{PAGE}?x", "../2025-11-20-0123456789ab/other.html", 7, None,
    ],
)  # fmt: skip
def test_only_a_page_beside_this_one_is_linked(front, address):
    bundle = finding_shown("What changed", [], address)
    page = web(joined([front], "0" * 12, "", bundle))
    assert "The build before" not in page
    assert "evil.example" not in page


def test_where_nothing_moved_every_medium_has_the_sentence_and_no_empty_table(front):
    title = "What changed since 2025-11-20: no headline figure moved"
    bundle = finding_shown(title, ["Changed: templates."], PAGE)
    notebook = joined([front], "0" * 12, "", bundle)
    page = web(notebook)
    (block,) = [b for b in document(notebook).blocks if getattr(b, "id", "") == "E42"]
    assert block.kind == "finding"
    assert page.count("<table") == 1
    assert "<dl" not in page
    media = dict.fromkeys((page, paper(notebook)), False) | dict.fromkeys(mail(notebook), True)
    for text, is_mail in media.items():
        plain = " ".join(text.split())
        assert title in plain
        # A mail leaves out what only those who build can use.
        assert ("Changed: templates." in plain) != is_mail


def test_the_mail_has_the_first_rows_and_says_how_many_the_page_has_more(front):
    notebook = with_changes(front, changes(count=9))
    html, plain = mail(notebook)
    (section,) = [each for each in digest(document(notebook)).sections if each.id == "E42"]
    assert len(section.body) == MOST_CHANGES
    assert section.notes[0] == "1 more row on the page."
    for text in (html, plain):
        assert "Figure 3" in text
        assert "Figure 4" not in text


def test_the_mail_still_opens_with_the_answers(front):
    told = digest(document(with_changes(front, changes())))
    assert told.preview == "Partly."
    assert told.findings == ()


def test_an_audience_reads_it_after_the_answers_with_the_same_numbers(front):
    whole = document(with_changes(front, changes()))
    nobody = Audience.model_construct(title="For all", question="What now?", sections=())
    lens = seen_by(whole, nobody)
    answers, changed, elsewhere = lens.blocks
    assert [answers.id, changed.id, elsewhere.type] == ["E00", "E42", "prose"]
    assert lens.blocks[1] == next(b for b in whole.blocks if getattr(b, "id", "") == "E42")


def test_words_of_an_earlier_build_are_text_in_every_medium(front, hostile):
    flip = Answer(hostile, hostile, hostile, hostile)
    found = changes(label=hostile, earlier=hostile, command=hostile, flipped=(flip,))
    notebook = with_changes(front, found)
    page, (html, plain) = web(notebook), mail(notebook)
    for text in (page.partition("</style>")[2], html):
        assert "<script>alert" not in text
        assert "<x>" not in text
    assert "<script>alert(1)</script>" in plain
    assert "#panic()" in paper(notebook)


def test_what_is_put_in_is_marked_as_put_in(front):
    notebook = with_changes(front, changes())
    (cell,) = [
        cell
        for cell in notebook.cells
        for out in cell.get("outputs", ())
        if out.data.get(EXHIBIT_MIME, {}).get("id") == "E42"
    ]
    assert cell.source.startswith("# Put in by the build")
