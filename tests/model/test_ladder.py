"""The ladder: every leg on the rung that its fact gives it, in three readings."""

import numpy as np
import pytest

from briefing.model.ladder import RUNGS

each_set = pytest.mark.parametrize("parameter_set", ["deal_day", "latest"])


def rung(case, payer, payee, kind):
    return [x.rung for x in case.ladder_legs if (x.payer, x.payee, x.kind) == (payer, payee, kind)]


def test_equity_climbs_from_a_ceiling_to_paid_between_deal_day_and_today(deal_day, latest):
    for investor in ("microsoft", "nvidia"):
        assert rung(deal_day, investor, "anthropic", "equity") == ["ceiling"]
        assert rung(latest, investor, "anthropic", "equity") == ["paid"]


def test_azure_is_announced_and_not_contracted_by_public_evidence(deal_day, latest):
    for case in (deal_day, latest):
        assert rung(case, "anthropic", "microsoft", "compute") == ["announced"]
        assert rung(case, "anthropic", "microsoft", "option") == ["ceiling"]


@each_set
def test_the_ladder_shows_known_facts_that_no_other_replaces(parameter_set, request):
    case = request.getfixturevalue(parameter_set)
    facts = [case._parameters.facts[leg.fact] for leg in case.ladder_legs]
    assert all(fact.known_since <= case.as_of for fact in facts)
    assert len({fact.id for fact in facts}) == len(facts)
    assert not {fact.id for fact in facts} & case._parameters.facts.superseded


@each_set
def test_the_firmest_leg_comes_first(parameter_set, request):
    places = [RUNGS.index(leg.rung) for leg in request.getfixturevalue(parameter_set).ladder_legs]
    assert places == sorted(places, reverse=True)


@each_set
def test_on_every_leg_firm_is_at_most_expected_and_expected_at_most_announced(
    parameter_set, request
):
    readings = request.getfixturevalue(parameter_set).value("ladder_legs_by_firmness").values()
    for firm, expected, headline in zip(*readings, strict=True):
        if firm.amount_usd is not None:
            dollars = [each.amount_usd.item() for each in (firm, expected, headline)]
            assert dollars == sorted(dollars)


def test_power_and_chips_without_a_price_carry_no_dollars(latest):
    unpriced = {leg.fact for leg in latest.ladder_legs if leg.amount_usd is None}
    assert unpriced == {
        "anthropic-broadcom-3-5gw", "anthropic-coreweave", "anthropic-google-tpu-2025",
    }  # fmt: skip


def test_of_the_contract_that_can_be_cancelled_the_notice_is_firm(latest):
    firm = latest.value("ladder_legs_by_firmness")["firm"]
    on_notice = next(leg for leg in firm if leg.rung == "cancellable")
    # 1.25 billion a month, or 15 a year, for 90 days of notice.
    assert on_notice.amount_usd.item() == pytest.approx(15e9 * 90 / 365.25)


@each_set
def test_no_rung_draws_less_than_the_one_below(parameter_set, request):
    drawn = request.getfixturevalue(parameter_set).rung_drawn_share
    assert list(drawn) == list(RUNGS)
    assert np.all(np.diff([drawn[each].item() for each in RUNGS]) >= 0)


@each_set
def test_one_rung_lower_costs_at_most_what_the_leg_holds(parameter_set, request):
    losses = request.getfixturevalue(parameter_set).rung_losses
    for loss in losses:
        assert 0 <= loss.chips_usd.item() <= loss.lost_usd.item() <= loss.leg.amount_usd.item()
    assert all(loss.lost_usd.item() == 0 for loss in losses if loss.leg.rung == "paid")
    lowest = [loss for loss in losses if not loss.falls_to]
    assert all(loss.lost_usd.item() == loss.leg.amount_usd.item() for loss in lowest)


def test_azure_one_rung_lower_is_drawn_like_a_ceiling(deal_day):
    loss = next(each for each in deal_day.rung_losses if each.leg.fact == "alliance-azure-commit")
    # 0.6 of a ceiling against 0.75 of a commitment: a fifth of the 27 billion expected is lost.
    assert loss.lost_usd.item() == pytest.approx(27e9 * (1 - 0.6 / 0.75), rel=1e-3)
    assert loss.falls_to == "ceiling"
