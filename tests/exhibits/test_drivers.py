import numpy as np
import pytest

from briefing.case import Case
from briefing.exhibits.drivers import driver_chart, driver_table, drivers

N = 2_000


@pytest.fixture(scope="module")
def columns():
    generator = np.random.default_rng(1)
    return {f"input_{place}_share": generator.random((N, 1)) for place in range(8)}


def test_what_drives_a_figure_stands_first_and_all_parts_sum_to_one(columns):
    first, second = columns["input_3_share"], columns["input_5_share"]
    found = drivers("equity_value_usd", 2 * first + second, columns, ["input_5_share"])
    assert found.names == ("input_3_share", "input_5_share")
    assert found.joined == {"input_5_share"}
    assert found.shares is not None
    assert [each.value for each in found.shares.due] == pytest.approx([0.8, 0.2], abs=0.03)
    assert driver_chart([found], N).data.share.sum() == pytest.approx(1)


def test_sobol_indices_of_what_is_drawn_with_others_are_left_out(columns):
    result = columns["input_3_share"] + columns["input_5_share"]
    found = drivers("equity_value_usd", result, columns, ["input_5_share"])
    shown = driver_table([found], N)
    assert "Input 5 share, Shapley effect" in shown.alt
    told = {row.assumption: row.drawn_with_others for row in shown.data.itertuples()}
    assert told == {"input_3_share": False, "input_5_share": True}
    assert shown.alt.count("correlated") == 2


def test_a_figure_that_never_varies_has_no_drivers(columns):
    found = drivers("equity_value_usd", np.ones((N, 1)), columns, [])
    assert found.shares is None
    assert driver_chart([found], N).title == "No headline figure varies over these draws, so " + (
        "nothing drives its spread"
    )
    assert driver_table([found], N).data.empty


def test_a_held_assumption_drives_nothing_and_the_rest_takes_its_part():
    free, held = Case("deal_day"), Case("deal_day", growth_half_life_years=1.2)
    for case, has in ((free, True), (held, False)):
        data = case.driver_chart.data
        own = data[data.figure == "equity_value_usd"]
        assert ("Growth half-life" in set(own.assumption)) == has
        assert own.share.sum() == pytest.approx(1)
        assert own[own.assumption == "Kinks and joint effects not resolved"].share.item() < 0.25
    assert "growth_half_life_years" in free.driver_table.assumptions
