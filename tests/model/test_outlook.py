import numpy as np
import pytest

from briefing.case import QUARTER_LABELS
from briefing.model.outlook import (
    final_operating_margin_share,
    five_year_growth_rate,
    nvidia_margin_left_usd,
    planned_revenue_2030_usd,
    revenue_2030_usd,
)

AHEAD = np.arange(41)[None] / 4 + 0.125
"""Years to the middle of each quarter for a briefing on the model's first day."""


def test_revenue_of_a_year_is_that_of_its_four_quarters():
    revenue = np.where([label.startswith("2030") for label in QUARTER_LABELS], 3.0, 100.0)[None]
    assert revenue_2030_usd(revenue, QUARTER_LABELS).item() == 12
    assert planned_revenue_2030_usd(revenue, np.full((1, 1), 2.0), QUARTER_LABELS).item() == 24


def test_even_growth_is_the_growth_of_five_years():
    revenue = 7e9 * 1.3**AHEAD
    assert five_year_growth_rate(revenue, AHEAD).item() == pytest.approx(0.3)


def test_a_steady_margin_is_the_margin_in_the_end():
    revenue = np.linspace(1, 9, 41)[None]
    assert final_operating_margin_share(0.2 * revenue, revenue).item() == pytest.approx(0.2)


def test_chips_pay_nvidia_back_exactly_where_its_payback_is_finite(latest):
    terms = latest._with_columns({"azure_term_years": np.linspace(1.5, 8, 14)[:, None]})
    left, payback = terms.value("nvidia_margin_left_usd"), terms.value("nvidia_payback_years")
    assert np.array_equal(left >= 0, np.isfinite(payback))
    assert nvidia_margin_left_usd(np.array([[-5.0, 2.0, 4.0]])).item() == 1
