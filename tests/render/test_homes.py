"""Printed numbers lead to their rows, and only those that are what they seem."""

import re

import pytest
from nbformat.v4 import new_notebook

from briefing.case import Case
from briefing.render.document import FIGURES, REGISTER, Printed, parse_markdown
from briefing.render.homes import Homes, Leads
from briefing.render.html import BriefingHTMLExporter, _prose

FIGURE = Printed("4.4%", "own_share", "Own share", "figure")
ASSUMPTION = Printed("$30bn", "azure_commitment_usd", "Azure commitment", "assumption")
HOME = Homes({FIGURES: "#e41c", REGISTER: "briefing.html#e41"})


LINK = r'<a href="?([^" >]*)"?( title="?[^">]*"?)?>([^<]*)</a>'


def addresses(markup):
    found = ((each[1], each[3]) for each in re.finditer(LINK, markup))
    return [each for each in found if not each[0].startswith("http")]


def homes_of(page):
    """Addresses and words of what leads home: from cells, or with a title; facts by their ids."""
    cells = "".join(re.findall(r"<t[dh]\b.*?(?=<t[dhr]|</table)", page, re.DOTALL))
    titled = (found for found in re.finditer(LINK, page) if found[2])
    found = {*addresses(cells), *((found[1], found[3]) for found in titled)}
    return {
        (to, text) for to, text in found if not to.startswith("#fact-") or to == f"#fact-{text}"
    }


def test_a_number_leads_to_its_row_wherever_the_register_stands():
    led = Leads([FIGURE, ASSUMPTION], HOME).text("Of $30bn, 4.4%.")
    assert addresses(led) == [
        ("briefing.html#assumption-azure-commitment-usd", "$30bn"), ("#figure-own-share", "4.4%"),
    ]  # fmt: skip
    assert re.sub("<[^>]*>", "", led) == "Of $30bn, 4.4%."


@pytest.mark.parametrize("text", ["14.4%", "$4.4%", "−4.4%", "4.4%5", "1,4.4%", "44%", "v4.4%"])
def test_a_part_of_another_number_leads_nowhere(text):
    assert Leads([FIGURE], HOME).text(text) == text


def test_the_upper_end_of_a_range_is_a_number():
    assert addresses(Leads([FIGURE], HOME).text("0–4.4%")) == [("#figure-own-share", "4.4%")]


def test_both_ends_of_a_range_lead_home_though_their_unit_stands_once():
    low = Printed("1 GW", "low_gw", "Low", "figure")
    high = Printed("1.27 GW", "high_gw", "High", "figure")
    led = addresses(Leads([low, high], HOME).text("1 to 1.27 GW, and 1 to 2 TWh, 1 of 3"))
    assert led == [("#figure-low", "1"), ("#figure-high", "1.27 GW")]
    other = Printed("1 TWh", "other", "Other", "figure")
    assert len(addresses(Leads([low, high, other], HOME).text("1 to 1.27 GW"))) == 1


def test_without_a_register_in_reach_and_in_hostile_text_nothing_is_linked(hostile):
    assert Leads([FIGURE], Homes({})).text("4.4%") == "4.4%"
    assert "<script>" not in Leads([FIGURE], HOME).text(f"{hostile} 4.4%")


def test_an_exhibit_named_in_words_is_a_link_where_it_is_in_reach():
    near = Homes({"E05": "#e05", "E21d": "briefing.html#e21d"})
    led = Leads([], near).text("See E05, (E21d) and E21; not E055, XE05 or E05.4.")
    assert addresses(led) == [("#e05", "E05"), ("briefing.html#e21d", "E21d")]
    assert Leads([], Homes({})).text("See E05.") == "See E05."


def test_nothing_is_led_home_from_within_an_address():
    led = Leads([FIGURE], Homes({**HOME.anchors, "E05": "#e05"}))
    told = "4.4% by https://example.org/E05/4.4%?E05=E05 (E05)"
    assert addresses(led.text(told)) == [("#figure-own-share", "4.4%"), ("#e05", "E05")]


def test_in_prose_links_are_left_alone_and_the_rest_leads_home():
    tokens = parse_markdown("**4.4%** of [4.4%](https://example.org) and `4.4%`")
    html = _prose(tokens, Leads([FIGURE], HOME))
    assert addresses(html) == [("#figure-own-share", "4.4%")]
    assert "<strong><a" in html
    assert '<a href="https://example.org">4.4%</a>' in html


@pytest.mark.parametrize("name", ["deal_day", "latest"])
def test_what_leads_home_is_there_and_is_printed_there(name, shown, case_cell):
    case = Case(name)
    names = [
        "key_takeaways", "valuation_answer", "assumption_register", "source_register",
        "figure_register",
    ]  # fmt: skip
    cells = [case_cell(title="T"), *(shown(getattr(case, each)) for each in names)]
    page = BriefingHTMLExporter().from_notebook_node(new_notebook(cells=cells))[0]
    found = [(address, text) for address, text in homes_of(page) if address.startswith("#")]
    assert len(found) >= 8
    for address, text in found:
        row = re.search(rf"<tr id={address[1:]}>(?:(?!<tr|</table).)*", page)
        assert row, address
        assert text in row[0]
    facts = {text for address, text in found if address.startswith("#fact-")}
    assert facts == {
        fact.id for each in case.value("parameters").assumptions.values() for fact in each.facts
    }
