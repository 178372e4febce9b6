import numpy as np
import pytest

from briefing.case import Case


@pytest.mark.parametrize("term", [3, 5, 8])
@pytest.mark.parametrize("ramp", [0, 1.5, 3])
def test_the_schedule_adds_up_to_the_commitment(term, ramp):
    case = Case("latest", azure_term_years=term, azure_ramp_years=ramp)
    assert case.azure_scheduled_usd.sum() == pytest.approx(30e9)


def test_without_ramp_the_bill_is_level():
    case = Case("latest", azure_term_years=5, azure_ramp_years=0, azure_start_years=0)
    # Thirty billions over twenty quarters.
    assert case.azure_scheduled_usd[:20].to_numpy() == pytest.approx(1.5e9)
    assert case.azure_scheduled_usd[20:].max() == 0


def test_on_the_deals_day_a_delay_moves_the_whole_schedule(deal_day):
    on_time = deal_day.what_if(azure_start_years=0.25)
    late = on_time.what_if(capacity_delay_years=1.0)
    moved, planned = late.azure_scheduled_usd.to_numpy(), on_time.azure_scheduled_usd.to_numpy()
    assert moved[4:] == pytest.approx(planned[:-4])


def test_a_delay_leaves_what_is_past_and_holds_up_what_is_ahead(latest):
    """While it lasts, what stands is used; then the ramp goes on, until all is used."""
    on_time = latest.what_if(azure_start_years=0, azure_ramp_years=3, azure_term_years=6)
    late = on_time.what_if(capacity_delay_years=1.0)
    moved, planned = late.value("azure_scheduled_usd")[0], on_time.value("azure_scheduled_usd")[0]
    starts, today = latest.value("quarter_start_years")[0], latest.value("years_to_as_of").item()
    past = starts + 0.25 <= today
    assert planned[past].sum() > 0
    assert moved[past] == pytest.approx(planned[past])
    # Thirty billions are four and a half years at full rate: six, less half of a ramp of three.
    rate = 30e9 / 4.5 * (today / 3) / 4
    assert moved[(starts >= today) & (starts + 0.25 <= today + 1)] == pytest.approx(rate)
    ramping = np.flatnonzero((starts >= today + 1) & (starts <= 4))
    assert moved[ramping] == pytest.approx(planned[ramping - 4])
    assert moved.sum() == pytest.approx(30e9)


def test_what_stands_whole_is_not_held_up(latest):
    on_time = latest.what_if(azure_start_years=0, azure_ramp_years=0.5)
    late = on_time.what_if(capacity_delay_years=2.0)
    assert late.value("azure_scheduled_usd") == pytest.approx(on_time.value("azure_scheduled_usd"))


def test_a_delay_stops_building_takes_away_nothing_that_stands_and_is_made_up_for(latest):
    on_time = latest.what_if(
        gw_reading="additional",
        capacity_option_start_years=0.5,
        capacity_option_ramp_years=2,
        capacity_option_term_years=5,
    )
    late = on_time.what_if(capacity_delay_years=1.0)
    rented, planned = late.value("capacity_option_usd")[0], on_time.value("capacity_option_usd")[0]
    starts, today = latest.value("quarter_start_years")[0], latest.value("years_to_as_of").item()
    past = starts + 0.25 <= today
    assert rented[past] == pytest.approx(planned[past])
    during = rented[(starts >= today) & (starts + 0.25 <= today + 1)]
    assert during.min() == pytest.approx(during.max())
    assert during.min() > 0
    assert np.all(np.cumsum(rented) <= np.cumsum(planned) * (1 + 1e-9))
    assert rented.sum() == pytest.approx(planned.sum())


@pytest.mark.parametrize("delay", [0.1, 0.33, 1.5])
def test_where_the_option_starts_about_today_a_delay_takes_nothing_from_it(latest, delay):
    """No cliff between what has just begun and what is just about to, whatever the quarter."""
    today = latest.value("years_to_as_of").item()
    for start in (today - 0.01, today, today + 0.01):
        on_time = latest.what_if(gw_reading="additional", capacity_option_start_years=start)
        late = on_time.what_if(capacity_delay_years=delay)
        assert late.capacity_option_usd.sum() == pytest.approx(on_time.capacity_option_usd.sum())


def test_a_soft_target_owes_nothing(latest):
    soft = latest.what_if(azure_take_or_pay_share=0)
    assert soft.azure_minimum_usd.max() == 0
    assert soft.unused_minimum_usd == 0


def test_full_take_or_pay_pays_the_whole_commitment_used_or_not():
    case = Case("latest", azure_take_or_pay_share=1, azure_largest_compute_share=0)
    assert case.azure_due_usd.sum() == pytest.approx(30e9)
    assert case.unused_minimum_usd == pytest.approx(30e9)


def test_a_minimum_paid_early_is_credited_later():
    case = Case("latest", azure_take_or_pay_share=1, azure_commitment_drawn_share=1)
    assert case.azure_due_usd.sum() == pytest.approx(30e9)


def test_a_nested_gigawatt_adds_no_purchases(latest):
    assert latest.what_if(gw_reading="nested").capacity_option_usd.max() == 0
    assert latest.what_if(gw_reading="additional").capacity_option_usd.max() > 0


def test_a_gigawatt_at_eleven_billions_a_year_costs_that():
    case = Case(
        "latest",
        firmness="headline",
        gw_reading="additional",
        tenant_cost_usd_per_gw_year=11e9,
        capacity_option_term_years=8,
        capacity_option_ramp_years=1,
    )
    assert case.capacity_option_usd.max() * 4 == pytest.approx(11e9)


def test_chips_are_bought_for_the_largest_capacity_once(latest):
    case = latest.what_if(nvidia_content_usd_per_gw=25e9, azure_nvidia_share=1)
    assert case.chip_purchases_usd.sum() == pytest.approx(case.azure_capacity_gw.max() * 25e9)


def test_chips_come_before_the_capacity(latest):
    chips, capacity = latest.chip_purchases_usd, latest.azure_capacity_gw
    assert np.argmax(np.cumsum(chips) > 0) <= np.argmax(capacity.to_numpy() > 0)


def test_when_funding_stops_no_investor_pays_after():
    case = Case("latest", funding_stops_years=1)
    for name in (
        "microsoft_equity_usd",
        "nvidia_equity_usd",
        "other_investor_equity_usd",
        "gap_funding_usd",
    ):
        assert getattr(case, name)[4:].max() == 0
