"""What the pointer is told: words of readers, never the names of fields."""

import altair as alt
import pandas as pd

from briefing.case import exhibit_names
from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tooltips import named


def tooltips(spec):
    if isinstance(spec, list):
        return [found for each in spec for found in tooltips(each)]
    if not isinstance(spec, dict):
        return []
    own = spec.get("encoding", {}).get("tooltip", [])
    return [*own, *(found for key, each in spec.items() if key != "datasets"
                    for found in tooltips(each) if key != "encoding")]  # fmt: skip


def chart(**fields):
    frame = pd.DataFrame({"day": ["2025-11-18"], "x": [1.23456], "usd_bn": [2.0]})
    return alt.Chart(frame).mark_point().encode(**fields).to_dict(validate=False)


def test_fields_are_named_as_their_axis_or_in_plain_words():
    shown = chart(
        x=alt.X("x:Q", title="Years"),
        tooltip=[alt.Tooltip("x"), alt.Tooltip("usd_bn", title="Paid"), alt.Tooltip("usd_bn")],
    )
    assert [each["title"] for each in tooltips(named(shown))] == ["Years", "Paid", "$bn"]
    assert tooltips(named(shown))[0]["format"] == ",.3~r"


def test_a_day_is_told_as_a_day_wherever_the_reader_is():
    shown = chart(x=alt.X("day:T", title=None), tooltip=[alt.Tooltip("day")])
    (told,) = tooltips(named(shown))
    assert (told["type"], told["timeUnit"]) == ("temporal", "utcyearmonthdate")


def test_every_chart_tells_the_pointer_something_by_names_that_readers_know(latest):
    told = {
        exhibit.id: [
            each["title"] for each in tooltips(named(exhibit.body.to_dict(validate=False)))
        ]
        for exhibit in map(latest.value, exhibit_names())
        if isinstance(exhibit, Exhibit) and exhibit.kind == "chart"
    }
    assert [name for name, titles in told.items() if not titles] == []
    names = {name for titles in told.values() for name in titles}
    assert not any("_" in name or name in ("x", "y", "label", "below") for name in names)


def test_what_a_cell_says_is_named_for_what_it_is(latest):
    told = tooltips(latest.value("horizon_grid").body.to_dict(validate=False))
    cell = {each["field"]: each["title"] for each in told}
    assert cell["label"] == "Peak, a year"
    assert "quarter" in cell["below"]
    plain_cell = tooltips(latest.value("coverage_heat_map").body.to_dict(validate=False))
    assert [each["title"] for each in plain_cell if each["field"] == "label"] == [
        "Lowest cash, $bn"
    ]


def test_no_pointer_is_told_of_a_basis_where_none_is_named(latest):
    told = tooltips(latest.value("price_under_terms").body.to_dict(validate=False))
    assert {each["field"] for each in told} == {"name", "label"}
