import re
from collections import Counter
from datetime import date

import pytest

from briefing.inputs.facts import TIERS, load_facts
from briefing.inputs.files import BadInput

ONE_FACT = """
- id: some-fact
  subject: nvidia
  counterparty: null
  kind: revenue
  value: 1
  unit: USD
  as_of: '2025-11'
  published: null
  known_since: '2025-11-20'
  status: confirmed
  source: {title: Page, publisher: Press, url: 'https://example.org/page', tier: press}
  note: What was said.
  priority: core
"""


PARTIES = """
- {id: nvidia, name: Nvidia, role: Chips}
- {id: openai, name: OpenAI, role: Models}
"""


@pytest.fixture
def facts_of(tmp_path):
    (tmp_path / "parties.yaml").write_text(PARTIES, encoding="utf-8")

    def load(text, name="alliance.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return load_facts(tmp_path)

    return load


LATER = {"power", "enterprise"}
"""Topics that chapters added, each from pages read for it."""


def collected(ledger):
    return [fact for fact in ledger.values() if fact.topic not in LATER]


def messages(load, text):
    with pytest.raises(BadInput) as refused:
        load(text)
    return "\n".join(refused.value.messages)


def test_the_ledger_holds_all_facts_that_were_collected(ledger):
    # 319 were collected; five more split off a part that an entry stated in passing. The chapters
    # on regulation and lock-in added thirty, a reader's doubt of a precedent one, and a reading of
    # what they say of the law three more.
    assert len(collected(ledger)) == 319 + 5 + 30 + 1 + 3
    assert {fact.topic for fact in collected(ledger)} == {
        "alliance", "anthropic", "unit_costs", "denominators", "network", "analogues", "regulation",
    }  # fmt: skip


def test_facts_on_power_were_read_for_the_build_out(ledger):
    # One more tells of the second site as it was told in the week before the deal.
    assert len(ledger.matching(topic="power")) == 31 + 1


def test_a_reader_of_deal_day_knows_the_facts_of_deal_day(ledger):
    # The count stands in the notes that came with the ledger; four of the five were public, and
    # seventeen of the thirty and all three on the law; one, of 3 November 2025, was first dated by
    # its month alone, and one by the end of the year that it measures. One is of the year 2000.
    assert len(collected(ledger.known_on(date(2025, 11, 21)))) == 141 + 4 + 17 + 3 + 1 - 1 + 1


MONTH = re.compile(
    r"(\w+) (?:\d+ )?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* (20\d\d)"
)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
AHEAD = {"from", "through", "until", "to", "by", "due", "gives"}
"""Words before a month that speak of a plan; a year alone may be one's too, so none is asked."""


def test_a_note_names_a_later_month_only_as_a_plan(ledger):
    for fact in ledger.values():
        for led_by, month, year in MONTH.findall(fact.note or ""):
            day = (int(year), MONTHS.index(month) + 1)
            known = (fact.known_since.year, fact.known_since.month)
            assert day <= known or led_by.lower() in AHEAD, fact.id


def test_a_note_tells_nothing_of_what_came_after_its_day(ledger):
    hindsight = re.compile(
        r"later (cut|lowered|raised|dropped)|since used|grown \w+ since|no later"
    )
    deal = re.compile(r"\b(this|the) (deal|alliance)\b|Microsoft-Anthropic", re.IGNORECASE)
    for fact in ledger.values():
        assert not hindsight.search(fact.note or ""), fact.id
        if fact.known_since < date(2025, 11, 18):
            assert not deal.search(fact.note or ""), fact.id


def test_what_a_year_measured_is_known_on_the_day_of_a_page_and_not_on_its_last(ledger):
    for kind in ("energy", "unit_cost"):
        for fact in ledger.matching(kind=kind).values():
            ends = {fact.as_of, f"{fact.as_of}-12-31"}
            assert fact.published or str(fact.known_since) not in ends, fact.id


def test_no_fact_is_known_before_its_day(ledger):
    for day in (date(2025, 11, 18), date(2026, 2, 12)):
        assert all(fact.known_since <= day for fact in ledger.known_on(day).values())


def test_a_fact_is_known_from_its_own_day_on(ledger):
    fact = ledger["alliance-azure-commit"]
    assert fact.id in ledger.known_on(date(2025, 11, 18))
    assert fact.id not in ledger.known_on(date(2025, 11, 17))


def test_a_page_younger_than_the_day_is_counted_as_one_that_relays(facts_of):
    day = date(2025, 11, 21)
    assert facts_of(ONE_FACT).reach(day) == ("2025-11-20", {}, 0)
    for published, later in (("2025-11-21", 0), ("2025-11", 0), ("2025-12", 1), ("2026-05-23", 1)):
        told = ONE_FACT.replace("published: null", f"published: '{published}'")
        assert facts_of(told).reach(day)[::2] == ("2025-11-20", later)


def test_money_is_stale_once_a_partner_has_reported_again(facts_of):
    dated = ONE_FACT.replace("published: null", "published: '2025-11-20'")
    price = dated.replace("some-fact", "a-price").replace("kind: revenue", "kind: cost")
    other = dated.replace("some-fact", "of-another").replace("subject: nvidia", "subject: openai")
    later = [
        text.replace("known_since: '2025-11-20'", "known_since: '2026-03-01'")
        for text in (price, other)
    ]
    reach = facts_of("".join([dated, *later])).reach(date(2026, 3, 1))
    assert reach.newest == "2026-03-01"
    assert reach.money == {"nvidia": "2025-11-20"}
    assert reach.stale_money(date(2026, 2, 20)) == []
    assert reach.stale_money(date(2026, 2, 21)) == [("nvidia", "2025-11-20")]


def test_a_topic_is_the_name_of_the_file(facts_of):
    assert facts_of(ONE_FACT, "network.yaml")["some-fact"].topic == "network"


def test_facts_are_frozen(ledger):
    with pytest.raises(ValueError, match="frozen"):
        ledger["alliance-azure-commit"].value = 1


def test_facts_are_found_by_their_words_and_fields(ledger):
    found = ledger.matching("take-or-pay", status="undisclosed")
    assert "undisclosed-duration" in ledger.matching("", kind="purchase_commitment")
    assert all(fact.status == "undisclosed" for fact in found.values())


def test_sources_nearest_to_what_happened_are_named_first(latest):
    """Whoever reads one source reads the best of those that the exhibit itself names."""
    tiers = [TIERS.index(fact.source.tier) for fact in latest.commitment_profile.facts]
    assert tiers == sorted(tiers)
    assert len({*tiers}) == 3


def test_a_month_counts_at_its_middle(facts_of):
    # From 1 October to 15 November are 45 days.
    assert facts_of(ONE_FACT)["some-fact"].as_of_years == pytest.approx(45 / 365.25)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("status: confirmed", "status: sure"), "some-fact.status"),
        (("unit: USD", "unit: EUR"), "some-fact.unit"),
        (("tier: press", "tier: rumour"), "some-fact.source.tier"),
        (("value: 1", "value: one"), "some-fact.value"),
        (("value: 1", "valeu: 1"), "some-fact.valeu: no such field here"),
        (("known_since: '2025-11-20'", ""), "some-fact.known_since: is missing"),
        (("value: 1", "low: 2\n  high: 1"), "low 2 must not exceed high 1"),
        (("https://example.org/page", "javascript:alert(1)"), "some-fact.source.url"),
        (("published: null", "published: 2025-99"), "some-fact.published: month must be in"),
        (("published: null", "published: 2025-13-01"), "line 9: not valid YAML: 2025-13-01 is no"),
        (("status: confirmed", "status: confirm"), "(given: 'confirm'); did you mean 'confirmed'?"),
        (("known_since: '2025-11-20'", "known_since: 1763596800"), "must be a day such as"),
        (("known_since: '2025-11-20'", "known_since: 2025-11-20 10:00:00"), "must be a day such"),
        (("value: 1", "value: 1\n  value: 2"), "key 'value' is given twice"),
    ],
)
def test_a_wrong_fact_is_named_with_its_file(facts_of, changed, told):
    text = messages(facts_of, ONE_FACT.replace(*changed))
    assert told in text
    assert "alliance.yaml" in text
    assert "nothing was built" in text


