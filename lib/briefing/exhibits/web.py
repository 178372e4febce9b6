"""Exhibits of the web: who promised what to whom, what runs in circles, and whose money it is."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.flow_map import Flow, flow_map, pays
from briefing.exhibits.palette import BLUE, GREEN, ORANGE
from briefing.exhibits.readings import READINGS
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, percent, percent_span, years
from briefing.inputs.facts import Fact, Ledger
from briefing.model.measures.loops import TimedLoop
from briefing.model.measures.null_model import NullModel
from briefing.model.network import NetworkMeasures
from briefing.model.web import CHIPS, FINANCING, WebLeg

Array = np.ndarray

KINDS = {"Equity": BLUE, "Purchases": ORANGE, "Chips": GREEN}

RING = (
    "openai", "microsoft", "amazon", "google", "anthropic", "nvidia", "amd", "coreweave",
    "oracle", "softbank",
)  # fmt: skip
"""Parties of the map clockwise from the top; smaller ones share one circle."""

OTHERS = "Other parties"

SMALLEST_ON_MAP_USD = 1e9


def _kind(leg: WebLeg) -> str:
    if leg.kind in FINANCING:
        return "Equity"
    return "Chips" if leg.kind == CHIPS else "Purchases"


def _facts_of(web_legs: tuple[WebLeg, ...], facts: Ledger) -> tuple[Fact, ...]:
    named = dict.fromkeys(name for leg in web_legs for name in leg.facts)
    return tuple(facts[name] for name in named)


def web_map(web_legs: tuple[WebLeg, ...], facts: Ledger) -> Exhibit:
    """E02b: every announced payment of the wider web, expected amounts."""
    totals: dict[tuple[str, str, str], float] = {}
    for leg in web_legs:
        payer, payee = (
            facts.parties[party].name if party in RING else OTHERS
            for party in (leg.payer, leg.payee)
        )
        key = payer, payee, _kind(leg)
        if payer != payee:
            totals[key] = totals.get(key, 0.0) + float(np.sum(leg.amount_usd))
    flows = [Flow(*key, amount) for key, amount in totals.items() if amount >= SMALLEST_ON_MAP_USD]
    used = {flow.payer for flow in flows} | {flow.payee for flow in flows}
    roles = {facts.parties[party].name: facts.parties[party].role for party in RING} | {
        OTHERS: "Smaller in the web"
    }
    purchases = sum(flow.amount_usd for flow in flows if flow.kind == "Purchases")
    equity = sum(flow.amount_usd for flow in flows if flow.kind == "Equity")
    frame = pd.DataFrame([vars(flow) for flow in flows]).drop(columns="label")
    return Exhibit(
        id="E02b",
        title=f"The wider web: {money(equity)} of equity beside {money(purchases)} of "
        "promised purchases",
        body=flow_map(flows, {name: role for name, role in roles.items() if name in used}, KINDS),
        alt="; ".join(
            f"{pays(f.payer)} {f.payee} {money(f.amount_usd)} ({f.kind})"
            for f in sorted(flows, key=lambda flow: -flow.amount_usd)[:14]
        ),
        data=frame,
        notes=(
            "Promises of the ledger as known on the briefing's date, expected reading, up to 2035, "
            "each counted once; the alliance's own legs come from the model. Commitments are no "
            "payments yet, and power without a price is left out. Flows below "
            f"{money(SMALLEST_ON_MAP_USD)} are not drawn.",
            "Chips are what clouds would pay for chips to serve these purchases, at the share that "
            "follows from price, rent and life of a gigawatt; that they come from Nvidia is our "
            "reading where the ledger is silent.",
        ),
        facts=_facts_of(web_legs, facts),
    )


def web_sellers_table(
    web_sales_usd: Array,
    web_sales_usd_by_firmness: Mapping[str, Array],
    web_direct_revenue_share_by_firmness: Mapping[str, Array],
    web_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    web_backed_revenue_share_by_firmness: Mapping[str, Array],
    web_self_funded_revenue_share_draws: Array,
    web_return_share: Array,
    web_parties: tuple[str, ...],
    web_legs: tuple[WebLeg, ...],
    facts: Ledger,
) -> Exhibit:
    """E03g: own and other investors' money in each seller's sales inside the web."""
    sales, draws = web_sales_usd[0], web_self_funded_revenue_share_draws
    shown = [index for index in np.argsort(-sales) if sales[index] > 1e9]
    low, mean, high = (
        np.quantile(draws, 0.1, axis=0), draws.mean(axis=0), np.quantile(draws, 0.9, axis=0)
    )  # fmt: skip

    def span(index: int) -> str:
        return percent_span(float(low[index]), float(high[index]))

    def spread(values: Mapping[str, Array], index: int) -> str:
        readings = [values[reading][0, index] for reading in READINGS]
        return percent_span(min(readings), max(readings))

    frame = pd.DataFrame(
        [
            {
                "Seller": facts.parties[web_parties[index]].name,
                "Sales in the web": money(sales[index]),
                "Own, direct": spread(web_direct_revenue_share_by_firmness, index),
                "Own, all paths": spread(web_self_funded_revenue_share_by_firmness, index),
                "Own, draws": f"{percent(mean[index])} ({span(index)})"
                if mean[index]
                else percent(0),
                "Any investor's": spread(web_backed_revenue_share_by_firmness, index),
                "Comes back": percent(web_return_share[0, index]),
            }
            for index in shown
        ]
    )
    expected = web_self_funded_revenue_share_by_firmness["expected"][0]
    top = max(shown, key=lambda index: expected[index])
    backed = web_backed_revenue_share_by_firmness["expected"][0]
    return Exhibit(
        id="E03g",
        title=f"Of all sellers {facts.parties[web_parties[top]].name}'s own money weighs most, "
        f"{percent(expected[top])} of its expected sales at point values; any investor's money is "
        f"up to {percent(max(backed[i] for i in shown))} of a seller's",
        body=table(frame, numbers=list(frame.columns[1:]), stub="Seller"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Pro rata, steady flows to 2035, as if every promise were kept and whatever a party "
            "lacks came from outside the web; ranges run over firm, expected and headline. Own, "
            "draws: mean and eight in ten of the expected reading's draws.",
            "From outside comes no more than the promises need beyond members' money: what "
            "customers pay a lab for all else is left out, where E03 counts all of Anthropic's. "
            "With it in the purse, parts of its suppliers would be several times smaller.",
            "Direct: the seller's money to a customer and straight back. All paths: through other "
            "parties too, such as Nvidia's equity in a lab that pays a cloud that buys chips.",
            "Comes back: chance that a dollar which the seller pays into the web ever returns.",
        ),
        facts=_facts_of(web_legs, facts),
    )


def network_measures_table(
    alliance_measures_by_firmness: Mapping[str, NetworkMeasures],
    web_measures_by_firmness: Mapping[str, NetworkMeasures],
    web_chance: NullModel,
    web_legs: tuple[WebLeg, ...],
    facts: Ledger,
) -> Exhibit:
    """E03e: what the network measures of the literature say, and whether it is chance."""
    labels = {
        "circulation_share": "Largest part that can run in circles",
        "forwarding_share": "Part in circles if all is passed on in proportion",
        "cycling_share": "Finn index: money that comes past again",
        "hierarchy_share": "Part on no circle (flow hierarchy)",
        "incoherence_share": "Trophic incoherence: 0 downhill, 1 balanced",
        "loop_share": "Hodge loops of three and more",
    }
    networks = {"Alliance": alliance_measures_by_firmness, "Web": web_measures_by_firmness}
    frame = pd.DataFrame(
        [
            {"Measure": label}
            | {
                f"{network}, {reading.lower()}": percent(getattr(values[key], field).item())
                for network, values in networks.items()
                for key, reading in READINGS.items()
            }
            for field, label in labels.items()
        ]
    )
    circular = web_measures_by_firmness["expected"].circulation_share.item()
    chance = web_chance.share_at_least
    low, high = (float(np.quantile(web_chance.values, at)) for at in (0.1, 0.9))
    beyond = "more" if chance < 0.05 else "not clearly more"
    is_blind = len({percent(share) for share in (low, circular, high)}) == 1
    return Exhibit(
        id="E03e",
        title=f"{percent(circular)} of the web's payments can run in circles"
        + (
            f"; with so few deals redrawn partners give the same {percent(low)}, so chance cannot "
            "be told apart"
            if is_blind
            else f", {beyond} than among partners drawn by chance"
        ),
        body=table(frame, numbers=list(frame.columns[1:]), stub="Measure"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "These describe shape and say nothing of whose money a dollar is. Stocks of promises "
            "are spread over their term and then taken as steady. Hodge nets out pairs, so "
            "equity for compute between two parties vanishes in it.",
            "By chance: partners drawn anew within equity, purchases and chips, with everybody's "
            "number of partners and totals kept (Maslov and Sneppen 2002, biproportional fit): "
            f"eight webs in ten lie between {percent(low)} and {percent(high)}, and "
            f"{percent(chance)} of all are at least as circular. With so few deals this test is "
            f"weak{', and here it tests nothing' if is_blind else ''}.",
        ),
        facts=_facts_of(web_legs, facts),
    )


def loops_table(
    web_loops: tuple[TimedLoop, ...],
    web_parties: tuple[str, ...],
    quarters: tuple[str, ...],
    web_legs: tuple[WebLeg, ...],
    facts: Ledger,
) -> Exhibit:
    """E03f: circles of money whose legs can follow each other in time, largest first."""
    found = web_loops[:10]
    names = [facts.parties[party].name for party in web_parties]
    frame = pd.DataFrame(
        [
            {
                "Circle, in order of time": " → ".join(names[party] for party in loop.parties)
                + f" → {names[loop.parties[0]]}",
                "Narrowest leg": money(loop.bottleneck),
                "Begins": quarters[min(max(int(loop.start_years * 4), 0), len(quarters) - 1)],
                "Closes after": years(loop.lag_years) if loop.lag_years else "at once",
            }
            for loop in found
        ],
        columns=["Circle, in order of time", "Narrowest leg", "Begins", "Closes after"],
    )
    return Exhibit(
        id="E03f",
        title=f"{len(web_loops)} circles of money can close in time; the widest leaves "
        f"{money(found[0].bottleneck)} room"
        if found
        else "No circle of money can close in time",
        body=table(frame, numbers=["Narrowest leg"]),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "A circle counts when each payment can follow the one before it and the circle begins "
            "with an investor's money; it has at most five legs and counts once, wherever it may "
            "begin. The narrowest leg bounds what can go round; legs are shared "
            "between circles, so the rows must not be added up.",
            "Up to ten are shown, point values; chips count as paid together with the purchases "
            "that they serve.",
        ),
        facts=_facts_of(web_legs, facts),
    )


def web_answer(
    web_measures: NetworkMeasures,
    web_sales_usd: Array,
    web_external_usd: Array,
    web_financing_usd: Array,
    web_operating_usd: Array,
    web_parties: tuple[str, ...],
) -> Exhibit:
    """How much of the web's promises other members of the web pay for."""
    labs = [web_parties.index(lab) for lab in ("anthropic", "openai") if lab in web_parties]
    promised = web_operating_usd[0, labs].sum()
    equity = web_financing_usd[0, :, labs].sum()
    outside, sold = web_external_usd[0, labs].sum(), web_sales_usd[0, labs].sum()
    return Exhibit(
        title="The wider web",
        body=(
            f"OpenAI and Anthropic have promised **{money(promised)}** of purchases in the "
            "expected reading; members of the web have announced or intend for them "
            f"**{money(equity)}** of equity and {money(sold)} of purchases of their own. The other "
            f"**{money(outside)}** must come from outside of the web: customers, lenders, older "
            "cash and other investors. In that reading at most "
            f"**{percent(web_measures.circulation_share.item())}** of all payments can run in "
            "circles."
        ),
    )
