"""Contagion: what is left of the sellers' revenue when funding stops, and who is hit twice?

Scenario arithmetic over a stated window, no forecast: labs pay what they promised from what their
customers leave them, the web is cleared again without investors' money, and what cannot be paid is
lost in default, sold again to others, or ended for a fee. Money is (draws, parties).
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from briefing.model.concentration import HOLDINGS, PARTIES, Held
from briefing.model.deal import QUARTER_YEARS
from briefing.model.measures.clearing import clearing
from briefing.model.measures.crossholdings import cross_holdings, failure_waves
from briefing.model.measures.debtrank import debtrank
from briefing.model.measures.flows import summed_flows
from briefing.model.measures.schedules import spread_share
from briefing.model.web import ALLIANCE, CHIPS, FINANCING, WebLeg

if TYPE_CHECKING:
    from briefing.inputs.facts import Fact, Ledger

Array = np.ndarray

LABS = ("anthropic", "openai")
"""Parties that pay their commitments from customers' and investors' money; others pay in full."""


def stress_window_share(
    quarter_start_years: Array,
    years_to_as_of: Array,
    stress_start_years: Array,
    stress_length_years: Array,
) -> Array:
    """Part of each quarter that lies in the window after funding stops."""
    start = years_to_as_of + stress_start_years
    in_window = spread_share(quarter_start_years, QUARTER_YEARS, start, stress_length_years)
    return in_window * np.maximum(stress_length_years, QUARTER_YEARS) / QUARTER_YEARS


def purchases_due_usd(
    web_legs: tuple[WebLeg, ...], web_parties: tuple[str, ...], stress_window_share: Array
) -> Array:
    """Purchases promised for the window, (draws, payers, payees), without clouds' chips."""
    purchases = [leg for leg in web_legs if leg.kind == "purchase"]
    return summed_flows(purchases, web_parties, stress_window_share)


def chips_due_usd(
    web_legs: tuple[WebLeg, ...], web_parties: tuple[str, ...], stress_window_share: Array
) -> Array:
    """Chips that clouds would buy in the window to serve those purchases."""
    chips = [leg for leg in web_legs if leg.kind == CHIPS]
    return summed_flows(chips, web_parties, stress_window_share)


def anthropic_customers_leave_usd(
    revenue_usd: Array,
    operating_expense_usd: Array,
    cost_of_revenue_usd: Array,
    cost_of_revenue_compute_share: Array,
    stress_window_share: Array,
) -> Array:
    """What Anthropic's customers leave for compute in the window, less than nothing if little."""
    other_costs = operating_expense_usd + cost_of_revenue_usd * (1 - cost_of_revenue_compute_share)
    return np.sum((revenue_usd - other_costs) * stress_window_share, axis=-1, keepdims=True)


def anthropic_means_usd(anthropic_customers_leave_usd: Array, cash_at_as_of_usd: Array) -> Array:
    """What Anthropic's customers and its cash leave for compute in the window."""
    return np.maximum(anthropic_customers_leave_usd + cash_at_as_of_usd, 0.0)


def openai_means_usd(
    openai_revenue_usd_per_year: Array,
    openai_revenue_years: Array,
    openai_growth_rate: Array,
    openai_compute_share: Array,
    quarter_start_years: Array,
    stress_window_share: Array,
) -> Array:
    """What OpenAI's customers leave for compute in the window; its cash is not in the ledger."""
    since = quarter_start_years + QUARTER_YEARS / 2 - openai_revenue_years
    revenue = openai_revenue_usd_per_year * QUARTER_YEARS * (1 + openai_growth_rate) ** since
    return np.sum(revenue * openai_compute_share * stress_window_share, axis=-1, keepdims=True)


def lab_means_usd(anthropic_means_usd: Array, openai_means_usd: Array) -> Mapping[str, Array]:
    """Money that each lab has for compute in the window without any investor."""
    return {"anthropic": anthropic_means_usd, "openai": openai_means_usd}


