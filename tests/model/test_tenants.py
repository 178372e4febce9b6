"""What a supplier puts into the lab that buys from it, beside what the lab promises."""

import numpy as np
import pytest

from briefing.exhibits.tenants import tenant_chart
from briefing.model.tenants import (
    azure_anthropic_promised_share,
    azure_openai_promised_share,
    azure_promised_share,
    tenancies,
)
from briefing.model.web import WebLeg


def leg(payer, payee, kind, usd, *facts):
    return WebLeg(payer, payee, kind, "firm", np.array([[usd / 4, usd * 3 / 4]]), facts)


LEGS = (
    leg("google", "anthropic", "equity", 10.0, "g-equity"),
    leg("softbank", "openai", "equity", 30.0, "s-equity"),
    leg("anthropic", "google", "purchase", 40.0, "g-buys"),
    leg("anthropic", "google", "purchase", 10.0, "g-more"),
    leg("openai", "oracle", "purchase", 90.0, "o-buys"),
    leg("nvidia", "openai", "loan", 6.0, "n-loan"),
    leg("oracle", "nvidia", "chips", 30.0, "o-buys"),
    leg("microsoft", "nvidia", "chips", 7.0),
    leg("meta", "coreweave", "purchase", 50.0, "m-buys"),
    leg("coreweave", "nvidia", "chips", 20.0, "m-buys"),
)


def test_each_lab_stands_beside_whom_it_buys_from_and_what_they_put_in():
    found = [
        (each.lab, each.supplier, each.is_direct, each.purchases_usd.item(), each.put_in_usd.item())
        for each in tenancies(LEGS)
    ]
    assert found == [
        ("anthropic", "google", True, 50.0, 10.0),
        ("openai", "oracle", True, 90.0, 0.0),
        ("openai", "nvidia", False, 30.0, 6.0),
        # Chips that name no fact serve the alliance's own customer.
        ("anthropic", "nvidia", False, 7.0, 0.0),
    ]


def test_cents_per_dollar_are_a_share_and_none_where_nothing_is_bought():
    shares = {(x.lab, x.supplier): x.put_in_share.item() for x in tenancies(LEGS)}
    assert shares["anthropic", "google"] == pytest.approx(0.2)
    assert shares["openai", "nvidia"] == pytest.approx(0.2)
    (none,) = tenancies((leg("openai", "oracle", "purchase", 0.0, "o-buys"),))
    assert np.isnan(none.put_in_share).all()


def test_its_facts_are_those_of_both_sides():
    assert tenancies(LEGS)[0].facts == ("g-buys", "g-more", "g-equity")


@pytest.mark.parametrize("firmness", ["firm", "expected", "headline"])
def test_nothing_that_labs_promise_is_lost_or_counted_twice(latest, firmness):
    case = latest.what_if(firmness=firmness)
    direct = sum(each.purchases_usd.sum() for each in case.tenancies if each.is_direct)
    labs = [case.web_parties.index(lab) for lab in ("anthropic", "openai")]
    chips = [x for x in case.web_legs if x.kind == "chips" and x.payer in ("anthropic", "openai")]
    assert chips == []
    assert direct == pytest.approx(case.web_operating_usd[0, labs].sum())


def test_many_draws_have_a_ratio_each(latest):
    drawn = latest.draws(5).tenancies
    assert {each.purchases_usd.shape[0] for each in drawn} <= {1, 5}
    assert any(each.put_in_share.shape == (5, 1) for each in drawn)


def test_the_chart_shows_what_the_tenancies_say(latest):
    data = latest.tenant_chart.data.set_index(["supplier", "lab"])
    google = data.loc["Google", "Anthropic"]
    web = {(x.payer, x.payee, x.kind): x.amount_usd.sum() for x in latest.web_legs}
    assert google.cents == pytest.approx(
        100 * web["google", "anthropic", "equity"] / web["anthropic", "google", "purchase"]
    )
    assert (data.low <= data.cents + 1e-9).all()
    assert (data.cents <= data.high + 1e-9).all()
    amazon = web["amazon", "openai", "equity"]
    bought = sum(x.amount_usd.sum() for x in latest.web_legs
                 if (x.payer, x.payee) == ("openai", "amazon"))  # fmt: skip
    assert f" to {100 * amazon / bought:.0f} cents" in latest.tenant_chart.title
    together = next(note for note in latest.tenant_chart.notes if note.startswith("Taken as one"))
    due = web["anthropic", "microsoft", "purchase"]
    own = web["microsoft", "anthropic", "equity"] + web["nvidia", "anthropic", "equity"]
    assert f" {100 * own / due:.0f} cents" in together


def test_where_nobody_pays_for_a_tenant_the_title_says_so(latest):
    unpaid = tuple(x._replace(put_in_usd=0 * x.put_in_usd) for x in latest.tenancies)
    chart = tenant_chart(unpaid, {"expected": unpaid}, latest.value("quarters"), latest.facts)
    assert chart.title == "No supplier is expected to put money into a lab that buys from it"
    assert set(chart.data.cents) == {0}


def test_azures_part_counts_clouds_and_no_makers_of_chips():
    legs = (
        leg("anthropic", "microsoft", "purchase", 30.0, "m"),
        leg("anthropic", "google", "purchase", 70.0, "g"),
        leg("openai", "microsoft", "purchase", 50.0, "o"),
        leg("openai", "amd", "purchase", 900.0, "a"),
        leg("microsoft", "nvidia", "chips", 800.0, "o"),
    )
    found = tenancies(legs)
    assert azure_anthropic_promised_share(found).item() == pytest.approx(0.3)
    assert azure_openai_promised_share(found).item() == pytest.approx(1.0)
    assert azure_promised_share(found).item() == pytest.approx(80 / 150)
    assert azure_promised_share(()).item() == 0
