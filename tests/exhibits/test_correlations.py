import numpy as np
import pytest

from briefing.case import Case
from briefing.exhibits.correlations import correlation_table
from briefing.inputs.correlations import Correlation


def pair(first, second, value):
    return Correlation((first, second), value, "for the sake of the test", "test")


def test_the_table_shows_every_pair_of_the_set_with_what_its_draws_achieve(latest):
    shown = latest.correlation_table
    assert set(shown.assumptions) >= set(shown.data["first"]) | set(shown.data["second"])
    assert shown.data.used.tolist() == pytest.approx(shown.data.stated.tolist())
    assert np.abs(shown.data.achieved - shown.data.stated).max() < 0.06
    assert len(shown.data) == len(latest._parameters.correlations)


def test_a_pair_with_one_end_held_is_shown_as_held():
    held = Case("deal_day", growth_half_life_years=1.0).correlation_table
    is_growth = (held.data["first"] == "growth_half_life_years") | (
        held.data["second"] == "growth_half_life_years"
    )
    assert held.data.achieved.isna().tolist() == is_growth.tolist()
    assert "held fixed" in held.alt


def test_without_pairs_all_is_said_to_be_independent():
    assert correlation_table([], {}).title == "All assumptions are drawn independently"


def test_a_repair_is_told_in_the_title_with_its_size():
    ends = [pair("a", "b", 0.9), pair("a", "c", 0.9), pair("b", "c", -0.9)]
    drawn = dict.fromkeys("abc", np.arange(5.0)[:, None])
    shown = correlation_table(ends, drawn)
    # The nearest normals have correlations of one half, ranks then 6 asin(1/4) / π.
    assert shown.data.used.abs().tolist() == pytest.approx([6 / np.pi * np.arcsin(0.25)] * 3)
    assert "up to 0.42 away" in shown.title