def test_the_counts_of_the_ledgers_own_readme_are_those_of_the_ledger(ledger, root):
    told = (root / "params" / "facts" / "README.md").read_text(encoding="utf-8")
    facts = list(ledger.values())
    pages = {fact.source.url or (fact.source.publisher, fact.source.title) for fact in facts}
    tiers = Counter(fact.source.tier for fact in facts)
    topics = Counter(fact.topic for fact in facts)
    early = sum(fact.known_since <= date(2025, 11, 21) for fact in facts)
    assert f"{len(facts)} entries in one file per topic, from {len(pages)} distinct pages" in told
    assert f"{tiers['primary']} entries cite a page tiered primary" in told
    assert f"press ({tiers['press']}) or relays ({tiers['secondary']})" in told
    assert f"{early} of {len(facts)} entries were known by 2025-11-21" in told
    (coverage,) = (line for line in told.splitlines() if line.startswith("alliance "))
    stated = (each.rsplit(" ", 1) for each in coverage.rstrip(".").split(" · "))
    assert {topic: int(count) for topic, count in stated} == topics


def test_an_id_given_twice_is_refused(facts_of):
    assert "an id must be unique" in messages(facts_of, ONE_FACT + ONE_FACT)


def test_an_empty_ledger_is_refused(tmp_path):
    with pytest.raises(BadInput, match="holds no facts"):
        load_facts(tmp_path)


