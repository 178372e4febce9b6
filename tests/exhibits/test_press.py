"""What readers see of press figures, rounds and multiples."""

import re

import pytest

from briefing.case import Case
from briefing.exhibits.press import GIGAWATT
from briefing.exhibits.press_words import ORDER, WORDS
from briefing.model.press import CLAIMS

OURS = (
    "press_forensics",
    "press_spread",
    "gigawatt_prices",
    "rounds_over_time",
    "price_as_multiple",
)


def test_every_claim_has_its_words_and_every_slip_its_place():
    assert set(WORDS) == set(CLAIMS)
    assert {words.slip for words in WORDS.values()} == set(ORDER)


@pytest.mark.parametrize("name", [*OURS, "valuation_questions"])
def test_deal_day_shows_no_fact_known_later(deal_day, name):
    assert all(fact.known_since <= deal_day.as_of for fact in getattr(deal_day, name).facts)


def test_words_type_no_figure(ledger):
    for words in WORDS.values():
        free = re.sub(r"20\d\d|E09c", "", words.headline + words.instead + words.sum_means)
        assert not re.search(r"\d", free), free


def test_the_sum_that_made_the_headline_is_written_out(deal_day, latest):
    for case in (deal_day, latest):
        rows = case.press_forensics.data.set_index("Headline")
        assert rows.loc["A $45bn bid", "How it comes out"] == "$5bn + $10bn + $30bn = $45bn"
        assert rows.loc["A $45bn bid", "Spread"] == "3.0×"


def test_written_sums_add_up_in_print(latest):
    for text in latest.press_forensics.data["How it comes out"]:
        left, equals, right = text.partition(" = ")
        if not equals or "×" in left or "÷" in left:
            continue
        terms = re.findall(r"([+−]?) ?\$([\d,.]+)bn", left)
        total = sum(
            float(size.replace(",", "")) * (-1 if sign == "−" else 1) for sign, size in terms
        )
        assert total == pytest.approx(float(re.match(r"\$([\d,.]+)bn", right)[1].replace(",", "")))


def test_what_was_corrected_later_gives_way(deal_day, latest):
    then, now = (case.press_forensics.data.set_index("Headline") for case in (deal_day, latest))
    assert then.loc["A value of $350bn", "Use instead"].startswith("$183bn, the last price paid")
    assert "A value of $350bn" not in now.index
    assert (
        "$350bn before the money and $380bn after it"
        in now.loc["A value of $350bn to $355bn", "Use instead"]
    )


def test_the_table_links_to_the_pages_that_printed_the_figures(deal_day):
    shown = deal_day.press_forensics._repr_mimebundle_()["text/html"]
    assert 'href="https://www.webpronews.com/' in shown


def test_the_chart_leaves_out_what_no_logarithm_can_show(deal_day):
    exhibit = deal_day.press_spread
    drawn = exhibit.body.to_dict()["datasets"].values()
    amounts = [row["usd_bn"] for rows in drawn for row in rows if "usd_bn" in row]
    assert min(amounts) > 0
    assert "$15bn of investment: $0 instead, spread no floor" in exhibit.alt


def test_every_price_of_a_gigawatt_stands_in_the_ledger(ledger, deal_day, latest):
    assert set(GIGAWATT) <= set(ledger)
    assert "$20bn to $60bn" in deal_day.gigawatt_prices.title
    assert "$20bn to $100bn" in latest.gigawatt_prices.title


def test_marks_of_the_press_repeat_no_priced_round(latest):
    marks = latest.rounds_over_time.data.groupby("kind")["usd_bn"].apply(set)
    assert not marks["priced round"] & marks["press or talk, unconfirmed"]
    assert {350.0, 355.0, 1100.0, 1250.0} <= marks["press or talk, unconfirmed"]


def test_the_quarters_of_a_multiple_are_named(deal_day, latest):
    then, now = (case.price_as_multiple.data["Quarters"].tolist() for case in (deal_day, latest))
    assert then[4:6] == ["2025Q1 to 2025Q4", "2026Q1 to 2026Q4"]
    assert now[1:3] == ["2025Q3 to 2026Q2", "2026Q3 to 2027Q2"]


def test_bases_are_never_mixed(latest):
    rows = latest.price_as_multiple.data.set_index(["When", "Basis"])["Price is"]
    then = rows["On the day of Series H"]
    assert then["Run-rate"] == f"{965 / 47:.1f}×"
    assert then["Four quarters before"] == f"{latest.last_round_day_trailing_multiple:.1f}×"


def test_the_questions_on_value_are_all_there(latest):
    asked = ["S064", "S065", "S066", "S067", "S068", "S069", "X01", "X06", "X11"]
    assert list(latest.valuation_questions.data["Id"]) == asked


def test_answers_follow_the_ledger(deal_day, latest):
    then, now = (
        case.valuation_questions.data.set_index("Id")["Answer"] for case in (deal_day, latest)
    )
    # By hand: 15 of 350 and of 183 billion; 15 of 355.
    assert "4.3–8.2%" in then["S066"]
    assert "4.2–8.2%" in now["S066"]
    assert "How it is computed was not public" in then["X06"]
    assert "times 13" in now["X06"]
    assert "$5bn + $10bn + $30bn = $45bn" in then["X01"]


def test_the_entries_called_confirmed_are(ledger):
    named = ("alliance-msft-equity", "alliance-nvda-equity", "alliance-azure-commit")
    rounds = ("anthropic-val-series-f", "anthropic-val-series-g", "anthropic-val-series-h")
    assert {ledger[name].status for name in (*named, *rounds)} == {"confirmed"}


def test_a_day_between_the_sets_reads_as_well():
    case = Case("latest", as_of="2026-02-28")
    assert [each.name for each in case.priced_rounds] == ["Series E", "Series F", "Series G"]
    assert "Series G" in case.rounds_over_time.title
    assert case.valuation_questions.data["Answer"].str.len().min() > 20


def test_the_title_of_gigawatt_prices_spans_only_what_it_names(latest):
    # A year's cost lies below any price of building, so no span holds for all rows.
    title = latest.gigawatt_prices.title
    rows = latest.gigawatt_prices.data.query("`Pays for` == 'Building, with chips'")
    assert re.findall(r"\$\d+bn", title) == ["$20bn", "$100bn"]
    assert title.startswith(f"{len(latest.gigawatt_prices.data)} published prices")
    assert rows["Price"].str.contains(r"\$20bn|\$100bn").sum() == 2


def test_one_figure_rests_and_several_rest_on_a_round(deal_day, latest):
    told = [
        case.valuation_questions.data.set_index("Id").loc["S067", "Answer"]
        for case in (deal_day, latest)
    ]
    assert "1 rests on the pricing" in told[0]
    assert "4 rest on the pricing" in told[1]