def lab_funding_usd(
    web_legs: tuple[WebLeg, ...],
    web_parties: tuple[str, ...],
    stress_window_share: Array,
    other_investor_equity_usd: Array,
) -> Mapping[str, Array]:
    """Investors' money in sight for each lab in the window: what is announced.

    For Anthropic the rounds that the model of its cash counts on are a floor to what investors
    outside the alliance bring. Money that is still to be found does not count.
    """
    financing = [leg for leg in web_legs if leg.kind in FINANCING]
    received = summed_flows(financing, web_parties, stress_window_share)
    rounds = np.sum(other_investor_equity_usd * stress_window_share, axis=-1)
    inside = [web_parties.index(party) for party in ALLIANCE.values() if party in web_parties]

    def in_sight(lab: str) -> Array:
        paid = received[:, :, web_parties.index(lab)]
        if lab != "anthropic":
            return paid.sum(axis=1)
        from_partners = paid[:, inside].sum(axis=1)
        return from_partners + np.maximum(paid.sum(axis=1) - from_partners, rounds)

    return {lab: in_sight(lab)[:, None] for lab in LABS if lab in web_parties}


def paid_with_funding_usd(
    purchases_due_usd: Array,
    lab_means_usd: Mapping[str, Array],
    lab_funding_usd: Mapping[str, Array],
    web_parties: tuple[str, ...],
    default_recovery_share: Array,
) -> Array:
    """Purchases paid in the window while investors still pay, (draws, payers, payees)."""
    means = {lab: lab_means_usd[lab] + funding for lab, funding in lab_funding_usd.items()}
    return _cleared(purchases_due_usd, means, web_parties, default_recovery_share)


def paid_without_funding_usd(
    purchases_due_usd: Array,
    lab_means_usd: Mapping[str, Array],
    web_parties: tuple[str, ...],
    default_recovery_share: Array,
) -> Array:
    """Purchases paid in the window when no investor pays, (draws, payers, payees).

    Clearing after Rogers & Veraart (2013): every supplier of a lab is treated alike, and a lab
    that cannot pay in full loses part of its money to the costs of default.
    """
    return _cleared(purchases_due_usd, lab_means_usd, web_parties, default_recovery_share)


def _cleared(
    due: Array, means: Mapping[str, Array], parties: tuple[str, ...], recovery_share: Array
) -> Array:
    draws = max([len(due), len(recovery_share), *map(len, means.values())])
    owed = np.broadcast_to(due, (draws, *due.shape[1:]))
    assets = owed.sum(axis=2)
    for lab, usd in means.items():
        if lab in parties:
            assets[:, parties.index(lab)] = np.broadcast_to(usd, (draws, 1))[:, 0]
    recovery = np.broadcast_to(recovery_share, assets.shape).ravel()
    # Draws owe one another nothing, so all of them clear as one network.
    total = clearing(
        _side_by_side(owed),
        assets.ravel(),
        external_recovery_share=recovery,
        network_recovery_share=recovery,
    ).payments.reshape(assets.shape)
    promised = owed.sum(axis=2)
    part = np.divide(total, promised, out=np.zeros_like(total), where=promised > 0)
    return owed * part[..., None]


def _side_by_side(owed: Array) -> csr_array:
    """What is owed in every draw as one matrix, in which each draw is a block of its own."""
    draw, payer, payee = np.nonzero(owed)
    first, size = draw * owed.shape[1], owed.shape[0] * owed.shape[1]
    return csr_array((owed[draw, payer, payee], (first + payer, first + payee)), (size, size))


INVESTOR_BREAKS_AT_SHARE = 0.9
"""Below this part of its value an investor counts as failing; a convention, not a finding."""


class SalesAfterStop(NamedTuple):
    """What each party sells inside the web in the window, (draws, parties), chips included."""

    due: Array
    """As promised."""
    funded: Array
    """As can be paid while investors still pay."""
    defaulted: Array
    """Investors stop, labs pay what they can, freed capacity stays empty."""
    resold: Array
    """The same, and the capacity that the stop frees is sold again at the price others pay."""
    terminated: Array
    """Labs end every commitment for a fee, and the capacity that they used is sold again."""


def sales_after_stop(
    purchases_due_usd: Array,
    chips_due_usd: Array,
    paid_with_funding_usd: Array,
    paid_without_funding_usd: Array,
    lab_means_usd: Mapping[str, Array],
    web_parties: tuple[str, ...],
    resale_share: Array,
    termination_fee_share: Array,
) -> SalesAfterStop:
    """Each seller's sales in the window under every answer to a stop of funding.

    Clouds buy chips in proportion to what they take in, from whoever it comes.
    """
    due = purchases_due_usd.sum(axis=1)
    funded, defaulted = paid_with_funding_usd.sum(axis=1), paid_without_funding_usd.sum(axis=1)
    resold = defaulted + resale_share * (funded - defaulted)
    fees = _fees(purchases_due_usd, lab_means_usd, web_parties, termination_fee_share)
    labs = [web_parties.index(lab) for lab in LABS if lab in web_parties]
    left = paid_with_funding_usd[:, labs].sum(axis=1)
    terminated = funded - left + fees + resale_share * left

    def with_chips(sales: Array) -> Array:
        kept = np.divide(sales, due, out=np.ones_like(sales), where=due > 1.0)
        return sales + np.einsum("dij,di->dj", chips_due_usd, np.minimum(kept, 1.0))

    return SalesAfterStop(*map(with_chips, (due, funded, defaulted, resold, terminated)))


