from pathlib import Path

import altair as alt
import pandas as pd
import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from briefing.exhibits import look, palette
from briefing.exhibits.exhibit import Exhibit, Tile
from briefing.exhibits.tables import table as table_of
from briefing.inputs.facts import load_facts

FACTS = Path(__file__).parents[2] / "params" / "facts"
HOSTILE = r"""#panic() </script><script>alert(1)</script> *_$@<x> \u{7} "q" 'q' {{ 1 }} `r`"""


def _cell_showing(exhibit):
    data = dict(exhibit._repr_mimebundle_())
    return new_code_cell("case.x", outputs=[new_output("display_data", data)])


def _case_cell(**metadata):
    data = {"application/vnd.briefing.case+json": metadata, "text/plain": "case"}
    return new_code_cell("case", outputs=[new_output("display_data", data)])


@pytest.fixture(scope="session")
def hostile():
    """Text that would do harm in HTML, in Typst or in a template."""
    return HOSTILE


@pytest.fixture(scope="session")
def shown():
    return _cell_showing


@pytest.fixture(scope="session")
def case_cell():
    return _case_cell


@pytest.fixture(scope="session")
def facts():
    return tuple(load_facts(FACTS).values())


@pytest.fixture(scope="session")
def tiles(facts):
    return Exhibit(
        title="Commitments are ten times the cash that has moved",
        id="E01",
        body=(
            Tile("Announced commitments", "$45bn", "of which $30bn for Azure"),
            Tile("Self-funded share", "12–38%", "lower and upper bound"),
            Tile("Peak funding gap", "$9.4bn", "in the second quarter of 2027"),
            Tile("Implied value", "$350bn", "headline, not firm"),
        ),
        facts=facts[:3],
        assumptions=("azure_term_years", "draw_share"),
    )


@pytest.fixture(scope="session")
def chart(facts):
    frame = pd.DataFrame(
        {
            "leg": ["Azure compute", "Nvidia equity", "Microsoft equity", "Capacity option"],
            "usd_bn": [30.0, 10.0, 5.0, 2.5],
            "kind": ["Purchase", "Equity", "Equity", "Option"],
        }
    )
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            alt.X("usd_bn:Q", title="$bn"),
            alt.Y("leg:N", title=None, sort="-x"),
            alt.Color("kind:N", title=None),
        )
    )
    labels = bars.mark_text(align="left", dx=4, color=palette.INK).encode(
        text=alt.Text("usd_bn:Q", format=".1f"), color=alt.value(palette.INK)
    )
    return Exhibit(
        title="The Azure commitment is larger than both investments together",
        id="E02",
        body=(bars + labels).properties(width=look.WIDTH, height=140),
        alt="Bars of four legs; the Azure purchase of $30bn is the longest.",
        notes=("Ceilings are shown at their full amount.",),
        facts=facts[3:24],
        assumptions=("azure_term_years",),
    )


@pytest.fixture(scope="session")
def table(facts):
    frame = pd.DataFrame(
        {
            "group": ["Purchases"] * 30 + ["Investments"] * 30,
            "Leg": [
                f"Leg {n}: a commitment with a rather long descriptive name" for n in range(60)
            ],
            "Low, $bn": [f"{n:.1f}" for n in range(60)],
            "High, $bn": [f"{1234.5 + n:,.1f}" for n in range(60)],
            "Reason": ["Press copy of the joint announcement gives the same figure."] * 60,
        }
    )
    numbers = ["Low, $bn", "High, $bn"]
    return Exhibit(
        title="Sixty legs, most of them conditional",
        id="E03",
        body=table_of(frame, numbers, stub="Leg", groups="group"),
        alt="Sixty legs with low and high amounts.",
        facts=facts[:5],
    )


@pytest.fixture(scope="session")
def prose(facts):
    return Exhibit(
        title="",
        name="answer_sentence",
        body="About **12–38%** of the receipts are the seller's own money coming back.",
        facts=facts[:3],
        assumptions=("azure_term_years", "draw_share", "lag_quarters"),
    )


@pytest.fixture(scope="session")
def register():
    return Exhibit(
        title="Every assumption and what it rests on",
        id="E41",
        body=table_of(pd.DataFrame({"assumption": ["azure_term_years"], "value": [5.0]})),
        alt="Register of assumptions.",
    )


@pytest.fixture(scope="session")
def notebook(tiles, chart, table, prose, register):
    return new_notebook(
        cells=[
            _case_cell(
                title="Circular financing in AI infrastructure",
                subtitle="Microsoft, Nvidia and Anthropic: who pays whom, and when",
                set="deal_day",
                set_title="As known on deal day",
                as_of="2025-11-21",
                disclosure="Illustrative analysis; no investment advice.",
                key="3f9a12",
            ),
            new_markdown_cell(
                "# The answer\n\nWe ask *one* question: [who pays](https://example.org)?"
            ),
            _cell_showing(prose),
            _cell_showing(tiles),
            new_markdown_cell(
                "> **What would change our mind:** two quarters of cash.\n\n"
                "1. **First** point\n2. second `code` point\n   - nested\n   - list\n"
            ),
            new_markdown_cell("## How the ring works\n\nMoney moves in a ring. See [below](#e41)."),
            _cell_showing(chart),
            new_code_cell("1 + 1", outputs=[new_output("stream", text="never shown")]),
            new_markdown_cell(
                "# The legs\n\n#### Too deep a heading\n\n" + "Timing compounds. " * 60
            ),
            _cell_showing(table),
            _cell_showing(register),
        ]
    )
