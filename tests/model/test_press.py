"""Press figures against hand arithmetic on what the ledger's entries say."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.model.press import CLAIMS, press_figures


def by_id(figures):
    return {each.id: each for each in figures}


@pytest.fixture(scope="module")
def then(deal_day):
    return by_id(deal_day.press_figures)


@pytest.fixture(scope="module")
def now(latest):
    return by_id(latest.press_figures)


# By hand, in billions: figures as printed, the sum, and what to use instead.
ON_DEAL_DAY = {
    "circular": ([45], 5 + 10 + 30, [15, 30]),
    "invested": ([15], 15, [0]),
    "letter": ([100], 0, [0]),
    "press_value": ([350], 350 - 15, [183]),
    "last_round": ([183], 183 - 13, [170, 183]),
    "pace": ([7], 7 / 12, [4.7]),
    "gigawatt": ([20, 60, 65], 50 - 35, [35, 60]),
}

SINCE = {
    "circular": ON_DEAL_DAY["circular"],
    "letter_since": ([100], 70, [30]),
    "google_pledge": ([40], 30, [10]),
    "amazon_pledge": ([25], 20, [5]),
    "spacex": ([40], 45, [15 * 90 / 365.25]),
    "round_money": ([65], 50, [50]),
    "press_value_since": ([350, 355, 350], 380 - 30, [350, 380]),
    "google_price": ([350, 380], 350, [350, 380]),
    "listing": ([1100, 1250], 1250 - 965, [400, 965]),
    "last_round": ON_DEAL_DAY["last_round"],
    "newest_round": ([965], 900, [900, 965]),
    "pace_of_2025": ([9, 10], 0.75, [4.5, 4.7]),
    "pace_of_2026": ([47], 19.2, [19.2, 43.6]),
    "gross": ([30, 44], 22, [22, 30]),
    "gigawatt": ([20, 60, 65, 100], 15, [35, 60]),
    "capex": ([190], 190 - 103.3, [103.3 * 4 / 3]),
    "swapped": ([10], 5, [5]),
    "lost_digit": ([3], 0, [37]),
    "backlog": ([300], 0, [627]),
}


@pytest.mark.parametrize(
    ("parameter_set", "by_hand"), [("deal_day", ON_DEAL_DAY), ("latest", SINCE)]
)
def test_every_headline_comes_out_as_by_hand(parameter_set, by_hand, request):
    figures = by_id(request.getfixturevalue(parameter_set).press_figures)
    assert figures.keys() == by_hand.keys()
    for name, (printed, total, instead) in by_hand.items():
        assert [usd / 1e9 for usd in figures[name].printed_usd] == pytest.approx(printed), name
        assert figures[name].sum_usd / 1e9 == pytest.approx(total), name
        assert [usd / 1e9 for usd in figures[name].instead_usd] == pytest.approx(instead), name


def test_the_spread_is_the_largest_over_the_smallest_and_endless_over_nothing(then):
    assert then["circular"].spread_multiple == pytest.approx(45 / 15)
    assert then["press_value"].spread_multiple == pytest.approx(350 / 183)
    assert then["invested"].spread_multiple == float("inf")


def test_every_fact_that_a_claim_names_stands_in_the_ledger(ledger):
    for claim in CLAIMS.values():
        sums = (*claim.printed, *claim.instead, claim.comes_from)
        figures = [figure.partition(".")[0] for each in sums for figure in each]
        assert set(ledger) >= {*figures, *claim.read_at, *claim.cites}


def test_a_claim_replaces_one_that_exists():
    assert {claim.replaces for claim in CLAIMS.values()} <= {"", *CLAIMS}


def test_in_the_end_every_claim_is_shown_but_for_those_replaced_or_held_true(ledger, now):
    replaced = {claim.replaces for claim in CLAIMS.values()}
    # 5 and 10 billion were pledged, and 5 and 10 billion have been paid in since.
    assert set(now) == set(CLAIMS) - replaced - {"invested_since"}


def test_a_headline_that_held_true_is_not_counted_among_those_misread(ledger, now):
    paid = ledger["alliance-nvda-equity-done"]
    half = {**ledger, paid.id: paid.model_copy(update={"value": paid.value / 2})}
    assert by_id(press_figures(half))["invested_since"].spread_multiple == pytest.approx(1.5)
    assert all(figure.spread_multiple > 1 for figure in now.values())


@pytest.mark.parametrize("day", [date(2025, 11, 18), date(2025, 12, 1), date(2026, 2, 28)])
def test_no_day_sees_a_later_fact(ledger, day):
    known = ledger.known_on(day)
    for figure in press_figures(known):
        assert all(ledger[name].known_since <= day for name in figure.facts)


def test_the_page_that_printed_the_sum_says_so(ledger):
    assert "$45 billion" in ledger["nvda-move-midday"].source.title
    assert "$15B" in ledger["post-deal-valuation-350"].source.title
    assert "$15 billion" in ledger["deal-amounts-swapped"].source.title


@settings(max_examples=15)
@given(k=st.floats(0.01, 100))
def test_in_another_money_dollars_scale_and_spreads_stay(ledger, k):
    def scaled(amount):
        return None if amount is None else amount * k

    other = replace(
        ledger,
        facts=tuple(
            fact.model_copy(
                update={end: scaled(getattr(fact, end)) for end in ("value", "low", "high")}
            )
            for fact in ledger.facts
        ),
    )
    for one, same in zip(press_figures(ledger), press_figures(other), strict=True):
        assert same.sum_usd == pytest.approx(k * one.sum_usd)
        assert same.instead_usd == pytest.approx([k * usd for usd in one.instead_usd])
        assert same.spread_multiple == pytest.approx(one.spread_multiple)
