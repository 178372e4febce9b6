"""Facts on terms, prices and scores: what belongs to each kind, and one answer at a time."""

import re
from collections import Counter
from datetime import date

import pytest

from briefing.exhibits.offers import first_said, known_terms, priced
from briefing.exhibits.service_terms import CARE, DATA, DEALING
from briefing.inputs.facts import Fact

COMMON = {
    "id": "some-term", "topic": "enterprise", "subject": "microsoft", "counterparty": None,
    "unit": None, "as_of": "2026-01-01", "published": None, "known_since": "2026-01-01",
    "status": "confirmed", "note": "What was said.", "priority": "supporting",
    "source": {"title": "Page", "publisher": "Press", "tier": "press"},
}  # fmt: skip

TERM = {"surface": "bedrock", "clause": "eu_only", "answer": "full"}
PRICE = {"model": "Some 1", "tier": "large", "of": "input"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"kind": "service_term"}, "kind service_term and term go together"),
        ({"kind": "revenue", "term": TERM}, "kind service_term and term go together"),
        ({"kind": "list_price", "value": 1}, "kind list_price and price go together"),
        ({"kind": "list_price", "price": PRICE, "unit": "USD/Mtoken"}, "value above zero"),
        ({"kind": "list_price", "price": PRICE, "value": 3, "unit": "USD"}, "in USD/Mtoken"),
        (
            {"kind": "benchmark", "value": 74.5, "unit": "ratio"}
            | {"score": {"model": "Some 1", "tier": "large", "test": "T"}},
            "at most 1",
        ),
        ({"kind": "service_term", "term": {**TERM, "clause": "eu"}}, "Input should be"),
        ({"kind": "service_term", "term": {**TERM, "answer": True}}, "Input should be"),
    ],
)
def test_what_does_not_belong_together_is_refused(given, told):
    with pytest.raises(ValueError, match=told):
        Fact.model_validate(COMMON | given)


def test_a_question_has_one_standing_answer_per_way_to_buy(ledger):
    standing = Counter(
        (fact.term.surface, fact.term.clause)
        for fact in ledger.values()
        if fact.term and fact.id not in ledger.superseded
    )
    assert [key for key, count in standing.items() if count > 1] == []


def test_a_newer_page_answers_the_same_question_as_the_one_that_it_replaces(ledger):
    for fact in ledger.values():
        if fact.term is None:
            continue
        for older in map(ledger.__getitem__, fact.supersedes):
            assert older.term is not None
            assert (older.term.surface, older.term.clause) == (fact.term.surface, fact.term.clause)
            assert older.known_since < fact.known_since


def test_every_question_that_exhibits_ask_is_answered_somewhere(ledger):
    answered = {clause for _, clause in known_terms(ledger)}
    # Whether a negotiated discount covers another seller's models no page was found to say.
    assert {*DATA, *DEALING, *CARE} - answered == {"cloud_discount"}


def test_hosting_on_azure_is_unknown_before_it_was_offered(ledger):
    on_deal_day = known_terms(ledger.known_on(date(2025, 11, 21)))
    assert ("foundry_on_azure", "own_cloud") not in on_deal_day
    fact = known_terms(ledger)["foundry_on_azure", "own_cloud"]
    assert first_said(fact, ledger) == date(2026, 6, 29)


def test_prices_come_in_pairs_and_the_newest_of_a_tier_counts(ledger):
    now, then = (
        priced(ledger, "anthropic"),
        priced(ledger.known_on(date(2025, 11, 21)), "anthropic"),
    )
    assert (then["large"].input_usd, then["large"].output_usd) == (15, 75)
    assert (now["large"].input_usd, now["large"].output_usd) == (4, 20)
    assert "top" in now
    assert "top" not in then
    pairs = Counter(fact.price.model for fact in ledger.values() if fact.price)
    assert set(pairs.values()) == {2}


def test_a_note_tells_no_reader_of_its_day_what_came_later(ledger):
    for fact in ledger.matching(topic="enterprise").values():
        dates = re.findall(r"\d{4}-\d\d-\d\d", fact.note)
        assert all(each <= str(fact.known_since) for each in dates), fact.id
