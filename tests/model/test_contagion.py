"""What is left when funding stops: arithmetic by hand, and what must hold in every draw."""

import numpy as np
import pytest

from briefing.case import Case
from briefing.model.contagion import (
    anthropic_paid_by_customers_share,
    paid_without_funding_usd,
    stress_window_share,
)

PARTIES = ("anthropic", "openai", "microsoft", "oracle")


def due(*legs):
    owed = np.zeros((1, 4, 4))
    for payer, payee, usd in legs:
        owed[0, PARTIES.index(payer), PARTIES.index(payee)] = usd
    return owed


def means(anthropic, openai):
    return {"anthropic": np.array([[anthropic]]), "openai": np.array([[openai]])}


def test_a_short_lab_pays_every_supplier_the_same_part():
    owed = due(("openai", "microsoft", 60.0), ("openai", "oracle", 40.0))
    paid = paid_without_funding_usd(owed, means(0.0, 50.0), PARTIES, np.ones((1, 1)))
    assert paid[0, 1].tolist() == pytest.approx([0, 0, 30, 20])


def test_default_costs_part_of_the_money_and_only_of_those_in_default():
    owed = due(("openai", "oracle", 100.0), ("anthropic", "oracle", 10.0))
    paid = paid_without_funding_usd(owed, means(20.0, 50.0), PARTIES, np.full((1, 1), 0.8))
    assert paid[0, 1, 3] == pytest.approx(40)
    assert paid[0, 0, 3] == pytest.approx(10)


def test_parties_that_are_no_labs_pay_in_full():
    owed = due(("microsoft", "oracle", 7.0))
    paid = paid_without_funding_usd(owed, means(0.0, 0.0), PARTIES, np.ones((1, 1)))
    assert paid[0, 2, 3] == pytest.approx(7)


def test_the_window_is_as_long_as_asked():
    starts = np.arange(41)[None, :] / 4
    window = stress_window_share(starts, np.array([[0.6]]), np.zeros((1, 1)), np.full((1, 1), 3.0))
    assert window.sum() / 4 == pytest.approx(3)
    assert window[0, :2].tolist() == [0, 0]


@pytest.fixture(scope="module", params=["deal_day", "latest", "bear"])
def drawn(request):
    return Case(request.param).draws(60, 9)


def test_no_answer_to_a_stop_beats_what_funding_pays(drawn):
    sales = drawn.sales_after_stop
    slack = 1e-6 * sales.due.sum()
    assert np.all(sales.defaulted <= sales.resold + slack)
    assert np.all(sales.resold <= sales.funded + slack)
    assert np.all(sales.funded <= sales.due + slack)


def test_labs_never_pay_more_than_they_have(drawn):
    paid = drawn.value("paid_without_funding_usd")
    for lab, usd in drawn.lab_means_usd.items():
        total = paid[:, drawn.web_parties.index(lab)].sum(axis=1, keepdims=True)
        assert np.all(total <= usd * (1 + 1e-9) + 1)


def test_without_equity_a_stop_of_funding_changes_nothing():
    nothing = {f"drawn_{kind}_share": 0 for kind in ("conditional", "up_to", "letter")} | {
        f"{who}_equity_{what}": 0
        for who in ("microsoft", "nvidia")
        for what in ("placed_usd", "drawn_share")
    }
    case = Case("deal_day", funding_stops_years=0, **nothing)
    assert case.value("sales_loss_usd").sum() == pytest.approx(0, abs=1)
    assert not case.value("web_self_funded_revenue_share").any()


def test_hit_twice_means_sales_and_stakes(deal_day):
    sales, stakes = deal_day.value("sales_loss_usd"), deal_day.value("stake_loss_usd")
    both = (sales > 1e8) & (stakes > 1e8)
    assert np.array_equal(both, deal_day.hit_twice)
    assert "microsoft" in np.array(deal_day.web_parties)[both[0]]


def test_cross_holdings_hardly_inflate_because_stakes_run_one_way(latest):
    assert 1 < latest.scenario_arithmetic.inflation_multiple < 1.1


def test_without_reinvestment_the_loop_without_customers_is_dead(latest):
    assert latest.what_if(investor_reinvestment_share=0).capital_loop_gain_multiple == 0


def test_the_loop_gain_is_one_at_its_own_threshold(latest):
    gain = latest.gain_per_revenue_multiple_share * latest.critical_run_rate_multiple
    assert gain == pytest.approx(1)


