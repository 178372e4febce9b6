"""What Altair is told of a frame is what it would have found itself."""

import altair as alt
import pandas as pd
import pytest

from briefing.exhibits.look import records


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
