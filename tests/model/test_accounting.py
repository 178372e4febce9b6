import pytest

from briefing.case import Case


def test_if_shares_were_nothing_a_sixth_of_revenue_would_go():
    # Five of thirty billions.
    case = Case("latest", firmness="headline")
    assert case.most_microsoft_reduction_rate == pytest.approx(1 / 6)


def test_shares_at_fair_value_take_nothing_off_revenue(deal_day):
    case = deal_day.what_if(strategic_post_money_usd=deal_day.fair_value_at_entry_usd)
    assert case.microsoft_reduction_rate == pytest.approx(0, abs=1e-12)


def test_the_reduction_is_the_excess_over_the_commitment(deal_day):
    assert deal_day.microsoft_excess_usd > 0
    assert deal_day.microsoft_reduction_rate == pytest.approx(deal_day.microsoft_excess_usd / 30e9)


def test_half_paid_for_above_double_its_worth_is_half_excess(deal_day):
    case = deal_day.what_if(strategic_post_money_usd=2 * deal_day.fair_value_at_entry_usd)
    assert case.nvidia_excess_usd == pytest.approx(case.nvidia_equity_total_usd / 2)


def test_before_a_later_round_there_is_no_gain_at_price(deal_day):
    assert deal_day.microsoft_price_gain_usd == pytest.approx(0, abs=1)


def test_an_owner_of_all_takes_all_income(latest):
    share = latest.microsoft_equity_method_usd / latest.coming_year_income_usd
    assert share == pytest.approx(latest.microsoft_stake_share)


def test_a_soft_target_is_no_liability(latest):
    soft = latest.what_if(azure_take_or_pay_share=0)
    assert soft.minimum_present_value_usd == 0


def test_discounted_minimums_are_below_their_sum(latest):
    assert 0 < latest.minimum_present_value_usd < latest.azure_minimum_total_usd


def test_a_six_year_book_life_leaves_a_sixth_after_five_years(latest):
    case = latest.what_if(book_life_years=6, azure_term_years=5, gpu_life_years=3)
    assert case.book_left_at_term_share == pytest.approx(1 / 6)
    assert case.worn_out_at_term_share == pytest.approx(1 / 2)
