import numpy as np
import pytest

from briefing.case import Case


@pytest.mark.parametrize("party", ["microsoft", "nvidia"])
def test_the_bounds_enclose_the_pro_rata_value(latest, party):
    draws = latest.draws(200)
    low, middle, high = (
        draws.value(f"{bound}{party}_circular_value_usd") for bound in ("lower_", "", "upper_")
    )
    assert np.all(low <= middle + 1)
    assert np.all(middle <= high + 1)


def test_the_busiest_year_is_the_largest_of_all_years(latest):
    receipts = latest.azure_commitment_receipts_usd.to_numpy()
    by_hand = max(receipts[start : start + 4].sum() for start in range(len(receipts) - 3))
    assert latest.busiest_receipts_usd_per_year == pytest.approx(by_hand)


def test_without_equity_no_value_rests_on_it():
    case = Case("deal_day", firmness="firm")
    assert case.microsoft_circular_value_usd == 0
    assert case.upper_nvidia_circular_value_usd == 0


def test_the_multiple_falls_out_of_the_share(latest):
    # Value over market value is circular sales over all sales, whatever the market pays for sales.
    equity = latest.microsoft_equity_usd.to_numpy()
    receipts = latest.azure_commitment_receipts_usd.to_numpy()
    own = max(
        min(equity[: end + 1].sum(), receipts[max(end - 3, 0) : end + 1].sum())
        for end in range(len(receipts))
    )
    sales = 4 * latest.microsoft_quarterly_revenue_usd
    assert latest.upper_microsoft_circular_value_share == pytest.approx(own / sales)
