"""What Altair is told of a frame is what it would have found itself."""

import altair as alt
import pandas as pd
import pytest

from briefing.exhibits.look import Chart, records


@pytest.mark.parametrize(
    "columns",
    [
        {"name": ["a", "b"], "usd": [1.5, 2.0], "count": [1, 2]},
        {"usd": [1.0, float("nan")], "more": [float("inf"), -float("inf")]},
        {"name": ["a", None]},
        {"when": pd.to_datetime(["2025-11-18", "2026-01-01"]), "usd": [1.0, 2.0]},
        {"is_sure": [True, False]},
        {"kind": pd.Categorical(["x", "y"])},
        {"name": pd.Series([], dtype="str")},
    ],
)
def test_rows_are_those_that_altair_would_write(columns):
    frame = pd.DataFrame(columns)
    own, stock = records(frame), alt.default_data_transformer(frame)
    assert own == stock
    assert [[*map(type, row.values())] for row in own["values"]] == [
        [*map(type, row.values())] for row in stock["values"]
    ]


@pytest.mark.parametrize("join", [alt.layer, alt.vconcat])
def test_charts_are_joined_as_altair_joins_its_own_and_stay_what_they_were(join):
    def parts(of):
        base = of(pd.DataFrame({"a": [1.0, 2.0]}), width=100).encode(x=alt.X("a:Q"))
        line = base.mark_rule(color="red")
        return line, line.encode(y=alt.Y("a:Q", axis=alt.Axis(labelAngle=0))).mark_point()

    own, stock = parts(Chart), parts(alt.Chart)
    before = [part.to_dict() for part in own]
    assert join(*own).to_dict() == join(*stock).to_dict()
    assert [part.to_dict() for part in own] == before
    first, second = own
    assert first.copy().encoding is first.encoding, "the inside is shared"
    assert first.encoding is not second.encoding