def _fees(
    due: Array, means: Mapping[str, Array], parties: tuple[str, ...], fee_share: Array
) -> Array:
    """Termination fees per seller, as far as each lab's money goes."""
    fees = np.zeros((max(len(due), len(fee_share)), len(parties)))
    for lab, usd in means.items():
        owed = due[:, parties.index(lab)] * fee_share
        total = owed.sum(axis=1, keepdims=True)
        fees = fees + owed * np.minimum(usd / np.maximum(total, 1.0), 1.0)
    return fees


class Stake(NamedTuple):
    """What an investor holds in a lab: its part at the last round's price wherever one is known."""

    investor: str
    company: str
    value_usd: Array
    """Part times price; where no part is known or assumed, what is reported, else what is paid."""
    share: Array | None
    """The part, by an assumption, else as stated; none where the value rests on something else."""
    paid_usd: Array
    """Equity of the web paid in before funding stops, as we spread it; zero where none is dated."""
    reported: "Fact | None"
    """The amount that somebody reported, at the price of its own day."""
    facts: tuple[str, ...]


def lab_value_usd(last_round_value_usd: Array, openai_value_usd: Array) -> Mapping[str, Array]:
    """Price of each lab's last round, post-money: a price for one class of share, no fair value."""
    return {"anthropic": last_round_value_usd, "openai": openai_value_usd}


def stakes(
    facts: "Ledger",
    web_legs: tuple[WebLeg, ...],
    cross_stakes_share: Array,
    microsoft_stake_at_price_usd: Array,
    nvidia_stake_at_price_usd: Array,
    lab_value_usd: Mapping[str, Array],
    quarter_start_years: Array,
    years_to_as_of: Array,
    stress_start_years: Array,
) -> tuple[Stake, ...]:
    """Every investor's stake in a lab, on one basis where a part of the lab is known.

    That basis is the part times the price of the lab's last round: the parts that concentration
    rests on, else those stated. The pact's two stakes count as far as they are paid in before
    funding stops, at the newest price since they were placed. Without a part a stake is what was
    reported, else the equity paid in until then in the reading asked for. What is promised for
    later is never paid, and an assumed part is that of the briefing's date.
    """
    stop = years_to_as_of + stress_start_years
    before_stop = np.clip((stop - quarter_start_years) / QUARTER_YEARS, 0, 1)
    nothing = np.zeros((1, 1))
    paid, promised = defaultdict(lambda: nothing), defaultdict(lambda: nothing)
    named: defaultdict[Held, tuple[str, ...]] = defaultdict(tuple)
    for leg in web_legs:
        if leg.kind == "equity" and leg.payee in lab_value_usd:
            held = leg.payer, leg.payee
            paid[held] = paid[held] + np.sum(leg.amount_usd * before_stop, axis=-1, keepdims=True)
            promised[held] = promised[held] + np.sum(leg.amount_usd, axis=-1, keepdims=True)
            named[held] += leg.facts
    at_price = {
        ("microsoft", "anthropic"): microsoft_stake_at_price_usd,
        ("nvidia", "anthropic"): nvidia_stake_at_price_usd,
    }
    shares = {
        (holder, lab): cross_stakes_share[:, PARTIES.index(holder), PARTIES.index(lab), None]
        for holder, lab in HOLDINGS
    }
    reported: dict[Held, Fact] = {}
    for fact in facts.matching(kind="stake").values():
        held = fact.subject, fact.counterparty or ""
        if fact.id in facts.superseded or held[1] not in lab_value_usd or fact.value is None:
            continue
        if fact.unit == "USD":
            reported[held] = fact
        elif held not in shares:
            shares[held] = np.full((1, 1), fact.value)
        named[held] += (fact.id,)

    def stake(held: Held) -> Stake:
        share, report = shares.get(held), reported.get(held)
        if share is not None and held in at_price:
            part = np.where(promised[held] > 0, paid[held] / np.maximum(promised[held], 1.0), 0.0)
            share, value = share * part, at_price[held] * part
        elif share is not None:
            value = share * lab_value_usd[held[1]]
        else:
            value = np.full((1, 1), report.value) if report else paid[held]
        return Stake(*held, value, share, paid[held], report, named[held])

    return tuple(stake(held) for held in dict.fromkeys([*named, *shares]))