def test_the_deal_days_gain_is_the_product_of_its_links(deal_day):
    # Series F's price over the run-rate of October: 183 of 7 billion.
    links = 0.071 * deal_day.compute_spend_share * 0.8 * (183 / 7)
    assert deal_day.customer_loop_gain_multiple == pytest.approx(links)


def test_the_webs_shares_lie_between_direct_and_one(drawn):
    direct, own, backed = (
        drawn.value(f"web_{name}_revenue_share") for name in ("direct", "self_funded", "backed")
    )
    assert np.all((direct >= 0) & (direct <= own + 1e-9))
    assert np.all((own <= backed + 1e-9) & (backed <= 1 + 1e-9))


def test_in_the_web_a_dollar_that_leaks_need_not_come_back(latest):
    back = latest.value("web_return_share")
    assert np.all((back >= 0) & (back < 1))


def held(case):
    return {(each.investor, each.company): each for each in case.stakes}


def test_a_stake_counts_what_was_paid_in_and_no_promise(deal_day, latest):
    then, now = held(deal_day), held(latest)
    # Nothing of the pact was paid on its day, and a letter of intent paid nothing either.
    for pair in (("nvidia", "openai"), ("nvidia", "anthropic"), ("microsoft", "anthropic")):
        assert then[pair].value_usd.item() == then[pair].paid_usd.item() == 0
    promised = sum(
        leg.amount_usd.sum()
        for leg in latest.web_legs
        if (leg.payer, leg.payee, leg.kind) == ("amazon", "openai", "equity")
    )
    assert 0 < now["amazon", "openai"].paid_usd.item() < 0.6 * promised
    assert now["nvidia", "openai"].paid_usd.item() == pytest.approx(30e9)


def test_stakes_of_one_lab_are_valued_at_one_price(deal_day, latest):
    """A dated mark for one investor and a part at today's price for another would set an order."""
    for case in (deal_day, latest):
        of_anthropic = {
            investor: each for (investor, lab), each in held(case).items() if lab == "anthropic"
        }
        price = case.lab_value_usd["anthropic"].item()
        assert {"amazon", "google", "microsoft", "nvidia"} == set(of_anthropic)
        for each in of_anthropic.values():
            assert each.value_usd == pytest.approx(each.share * price)
    stakes = held(latest)
    assert stakes["amazon", "anthropic"].value_usd.item() == pytest.approx(0.15 * 965e9)
    assert stakes["amazon", "anthropic"].reported.value == 39e9
    assert stakes["softbank", "openai"].value_usd.item() == pytest.approx(0.13 * 852e9)


def test_a_part_assumed_to_be_nothing_is_worth_nothing(latest):
    none = latest.what_if(amazon_anthropic_stake_share=0, google_anthropic_stake_share=0)
    for investor in ("amazon", "google"):
        assert held(none)[investor, "anthropic"].value_usd.item() == 0


def test_contagion_and_ownership_mark_the_pacts_stakes_alike(latest):
    for investor in ("microsoft", "nvidia"):
        at_price = latest.value(f"{investor}_stake_at_price_usd")
        assert held(latest)[investor, "anthropic"].value_usd == pytest.approx(at_price)


def test_no_lab_is_held_more_than_once_over(latest):
    for lab, price in latest.draws(50, 1).value("lab_value_usd").items():
        stakes = [each for each in latest.draws(50, 1).value("stakes") if each.company == lab]
        assert np.all(sum(each.value_usd for each in stakes) < price)


@pytest.mark.parametrize(("left", "paid"), [(-5.0, 0.0), (60.0, 0.3), (100.0, 1.0), (150.0, 1.0)])
def test_customers_alone_pay_all_or_what_a_default_leaves(left, paid):
    due = np.array([[[0.0, 100.0], [0.0, 0.0]]])
    share = anthropic_paid_by_customers_share(
        due, np.array([[left]]), ("anthropic", "microsoft"), np.array([[0.5]])
    )
    assert share.item() == pytest.approx(paid)


def test_money_left_of_a_round_that_is_known_lets_openai_pay_more(latest, deal_day):
    assert latest.openai_paid_by_customers_share < latest.openai_paid_with_round_share <= 1
    assert deal_day.openai_paid_with_round_share == deal_day.openai_paid_by_customers_share
