import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model.measures.scores import brier_score, pinball_loss


def test_pinball_loss_by_hand():
    # 0.9 × (12 − 10) above, 0.1 × (10 − 7) below.
    assert pinball_loss(np.array(10.0), np.array([12.0, 7.0]), np.array(0.9)) == pytest.approx(
        [1.8, 0.3]
    )


def test_the_median_loss_is_half_of_the_absolute_error():
    assert pinball_loss(np.array(3.0), np.array([1.0, 9.0]), np.array(0.5)).tolist() == [1, 3]


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30), st.floats(0.05, 0.95))
def test_no_forecast_loses_less_than_the_quantile_itself(outcomes, share):
    values = np.array(outcomes)
    own = np.quantile(values, share, method="inverted_cdf")
    least = pinball_loss(own, values, share).sum()
    assert all(least <= pinball_loss(other, values, share).sum() + 1e-6 for other in values)


def test_ten_forecasts_of_rain_by_hand():
    # Squares by hand: 0.49, 0.01, 0.04, 0.36, 0.04 and 0.01 are 0.95 over ten days.
    rain = [0.7, 0.9, 0.8, 0.4, 0.2, 0, 0, 0, 0, 0.1]
    came = [False, True, True, True, False, False, False, False, False, False]
    assert brier_score(rain, came) == pytest.approx(0.095)


def test_certainty_is_best_when_right_and_worst_when_wrong():
    assert brier_score([1, 0], [True, False]) == 0
    assert brier_score([1, 0], [False, True]) == 1


@given(st.floats(0, 1), st.floats(0, 1))
def test_no_statement_scores_better_on_average_than_what_one_thinks(thought, said):
    def expected(chance):
        return thought * brier_score([chance], [True]) + (1 - thought) * brier_score(
            [chance], [False]
        )

    assert expected(thought) <= expected(said) + 1e-12


@pytest.mark.parametrize(
    "act",
    [
        lambda: brier_score([], []),
        lambda: brier_score([0.5], [True, False]),
        lambda: brier_score([1.5], [True]),
        lambda: pinball_loss(np.array(1.0), np.array(1.0), np.array(1.0)),
    ],
)
def test_what_cannot_be_scored_is_refused(act):
    with pytest.raises(ValueError, match="must"):
        act()