@pytest.mark.parametrize("odd", ["!!bool foo", "!!int ''", "!!map [a, b]", "!!set [a]"])
def test_a_tag_that_does_not_fit_is_a_message(facts_of, odd):
    assert "not valid YAML" in messages(facts_of, f"id: {odd}")


@pytest.mark.parametrize(
    "deep", ["a: " + "[" * 100_000, "]" * 9 + "{a: " * 9_000, "- " * 9_000, "? " * 9_000]
)
def test_what_is_nested_too_deeply_is_a_message_and_not_the_end_of_the_process(facts_of, deep):
    assert "nested too deeply" in messages(facts_of, deep)


def test_lines_indented_too_deeply_are_a_message_too(facts_of):
    assert "nested too deeply" in messages(facts_of, "".join(f"{' ' * n}a:\n" for n in range(500)))


def test_a_file_that_would_not_be_read_is_named(facts_of, tmp_path):
    facts_of(ONE_FACT)
    (file,) = tmp_path.rglob("alliance.yaml")
    file.with_name("mine.yml").write_text(ONE_FACT.replace("some-fact", "other"))
    with pytest.raises(BadInput, match=r"mine\.yml: must end in \.yaml to be read"):
        load_facts(file.parent)


def test_yaml_cannot_run_code(facts_of, tmp_path):
    trap = tmp_path / "trapped"
    text = messages(facts_of, f"!!python/object/apply:os.mkdir ['{trap}']")
    assert "not valid YAML" in text
    assert not trap.exists()


def test_what_can_be_cancelled_states_its_notice_and_nothing_else_does(facts_of):
    contract = ONE_FACT + "  rung: cancellable\n"
    assert "notice_days" in messages(facts_of, contract)
    assert "notice_days" in messages(facts_of, ONE_FACT + "  rung: paid\n  notice_days: 90\n")
    assert facts_of(contract + "  notice_days: 90\n")["some-fact"].notice_days == 90