def stake_value_usd(stakes: tuple[Stake, ...], web_parties: tuple[str, ...]) -> Array:
    """What each party holds in labs."""
    draws = max([1, *(len(stake.value_usd) for stake in stakes)])
    held = np.zeros((draws, len(web_parties)))
    for stake in stakes:
        if stake.investor in web_parties:
            held[:, [web_parties.index(stake.investor)]] += stake.value_usd
    return held


def stake_loss_usd(stake_value_usd: Array, mark_down_share: Array) -> Array:
    """What each party loses on its stakes when labs are marked down."""
    return stake_value_usd * mark_down_share


class ScenarioArithmetic(NamedTuple):
    """What measures of contagion give on the few companies with a known value."""

    parties: tuple[str, ...]
    inflation_multiple: float
    """Sum of values over what they rest on, because stakes are counted twice."""
    stress_share: Mapping[str, float]
    """DebtRank of each investor when both labs lose everything."""
    later_failures: int
    """Investors that fall below nine tenths of their value after the mark-down."""


def scenario_arithmetic(
    stakes: tuple[Stake, ...],
    lab_value_usd: Mapping[str, Array],
    microsoft_market_value_usd: Array,
    nvidia_market_value_usd: Array,
    mark_down_share: Array,
) -> ScenarioArithmetic:
    """Cross-holdings, DebtRank and failures of the point case: arithmetic, no estimate."""
    values = {
        "microsoft": microsoft_market_value_usd[0, 0],
        "nvidia": nvidia_market_value_usd[0, 0],
    } | {lab: value[0, 0] for lab, value in lab_value_usd.items()}
    parties = tuple(values)
    stake = np.zeros((len(parties), len(parties)))
    for each in stakes:
        if {each.investor, each.company} <= set(parties):
            place = parties.index(each.investor), parties.index(each.company)
            stake[place] = each.value_usd[0, 0]
    worth = np.array(list(values.values()))
    held = np.minimum(stake / worth[None, :], 0.99)
    own = worth - stake.sum(axis=1)
    labs = np.array([party in lab_value_usd for party in parties])
    holdings = cross_holdings(held, own)
    stressed = debtrank(stake, worth, labs.astype(float), worth).final_stress
    fallen = np.where(labs, own * (1 - mark_down_share[0, 0]), own)
    failed = {
        party
        for wave in failure_waves(holdings.dependency, fallen, own, INVESTOR_BREAKS_AT_SHARE)
        for party in wave
        if not labs[party]
    }
    return ScenarioArithmetic(
        parties,
        holdings.inflation_factor,
        {party: float(stressed[i]) for i, party in enumerate(parties) if not labs[i]},
        len(failed),
    )


def sales_loss_usd(sales_after_stop: SalesAfterStop) -> Array:
    """Sales that each party loses in the window when funding stops and nothing is sold again."""
    return sales_after_stop.funded - sales_after_stop.defaulted


def hit_twice(sales_loss_usd: Array, stake_loss_usd: Array) -> Array:
    """Which parties lose sales and stake value together, by more than a hundred million each."""
    return (sales_loss_usd > 1e8) & (stake_loss_usd > 1e8)


def vendor_finance_share(web_legs: tuple[WebLeg, ...], nvidia_revenue_usd_per_year: Array) -> Array:
    """Nvidia's equity in companies of the web over its yearly revenue."""
    equity = sum(
        np.sum(leg.amount_usd, axis=-1, keepdims=True)
        for leg in web_legs
        if leg.payer == "nvidia" and leg.kind in FINANCING
    )
    return equity / nvidia_revenue_usd_per_year


def unfunded_commitment_share(labs_due_usd: Array, labs_paid_with_funding_usd: Array) -> Array:
    """Part of the labs' promises for the window that no known money covers."""
    return 1 - labs_paid_with_funding_usd / np.maximum(labs_due_usd, 1.0)


