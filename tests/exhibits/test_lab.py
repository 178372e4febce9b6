import re

import altair as alt
import pytest

from briefing.case import Case
from briefing.exhibits.exhibit import CHART_MIME, Exhibit, Tile
from briefing.exhibits.lab import PAPER, STYLE, source_line, words
from briefing.inputs.facts import Fact

HOSTILE = """</script><script>alert(1)</script> *_$@<x> "q" 'q' &amp;"""


def fact(number, publisher=None, url=None, **others):
    source = {"title": "t", "publisher": publisher or f"Paper {number}", "tier": "press"}
    stated = {
        "id": f"fact-{number}", "topic": "x", "subject": "x", "counterparty": None,
        "kind": "revenue", "value": 1, "unit": "USD", "as_of": "2025", "published": "2025-11-02",
        "known_since": "2025-11-02", "status": "confirmed", "note": "n", "priority": "core",
    }  # fmt: skip
    address = url or f"https://example.org/{number}"
    return Fact.model_validate({**stated, "source": {**source, "url": address}, **others})


def shown(exhibit, monkeypatch):
    """What a cell that ends in the exhibit displays."""
    displayed = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, raw: displayed.append(data) if raw else None
    )
    exhibit._ipython_display_()
    return displayed


def test_tiles_stand_side_by_side_as_in_the_page():
    tiles = (Tile("Pledged", "$30bn", "up to"), Tile("Share", "12%"))
    html = Exhibit("Key figures", tiles, id="E01")._repr_mimebundle_()["text/html"]
    assert html.count('<div class="tile">') == 2
    assert '<dt>Pledged</dt><dd class="value"><span>&#36;</span>30bn</dd><dd>up to</dd>' in html
    assert '<span class="label">Exhibit E01</span> Key figures' in html


@pytest.mark.parametrize("body", [(Tile(HOSTILE, HOSTILE, HOSTILE),), "x", alt.Chart().mark_bar()])
def test_whatever_an_exhibit_says_is_escaped_in_jupyterlab(body, monkeypatch):
    source = fact(1, publisher=HOSTILE, url='https://example.org/?a="$1"<x>')
    exhibit = Exhibit(HOSTILE, body, id=HOSTILE, notes=(HOSTILE,), facts=(source,))
    for bundle in shown(exhibit, monkeypatch):
        html = bundle.get("text/html") or bundle.get("text/markdown") or ""
        assert "<script" not in html
        assert "<x>" not in html
        assert "$" not in html
        assert '"q"' not in html


def test_at_most_four_sources_are_named_and_the_rest_is_counted():
    line = source_line([fact(n) for n in range(6)], assumptions=1, figures=3)
    assert line.count("<a href=") == 4
    assert '<a href="https://example.org/0">Paper 0, 2025-11-02</a>; ' in line
    assert words(line).endswith(
        " and 2 more (E41b); rests on 1 assumption (register: E41) through 3 figures (E41c)."
    )


def test_a_page_is_named_once_and_is_disputed_when_any_of_its_facts_is():
    facts = [
        fact(1, "P", "https://p.example"),
        fact(2, "P", "https://p.example", status="disputed"),
    ]
    assert words(source_line(facts, 0, 0)) == "Sources: P, 2025-11-02 (disputed)."


def test_what_rests_on_nothing_names_no_sources():
    assert source_line([], 0, 0) == ""
    assert source_line([], 2, 0) == "Rests on 2 assumptions (register: E41)."


def test_notes_and_sources_of_a_chart_follow_it_with_links(latest, monkeypatch):
    chart, below = shown(latest.football_field, monkeypatch)
    assert CHART_MIME in chart
    assert all(
        words(note)[:40] in words(below["text/html"]) for note in latest.football_field.notes
    )
    assert below["text/html"].count("<a href=") == 4
    assert below["text/plain"].splitlines()[-1].startswith("Sources: ")


@pytest.mark.parametrize("name", ["scenario_table", "headline_tiles", "valuation_answer"])
def test_sources_of_all_else_stand_in_the_same_output(latest, name, monkeypatch):
    (bundle,) = shown(getattr(latest, name), monkeypatch)
    assert "Sources: <a href=" in (bundle.get("text/html") or bundle["text/markdown"])


def test_a_table_has_no_colours_of_its_own_but_those_of_jupyterlab(latest):
    html = latest.scenario_table._repr_mimebundle_()["text/html"]
    assert html.count(STYLE) == 1
    assert not re.search(r"(?<!&)#[0-9a-f]{3,6}", html.replace(STYLE, ""), re.IGNORECASE)


def test_a_chart_lies_on_paper_under_a_heading_no_wider_than_itself(latest):
    for name in ("football_field", "loop_gain_chart", "self_funded_over_time"):
        spec = getattr(latest, name)._repr_mimebundle_()[CHART_MIME]
        assert spec.items() >= PAPER.items()
        assert max(map(len, spec["title"]["text"])) <= 80
        assert re.fullmatch(r"#[0-9a-f]{6}", spec["title"]["color"])


def test_a_chart_of_ones_own_is_drawn_by_jupyterlab_without_a_network():
    frame = Case("latest").revenue_usd.rename("usd").reset_index()
    data, *_ = [alt.Chart(frame).mark_line().encode(x="quarter", y="usd")._repr_mimebundle_()]
    assert "text/html" not in data
    assert data[CHART_MIME]["$schema"].endswith("/v5.json")
    assert data[CHART_MIME].items() >= PAPER.items()
