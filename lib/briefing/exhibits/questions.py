"""The article's questions on circularity, each with its computed answer and where it is shown."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, opening, percent, percent_span, years
from briefing.model.network import NetworkMeasures

Array = np.ndarray


def circularity_questions(
    lower_self_funded_revenue_share: Array,
    self_funded_revenue_share: Array,
    upper_self_funded_revenue_share: Array,
    lower_customer_funded_revenue_share: Array,
    customer_funded_revenue_share: Array,
    upper_customer_funded_revenue_share: Array,
    upper_investor_funded_revenue_share: Array,
    round_trip_share: Array,
    round_trip_lag_years: Array,
    peak_self_funded_years: Array,
    traced_return_usd: Array,
    microsoft_equity_cap_usd: Array,
    nvidia_equity_cap_usd: Array,
    azure_commitment_usd: Array,
    alliance_measures: NetworkMeasures,
    web_measures: NetworkMeasures,
    web_backed_revenue_share: Array,
    labs_due_usd: Array,
    labs_paid_without_funding_usd: Array,
    anthropic_unfunded_share: Array,
    openai_unfunded_share: Array,
    labs_paid_without_funding_share: Array,
    anthropic_paid_by_customers_share: Array,
    openai_paid_by_customers_share: Array,
    hit_twice: Array,
    customer_loop_gain_multiple_draws: Array,
    customer_loop_gain_multiple: Array,
    critical_run_rate_multiple: Array,
    capital_loop_gain_multiple: Array,
    runway_years: Array,
    anthropic_commitments_usd: Mapping[str, Array],
    anthropic_need_usd: Array,
    web_parties: tuple[str, ...],
    quarters: tuple[str, ...],
) -> Exhibit:
    """E03h: every question of the article that this chapter answers, with the number."""
    own = percent_span(
        lower_self_funded_revenue_share.item(), upper_self_funded_revenue_share.item()
    )
    customers = percent_span(
        lower_customer_funded_revenue_share.item(), upper_customer_funded_revenue_share.item()
    )
    circular = web_measures.circulation_share.item()
    gain = customer_loop_gain_multiple.item()
    above = percent(float(np.mean(customer_loop_gain_multiple_draws > 1)))
    pledged = microsoft_equity_cap_usd.item() + nvidia_equity_cap_usd.item()
    backed = web_backed_revenue_share[0, web_parties.index("nvidia")]
    peak = quarters[round(peak_self_funded_years.item() * 4)]
    lag = round_trip_lag_years.item()
    when = (
        f"Equity leaves first; what returns has been away {years(lag)} on average, and its "
        f"share peaks in {peak}."
        if np.isfinite(lag)
        else "None of Microsoft's equity returns under the commitment."
    )
    promised = sum(usd.item() for usd in anthropic_commitments_usd.values())
    runs_out = (
        "In the central case known money covers what the model says Anthropic needs."
        if np.isinf(runway_years.item())
        else f"Known money covers what Anthropic needs for {years(runway_years.item())}."
    )
    twice = int(hit_twice[0].sum())
    hit = "1 party loses" if twice == 1 else f"{twice or 'no'} parties lose"
    rows = [
        ("S001", "Is it one closed loop?", f"No: {percent(alliance_measures.circulation_share.item())} of the partners' payments to one another can run in circles, {percent(circular)} in the wider web.", "E02, E03e"),
        ("S003", "Which systemic risks, how large?", f"{opening(hit)} sales and stakes together; labs could pay {percent(labs_paid_without_funding_share.item())} of what they promised without new equity: from customers alone Anthropic {percent(anthropic_paid_by_customers_share.item())} of its part, OpenAI {percent(openai_paid_by_customers_share.item())}.", "E05, E16"),
        ("S015", "Is it a textbook circular structure?", f"Equity for purchases, yes. Microsoft's own money is {own} of its receipts, {percent(self_funded_revenue_share.item())} pro rata.", "E03"),
        ("S016", "What does that do to value?", f"A dollar more on Anthropic's price brings back {100 * gain:.0f} cents through customers; a dollar more on the investors' own market value {100 * capital_loop_gain_multiple.item():.2g} cents without them.", "E17, E08, E11"),
        ("S017", "Is it sustainable?", f"{runs_out} Of what labs promised for the coming years known money covers {percent(1 - anthropic_unfunded_share.item())} of Anthropic's part and {percent(1 - openai_unfunded_share.item())} of OpenAI's, whose cash is not known.", "E05, E12"),
        ("S018", "Is there regulatory risk?", "It rests on law and on where markets end, not on flows; the chapter on regulation shows both.", "E27, E28"),
        ("S019", "Stable, or a loop that amplifies?", f"Gain {gain:.2f} at the last round's price, above one in {above} of draws; the threshold is {critical_run_rate_multiple.item():.0f} times run-rate.", "E17"),
        ("S055", "How much returns as purchases?", f"{money(traced_return_usd.item())} pro rata of Microsoft's equity; the press ratio says {percent(round_trip_share.item())}.", "E03"),
        ("S056", "When does it leave and return?", when, "E02, E03c"),
        ("S057", "Does capital inflate revenue?", f"Investors' equity of the alliance is at most {percent(upper_investor_funded_revenue_share.item())} of Azure's receipts under the commitment.", "E04"),
        ("S058", "Are valuations backed by organic adoption?", f"Not settled by tracing: customers' money is {customers} of the receipts, {percent(customer_funded_revenue_share.item())} pro rata.", "E03, E08, E11"),
        ("S059", "Genuine or capital-driven demand?", f"Without any new equity labs could pay {money(labs_paid_without_funding_usd.item())} of {money(labs_due_usd.item())}: from customers' money, and Anthropic's from its cash as well.", "E05"),
        ("S060", "Supplier, customer and investor at once?", "Yes, in the circles listed; whether competition law minds cannot be read from flows.", "E03f, E28"),
        ("S061", "Did the shares fall because of it?", "Not computable: other news fell on the same day, and a test needs daily prices of the shares and their market, which are not in the ledger.", "E35"),
        ("S062", "Will commitments become profit?", "Only assumed margins can say: the sellers' own on this capacity are undisclosed.", "E21, E22, E06"),
        ("S063", "Does financing purchases amplify cycles?", f"Any web investor's money is {percent(backed)} of Nvidia's sales in the web, pro rata; see then and now.", "E03g, E44"),
        ("X01", "Is $45bn a double count?", f"Yes: {money(pledged)} of equity and {money(azure_commitment_usd.item())} of purchases run in opposite directions, and part of the second is the first.", "E03, E09"),
        ("X02", "Does Nvidia's filing promise the money?", "No: it gives no assurance of completion, so the firm reading counts only what was reported as paid.", "E01, E03"),
        ("X03", "All of Anthropic's commitments against its need?", f"{money(promised)} of announced commitments in the expected reading, {money(anthropic_need_usd.item())} of compute that the model needs in the same years.", "E02b, E12b"),
        ("X07", "Who loses sales and stakes together?", f"{int(hit_twice[0].sum())} parties, named in the table.", "E16"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["Id", "Question", "Answer", "Shown in"])
    open_ = sum(answer.startswith("Not computable") for _, _, answer, _ in rows)
    return Exhibit(
        id="E03h",
        title=f"{len(rows)} questions of the article on circularity: {len(rows) - open_} have an "
        f"answer, {open_} cannot be computed from what is known here",
        body=table(frame, stub="Id"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=("Expected reading and point values; ranges stand in the exhibits named.",),
    )