def labs_due_usd(purchases_due_usd: Array, web_parties: tuple[str, ...]) -> Array:
    """All that the labs promised to pay in the window."""
    return _by_labs(purchases_due_usd, web_parties)


def labs_paid_with_funding_usd(paid_with_funding_usd: Array, web_parties: tuple[str, ...]) -> Array:
    """What the labs can pay of it while investors still pay."""
    return _by_labs(paid_with_funding_usd, web_parties)


def labs_paid_without_funding_usd(
    paid_without_funding_usd: Array, web_parties: tuple[str, ...]
) -> Array:
    """What the labs can pay of it when no investor pays."""
    return _by_labs(paid_without_funding_usd, web_parties)


def labs_paid_with_funding_share(labs_paid_with_funding_usd: Array, labs_due_usd: Array) -> Array:
    """Part of it that the labs can pay when investors keep to what they announced."""
    return _share(labs_paid_with_funding_usd, labs_due_usd)


def labs_paid_without_funding_share(
    labs_paid_without_funding_usd: Array, labs_due_usd: Array
) -> Array:
    """Part of it that the labs can pay when no investor pays."""
    return _share(labs_paid_without_funding_usd, labs_due_usd)


def anthropic_paid_by_customers_share(
    purchases_due_usd: Array,
    anthropic_customers_leave_usd: Array,
    web_parties: tuple[str, ...],
    default_recovery_share: Array,
) -> Array:
    """Part of what Anthropic promised for the window that its customers alone would pay.

    Its cash is left out as OpenAI's is, so that the two can be compared.
    """
    means = {"anthropic": np.maximum(anthropic_customers_leave_usd, 0.0)}
    paid = _cleared(purchases_due_usd, means, web_parties, default_recovery_share)
    return _share_of_lab("anthropic", paid, purchases_due_usd, web_parties)


def openai_paid_by_customers_share(
    purchases_due_usd: Array, paid_without_funding_usd: Array, web_parties: tuple[str, ...]
) -> Array:
    """Part of what OpenAI promised for the window that its customers alone would pay.

    That is all it pays when no investor does, for its cash is not in the ledger.
    """
    return _share_of_lab("openai", paid_without_funding_usd, purchases_due_usd, web_parties)


OPENAI_ROUND = "openai-round-122b"


def openai_paid_with_round_share(
    facts: "Ledger",
    purchases_due_usd: Array,
    openai_means_usd: Array,
    web_parties: tuple[str, ...],
    default_recovery_share: Array,
) -> Array:
    """Part of what OpenAI promised for the window that it could pay with all of its last round.

    What is left of that round is not known.
    """
    fact = facts.get(OPENAI_ROUND)
    cash = 0.0 if fact is None or fact.value is None else fact.value
    means = {"openai": openai_means_usd + cash}
    paid = _cleared(purchases_due_usd, means, web_parties, default_recovery_share)
    return _share_of_lab("openai", paid, purchases_due_usd, web_parties)


def anthropic_unfunded_share(
    purchases_due_usd: Array, paid_with_funding_usd: Array, web_parties: tuple[str, ...]
) -> Array:
    """Part of what Anthropic promised for the window that no known money covers."""
    paid = _share_of_lab("anthropic", paid_with_funding_usd, purchases_due_usd, web_parties)
    return np.maximum(1 - paid, 0.0)


def openai_unfunded_share(
    purchases_due_usd: Array, paid_with_funding_usd: Array, web_parties: tuple[str, ...]
) -> Array:
    """Part of what OpenAI promised for the window that no known money covers."""
    paid = _share_of_lab("openai", paid_with_funding_usd, purchases_due_usd, web_parties)
    return np.maximum(1 - paid, 0.0)


def _share_of_lab(lab: str, paid: Array, due: Array, parties: tuple[str, ...]) -> Array:
    if lab not in parties:
        return np.full((len(due), 1), np.nan)
    at = parties.index(lab)
    return _share(paid[:, at].sum(axis=1)[:, None], due[:, at].sum(axis=1)[:, None])


def _share(paid: Array, due: Array) -> Array:
    """No number where nothing is due."""
    return np.where(due > 0, paid / np.where(due > 0, due, 1.0), np.nan)


def _by_labs(flows: Array, parties: tuple[str, ...]) -> Array:
    labs = [parties.index(lab) for lab in LABS if lab in parties]
    return flows[:, labs].sum(axis=(1, 2))[:, None]
