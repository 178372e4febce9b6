"""The two sides of the deal: each row is what another chapter shows, and nothing is added up."""

import re

import numpy as np
import pytest

from briefing.case import exhibit_names
from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.verdict import BURDENS, GAINS, NO_MEASURE, PARTIES
from briefing.exhibits.words import money_span
from briefing.graph import with_ancestors


@pytest.fixture(params=["latest", "deal_day"])
def case(request):
    return request.getfixturevalue(request.param)


def test_each_measured_effect_is_shown_where_the_row_says(latest):
    by_id = {
        exhibit.id: name
        for name in exhibit_names()
        if isinstance(exhibit := latest.value(name), Exhibit) and exhibit.id
    }
    data = latest.effects_table.data
    measured = data[data.quantity != ""]
    assert (data["Middle draw"] == NO_MEASURE).tolist() == (data.quantity == "").tolist()
    for shown, quantity in zip(measured["Shown in"], measured.quantity, strict=True):
        behind = {each.removesuffix("_draws") for each in with_ancestors(by_id[shown])}
        assert quantity in behind, (shown, quantity)
    assert set(data["Shown in"]) <= set(by_id)


def test_the_title_counts_whom_the_rows_name(case):
    data = case.effects_table.data
    gains, burdens = data[data.Side == GAINS], data[data.Side == BURDENS]
    inside, own = (each["Who has it"].isin(PARTIES) for each in (gains, burdens))
    suppliers = burdens["Who has it"] == "Their suppliers"
    assert case.effects_table.title.startswith(
        f"Of {len(gains)} gains looked at {sum(inside)} go to the deal's three parties; of "
        f"{len(burdens)} burdens {sum(own)} fall on them, {sum(suppliers)} on suppliers, "
        f"Microsoft among these, and {sum(~own & ~suppliers)} on others"
    )


def test_sizes_are_those_of_the_draws(latest):
    row = latest.effects_table.data.iloc[1]
    draws = latest.draws().value("nvidia_bundle_npv_usd")
    low, middle, high = np.quantile(draws, [0.1, 0.5, 0.9]) / 1e9
    printed = [float(each) for each in re.findall(r"\$([\d.]+)bn", row["Middle draw"])]
    assert printed == [pytest.approx(middle, rel=0.05)]
    assert row["Eight draws of ten"] == money_span(low * 1e9, high * 1e9)
