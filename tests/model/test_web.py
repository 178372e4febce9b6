"""The web of promises: every deal of the ledger once, by quarter, as firm as it is."""

from datetime import date

import numpy as np
import pytest

from briefing.case import Case

DEAL = """
- id: test-deal
  subject: google
  counterparty: oracle
  kind: purchase_commitment
  value: 12000000000
  unit: USD
  start: '2027'
  end: '2028'
  binding: firm
  as_of: '2025-11-01'
  published: null
  known_since: '{known_since}'
  status: confirmed
  source: {{title: Page, publisher: Press, tier: press}}
  note: What was said.
  priority: core
"""


def leg(case, payer, payee, kind="purchase"):
    found = [x for x in case.web_legs if (x.payer, x.payee, x.kind) == (payer, payee, kind)]
    return found[0] if found else None


def add(project, text):
    with (project / "params" / "facts" / "network.yaml").open("a", encoding="utf-8") as ledger:
        ledger.write(text)


def test_adding_a_deal_is_adding_a_ledger_entry(project):
    before = Case("latest")
    add(project, DEAL.format(known_since="2025-11-01"))
    after = Case("latest")
    assert leg(before, "google", "oracle") is None
    added = leg(after, "google", "oracle")
    assert added.facts == ("test-deal",)
    assert added.amount_usd.sum() == pytest.approx(12e9)
    # Oracle buys chips to serve it, by the same rule as for all clouds.
    chips = after.web_operating_usd.sum() - before.web_operating_usd.sum() - 12e9
    assert chips == pytest.approx(12e9 * after.chips_of_compute_share)


def test_a_deal_joins_the_web_on_the_day_it_is_known(project):
    add(project, DEAL.format(known_since="2026-03-15"))
    assert leg(Case("latest", as_of="2026-03-14"), "google", "oracle") is None
    assert leg(Case("latest", as_of="2026-03-15"), "google", "oracle")


def test_a_deal_is_paid_within_its_term_and_evenly(project):
    add(project, DEAL.format(known_since="2025-11-01"))
    path = leg(Case("latest"), "google", "oracle").amount_usd[0]
    # Two years from January 2027 on, quarters 6 to 13 of the model.
    assert path[5:13] == pytest.approx(np.full(8, 12e9 / 8), rel=0.01)
    # Years are counted in days, so a quarter's edge may shift by one.
    assert path[:5].sum() == 0
    assert path[13:].sum() < 0.002 * 12e9


def test_a_letter_of_intent_counts_nothing_firm_a_part_expected_and_all_as_headline():
    amounts = {
        reading: leg(
            Case("deal_day", firmness=reading), "nvidia", "openai", "equity"
        ).amount_usd.sum()
        for reading in ("firm", "expected", "headline")
    }
    assert amounts["firm"] == 0
    assert amounts["headline"] == pytest.approx(100e9)
    assert amounts["expected"] == pytest.approx(50e9)


def test_the_letter_gives_way_to_what_came_of_it(latest):
    assert leg(latest, "nvidia", "openai", "equity").amount_usd.sum() == pytest.approx(30e9)


@pytest.mark.parametrize("parameter_set", ["deal_day", "latest"])
def test_firm_is_at_most_expected_and_expected_at_most_headline(parameter_set):
    totals = [
        sum(x.amount_usd.sum() for x in Case(parameter_set, firmness=reading).announced_legs)
        for reading in ("firm", "expected", "headline")
    ]
    assert totals == sorted(totals)


def test_no_leg_is_paid_before_the_model_starts_or_counted_twice(latest):
    ids = [name for leg in latest.announced_legs for name in leg.facts]
    assert len(ids) == len(set(ids))
    assert "amazon-anthropic-8b" not in ids
    assert "msft-openai-funded" not in ids


def test_the_alliances_own_legs_are_those_of_the_deal_model(latest):
    assert leg(latest, "anthropic", "microsoft").amount_usd.sum() == pytest.approx(
        latest.azure_receipts_usd.sum()
    )
    assert leg(latest, "nvidia", "anthropic", "equity").amount_usd.sum() == pytest.approx(
        latest.nvidia_equity_usd.sum()
    )


def test_no_party_of_the_web_pays_what_it_does_not_have(latest):
    flows = latest.value("web_financing_usd") + latest.value("web_operating_usd")
    has = flows.sum(axis=1) + latest.value("web_external_usd")
    assert np.all(has - flows.sum(axis=2) >= -1)


def test_a_stop_of_funding_takes_equity_out_of_the_web_and_leaves_purchases():
    stopped, open_ = Case("deal_day", funding_stops_years=0), Case("deal_day")
    assert stopped.web_financing_usd.sum() < open_.web_financing_usd.sum()
    assert leg(stopped, "openai", "oracle").amount_usd.sum() == pytest.approx(
        leg(open_, "openai", "oracle").amount_usd.sum()
    )


def test_a_guarantee_is_no_payment(ledger):
    kinds = {fact.kind for fact in ledger.known_on(date(2026, 11, 22)).payments}
    assert "guarantee" not in kinds
