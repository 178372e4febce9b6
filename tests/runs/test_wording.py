"""How changes are written."""

from dataclasses import replace

import pytest

from briefing.case import Case
from briefing.runs.changes import changed_assumptions
from briefing.runs.wording import ends_of


@pytest.mark.parametrize(
    ("name", "more", "told"),
    [
        ("azure_term_years", {"value": 4.0}, "5 years → 4 years"),
        ("azure_term_years", {"high": 9.0}, "3 years to 8 years → 3 years to 9 years"),
        ("discount_rate", {"value": 0.124}, "12% → 12.4%"),
        ("microsoft_equity_cap_usd", {"value": 5.01e9}, "5,000,000,000 → 5,010,000,000"),
    ],
)
def test_both_ends_of_a_change_can_be_told_apart(name, more, told):
    before = Case("deal_day")._parameters.assumptions
    after = {**before, name: replace(before[name], **more)}
    (change,) = changed_assumptions(before, after)
    assert ends_of(change) == told


def test_what_one_build_lacks_is_a_dash():
    before = Case("deal_day")._parameters.assumptions
    rest = {name: each for name, each in before.items() if name != "azure_term_years"}
    (change,) = changed_assumptions(before, rest)
    assert ends_of(change) == "5 years → —"
