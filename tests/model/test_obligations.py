"""Obligations: what promises weigh, what of them is lost, and in which year cash falls short."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import paths, rates, shares

from briefing.case import Case
from briefing.model import obligations
from briefing.model.measures.onerous import onerous_part, worth
from briefing.model.measures.schedules import calendar_years, window_share

AHEAD = np.arange(1.0, 7.0)[None, :]


def present_value(path, rate, years=AHEAD):
    return obligations.azure_minimum_present_value_usd(path, np.array([[rate]]), years).item()


def onerous(minimum, useful, multiple=1.0, resale=0.5, rate=0.0):
    values = worth(minimum, useful, np.array([[multiple]]), np.array([[resale]]))
    weight = (1 + rate) ** -AHEAD
    return onerous_part((minimum * weight).sum(), (sum(values) * weight).sum()).item()


def test_thirty_billions_over_six_level_years_at_six_percent_are_worth_24_6():
    # 5 * (1 - 1.06 ** -6) / 0.06, the published case top_pv_level.
    assert present_value(np.full((1, 6), 5.0), 0.06) == pytest.approx(24.58662163002697)


@given(paths(), rates, rates)
def test_present_value_falls_with_the_rate_and_at_zero_is_the_sum(path, one, other):
    low, high = sorted((one, other))
    assert present_value(path, high) <= present_value(path, low) * (1 + 1e-12)
    assert present_value(path, 0.0) == pytest.approx(path.sum())


def test_what_was_paid_before_the_briefing_is_no_debt():
    years = np.array([[-0.6, -0.1, 0.4]])
    assert present_value(np.array([[7.0, 7.0, 7.0]]), 0.0, years) == 7.0


def test_present_value_falls_with_length_and_with_ramp(latest):
    grid = latest.value("commitment_present_value_usd_by_horizon").reshape(7, 4)
    assert np.all(np.diff(grid, axis=0) < 0)
    assert np.all(np.diff(grid, axis=1) < 0)


def test_a_small_onerous_contract_by_hand():
    # Of 4 owed six times 3 are used; the one left over fetches a half: 24 - 18 - 3.
    assert onerous(np.full((1, 6), 4.0), np.full((1, 6), 3.0)) == pytest.approx(3.0)


@given(paths(), paths(), shares)
def test_nothing_is_onerous_where_nothing_is_owed_or_all_is_worth_its_price(owed, useful, resale):
    assert onerous(np.zeros_like(owed), useful, 0.7, resale) == 0.0
    enough = owed + useful
    assert onerous(owed, enough, 1.0, resale) <= 1e-9 * owed.sum()
    assert onerous(owed, useful, 1.0, 1.0) <= 1e-9 * owed.sum()


@given(paths(), paths(), shares, rates, st.floats(0.1, 1e3))
def test_the_onerous_part_is_never_negative_and_scales_with_money(owed, useful, resale, rate, k):
    part = onerous(owed, useful, 0.9, resale, rate)
    assert 0 <= part <= owed.sum()
    scaled = onerous(k * owed, k * useful, 0.9, resale, rate)
    assert scaled == pytest.approx(k * part, rel=1e-9, abs=1e-3)


def test_a_short_term_with_full_take_or_pay_raises_the_onerous_part(deal_day):
    tight = deal_day.what_if(azure_take_or_pay_share=1, azure_term_years=3, azure_ramp_years=0)
    assert deal_day.azure_onerous_usd == 0
    # The same by a second way, quarter by quarter: what finds no use loses the discount on resale.
    lost = 0.0
    rows = zip(
        tight.azure_minimum_usd, tight.compute_need_usd, tight.years_ahead_years, strict=True
    )
    for owed, need, ahead in rows:
        idle = max(owed - need * tight.azure_largest_compute_share, 0.0)
        lost += idle * (1 - tight.resale_share) / (1 + tight.debt_rate) ** ahead
    assert tight.azure_onerous_usd == pytest.approx(lost)
    assert lost > 1e9


def test_a_soft_target_is_no_debt_and_leaves_nothing_idle(deal_day):
    soft = deal_day.what_if(azure_take_or_pay_share=0, other_take_or_pay_share=0)
    assert soft.obligation_present_value_usd == 0
    assert soft.onerous_obligation_usd == 0
    assert soft.overhang_present_value_usd == 0


def test_what_all_suppliers_are_owed_is_never_less_onerous_than_azures_part(deal_day):
    slow = deal_day.what_if(
        growth_half_life_years=0.2, momentum_growth_rate=0.2, azure_take_or_pay_share=1
    )
    for share in (0, 0.5, 1):
        tight = slow.what_if(other_take_or_pay_share=share)
        assert tight.onerous_obligation_usd >= tight.azure_onerous_usd > 1e9


def test_every_commitment_with_a_price_is_counted_once(deal_day, latest):
    for case in (deal_day, latest):
        ids = [name for promise in case.compute_promises for name in promise.facts]
        priced = {
            fact.id
            for fact in case._parameters.facts.payments
            if fact.subject == "anthropic" and fact.payment_kind == "purchase"
        }
        assert len(ids) == len(set(ids))
        assert set(ids) == priced


def test_deal_day_knows_azure_and_fluidstack_and_nothing_later(deal_day):
    assert [each.supplier for each in deal_day.compute_promises] == ["microsoft", "fluidstack"]


def test_a_contract_on_notice_is_firm_for_ninety_days(latest):
    firm = latest.what_if(firmness="firm")
    promise = next(each for each in firm.compute_promises if each.supplier == "xai")
    # 15 billion a year, by the supplier's filing, for 90 days.
    assert promise.due_usd.sum() == pytest.approx(15e9 * 90 / 365.25)
    assert promise.minimum_usd.sum() == pytest.approx(promise.due_usd.sum())
    assert promise.announced_usd.sum() == pytest.approx(40e9)


def test_commitments_due_are_the_web_of_promises_in_the_expected_reading(latest):
    web = latest.anthropic_commitments_usd
    for promise in latest.compute_promises[1:]:
        assert promise.due_usd.sum() == pytest.approx(web[promise.supplier].item())


@pytest.mark.parametrize("parameter_set", ["deal_day", "latest"])
def test_firm_due_is_at_most_expected_and_expected_at_most_announced(parameter_set, request):
    case = request.getfixturevalue(parameter_set)
    firm, expected, headline = case.value("commitments_ahead_usd_by_firmness").values()
    assert firm.item() <= expected.item() <= headline.item()


def test_a_deal_without_a_rung_stands_where_its_wording_puts_it(project):
    deal = """
