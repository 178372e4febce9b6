from datetime import date

import pytest

from briefing.inputs.facts import load_facts
from briefing.inputs.files import BadInput
from briefing.inputs.parties import day_after, first_day, payments

PAYMENT = """
- id: {id}
  subject: nvidia
  counterparty: openai
  kind: equity_investment
  value: 10
  unit: USD
  binding: firm
  as_of: '2026-01'
  published: null
  known_since: '{known_since}'
  status: confirmed
  source: {{title: Page, publisher: Press, tier: press}}
  note: What was said.
  priority: core
  supersedes: [{supersedes}]
"""

PARTIES = """
- {id: nvidia, name: Nvidia, role: Chips}
- {id: openai, name: OpenAI, role: Models}
"""


def payment(id="some-deal", known_since="2026-01-31", supersedes=""):
    return PAYMENT.format(id=id, known_since=known_since, supersedes=supersedes)


@pytest.fixture
def load(tmp_path):
    def load_text(text, parties=PARTIES):
        (tmp_path / "parties.yaml").write_text(parties, encoding="utf-8")
        (tmp_path / "network.yaml").write_text(text, encoding="utf-8")
        return load_facts(tmp_path)

    return load_text


def test_every_party_of_the_ledger_is_in_the_register(ledger):
    named = {fact.subject for fact in ledger.values()} | {f.counterparty for f in ledger.values()}
    assert named - {None} <= set(ledger.parties)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("subject: nvidia", "subject: nvidea"), "no party 'nvidea' in parties.yaml; did you mean"),
        (("unit: USD", "unit: null"), "needs a currency"),
        (("unit: USD", "unit: GW"), "needs a currency"),
        (("value: 10", "value: -10"), "must not be negative"),
        (("as_of: '2026-01'", "as_of: null"), "needs a date"),
        (("counterparty: openai", "counterparty: nvidia"), "payer and payee must differ"),
        (("unit: USD", "unit: USD/year"), "needs start and end"),
        (("value: 10", "value: 10\n  start: 2027\n  end: '2026'"), "must come before end"),
        (("value: 10", "value: 10\n  start: soon"), "some-deal.start"),
        (("value: 10", "value: 10\n  start: 2026-13"), "some-deal.start"),
        (("source: {title: Page, publisher: Press, tier: press}", ""), "source: is missing"),
        (("supersedes: []", "supersedes: [other-deal]"), "supersedes names no fact 'other-deal'"),
        (("supersedes: []", "supersedes: [some-deal]"), "must not supersede itself"),
    ],
)
def test_a_payment_that_cannot_be_followed_is_refused(load, changed, told):
    with pytest.raises(BadInput) as refused:
        load(payment().replace(*changed))
    message = "\n".join(refused.value.messages)
    assert told in message
    assert "network.yaml: some-deal" in message
    assert "nothing was built" in message


@pytest.mark.parametrize(
    ("parties", "told"),
    [
        (PARTIES + "- {id: nvidia, name: Nvidia, role: Chips}", "an id must be unique"),
        (PARTIES + "- {id: x, name: X, role: Cloud, chips_from: nvidea}", "chips_from names no"),
        (PARTIES + "- {id: x, name: X}", "x.role: is missing"),
        ("nvidia: Nvidia", "must be a list of parties"),
    ],
)
def test_a_wrong_register_is_refused(load, parties, told):
    with pytest.raises(BadInput, match=r"parties\.yaml") as refused:
        load(payment(), parties)
    assert told in str(refused.value)


def test_a_ledger_without_a_register_is_refused(tmp_path):
    (tmp_path / "network.yaml").write_text(payment(), encoding="utf-8")
    with pytest.raises(BadInput, match="nobody knows who pays whom"):
        load_facts(tmp_path)


def test_a_promise_counts_until_a_known_fact_supersedes_it(load):
    facts = load(payment("old") + payment("new", known_since="2026-06-30", supersedes="old"))
    before, after = (facts.known_on(date(2026, month, 30)).values() for month in (4, 6))
    assert [fact.id for fact in payments(before)] == ["old"]
    assert [fact.id for fact in payments(after)] == ["new"]


def test_no_deal_of_the_ledger_is_counted_twice(ledger):
    # What facts/README.md lists as double-count traps.
    counted = {fact.id for fact in payments(ledger.values())}
    assert not {"nvda-openai-loi", "softbank-openai", "anthropic-series-h-hyperscaler"} & counted
    assert not {"google-backs-anthropic-35b", "anthropic-spacex-monthly"} & counted
    assert {id for id in counted if "azure" in id} == {"alliance-azure-commit"}


def test_a_disputed_or_undisclosed_promise_is_no_payment(load):
    for status in ("disputed", "undisclosed"):
        assert not payments(
            load(payment().replace("status: confirmed", f"status: {status}")).values()
        )


def test_periods_are_as_long_as_their_names_say():
    spans = {"2026": 365, "2026-H1": 181, "2026-Q3": 92, "2024-02": 29, "2026-12-31": 1}
    for period, days in spans.items():
        assert (day_after(period) - first_day(period)).days == days
