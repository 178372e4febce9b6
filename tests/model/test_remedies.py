"""Remedies: likelihoods by hand, and that an order is a what-if of assumptions and nothing else."""

import pytest

from briefing.graph import graph
from briefing.model.remedies import REMEDIES


def test_likelihoods_join_authorities_that_decide_independently(deal_day):
    found = {
        name: value.item() for name, value in deal_day.value("remedy_likelihoods_share").items()
    }
    certain = deal_day.what_if(us_decision_share=1, eu_decision_share=0, uk_decision_share=0)
    alone = certain.value("remedy_likelihoods_share")
    assert alone["divestiture"].item() == pytest.approx(certain.divestiture_remedy_share)
    assert alone["equal_access"].item() == pytest.approx(certain.equal_access_remedy_share)
    # 1 - (1 - 0.10 × 0.4)(1 - 0.25 × 0.4)(1 - 0.20 × 0.4)
    assert found["equal_access"] == pytest.approx(1 - 0.96 * 0.90 * 0.92)
    assert found["unlinked_purchases"] == pytest.approx(0.1 * 0.2)


def test_no_decision_means_no_order(latest):
    calm = latest.what_if(us_decision_share=0, eu_decision_share=0, uk_decision_share=0)
    assert all(each.item() == 0 for each in calm.value("remedy_likelihoods_share").values())


def test_every_remedy_moves_assumptions_that_exist(latest):
    for remedy in REMEDIES.values():
        assert set(remedy.moves) <= set(latest._parameters.assumptions) & set(graph())
        assert remedy.authorities


def test_an_order_is_the_what_if_of_the_ends_it_names(latest):
    margin = latest._parameters.assumptions["azure_margin_share"]
    by_hand = latest.what_if(azure_margin_share=margin.low).microsoft_bundle_npv_usd
    by_order = latest.value("microsoft_bundle_npv_usd_by_remedy")["equal_access"].item()
    assert by_order == pytest.approx(by_hand)


def test_an_order_reaches_a_set_whose_commitment_is_owed_whatever_happens(latest):
    firm = latest.what_if(azure_take_or_pay_share=1)
    owed = firm.value("azure_minimum_present_value_usd_by_remedy")
    assert owed["unlinked_purchases"].item() == 0
    assert owed["divestiture"].item() == pytest.approx(firm.azure_minimum_present_value_usd)


def test_what_is_lost_is_the_bundle_before_less_after_and_the_discount_of_a_forced_sale(latest):
    losses = {loss.name: loss for loss in latest.value("remedy_losses")}
    after = latest.value("nvidia_bundle_npv_usd_by_remedy")["divestiture"].item()
    early = latest.what_if(stake_exit_years=latest._parameters.assumptions["stake_exit_years"].low)
    forced = early.forced_sale_discount_share * early.value("nvidia_stake_present_value_usd").item()
    lost = latest.nvidia_bundle_npv_usd - after + forced
    assert losses["divestiture"].nvidia_usd == pytest.approx(lost)
    assert losses["equal_access"].nvidia_usd == pytest.approx(0, abs=1)