- id: test-deal
  subject: anthropic
  counterparty: oracle
  kind: purchase_commitment
  value: 12000000000
  unit: USD
  start: '2027'
  end: '2028'
  binding: firm
  as_of: '2025-11-01'
  published: null
  known_since: '2025-11-01'
  status: confirmed
  source: {title: Page, publisher: Press, tier: press}
  note: What was said.
  priority: core
"""
    with (project / "params" / "facts" / "network.yaml").open("a", encoding="utf-8") as file:
        file.write(deal)
    added = next(each for each in Case("deal_day").compute_promises if each.supplier == "oracle")
    assert added.rung == "take_or_pay"
    assert added.minimum_usd.sum() == pytest.approx(12e9)


def test_the_first_short_year_is_counted_from_the_briefing():
    starts = np.arange(9)[None, :] / 4
    # The last quarter of a year, then two whole years; the second one falls short by one.
    due = np.array([[9.0, 1, 1, 1, 1, 2, 2, 2, 2]])
    means = np.array([[0.0, 1, 1, 1, 1, 2, 2, 2, 1]])

    def first(means, as_of=0.1):
        return obligations.first_uncovered_years(due, means, starts, np.array([[as_of]])).item()

    assert first(means) == pytest.approx(1.25 - 0.1)
    assert first(means + 1) == np.inf
    assert first(means, as_of=1.3) == np.inf


@given(st.floats(0, 2), st.floats(0.05, 2))
def test_a_window_falls_into_quarters_whole(start, length):
    quarters = np.arange(41)[None, :] / 4
    falls = window_share(quarters, 0.25, np.array([[start]]), np.array([[length]]))
    assert falls.sum() == pytest.approx(1)
    assert np.all(falls >= 0)


@given(paths(9))
def test_calendar_years_leave_out_the_first_quarter_alone(path):
    assert calendar_years(path).sum() == pytest.approx(path[:, 1:].sum())
