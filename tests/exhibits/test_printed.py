"""What a printed number may stand for."""

from briefing.exhibits.figures import Figure
from briefing.exhibits.printed import Meaning, meanings


def figure(name, **numbers):
    return Figure(
        name=name, group="", meaning="What it is.", assumptions=(), is_headline=False, **numbers
    )


def test_a_printed_number_is_found_wherever_it_stands(ledger):
    figures = [
        figure("margin_share", value=0.78, median=0.784, low=0.5, high=0.9),
        figure("bundle_usd", value=-30e9, median=-1e9, low=-50e9, high=30e9),
    ]
    facts = [ledger["alliance-azure-commit-press"], ledger["util-mfu"]]
    found = {
        text: list(meanings(text, figures, (), facts))
        for text in ("78%", "-$30bn", "−$30bn", "$30 bn", "45%", "46%")
    }
    about = "What it is."
    assert found["78%"] == [Meaning("margin_share", "central case, middle of the draws", about)]
    assert found["-$30bn"] == [Meaning("bundle_usd", "central case", about)] == found["−$30bn"]
    assert [(each.name, each.which) for each in found["$30 bn"]] == [
        ("bundle_usd", "high end"), ("alliance-azure-commit-press", "fact"),
    ]  # fmt: skip
    assert [each.name for each in found["45%"]] == ["util-mfu"]
    assert found["46%"] == []


def test_a_case_tells_what_its_numbers_are_printed_as(deal_day):
    likely = deal_day.assumptions("azure_term_years")[0]
    found = deal_day.printed(f"{likely.value:g} years").set_index("name")
    assert "most likely" in found.loc["azure_term_years", "which"]
    assert found.loc["azure_term_years", "about"] == f"Assumption. {likely.reason}"
