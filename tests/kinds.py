"""What each kind of published case asks of the model: inputs in, expected values out, by name."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from briefing.inputs.distributions import LogNormal, Pert
from briefing.model.measures.circulation import max_circulation
from briefing.model.measures.clearing import clearing
from briefing.model.measures.concentration import (
    herfindahl_points,
    merger,
    modified_herfindahl_points,
)
from briefing.model.measures.consideration import net_revenue
from briefing.model.measures.crossholdings import cross_holdings, debt_dependency, failure_waves
from briefing.model.measures.cycling import finn
from briefing.model.measures.debtrank import debtrank
from briefing.model.measures.dependence import kendall_of_normals, pearson_of_normals
from briefing.model.measures.direction import (
    flow_hierarchy,
    hodge_loop_share,
    improved_trophic_levels,
    trophic_levels,
)
from briefing.model.measures.discounting import gordon_value, present_value
from briefing.model.measures.fair_value import fair_value
from briefing.model.measures.flows import flow_matrix
from briefing.model.measures.information import normal_worth, partial_worth, perfect_worth
from briefing.model.measures.options import backsolved_equity, black_scholes_call, class_values
from briefing.model.measures.power import site
from briefing.model.measures.sensitivity import (
    g_function_indices,
    ishigami_indices,
    linear_indices,
)
from briefing.model.measures.tracing import (
    lower_traced_cumulative,
    pro_rata_mix,
    provenance,
    source_share,
    upper_traced_cumulative,
)
from briefing.model.measures.venture import probability_weighted_value, venture_value
from briefing.model.measures.waterfall import Terms, sale_payoffs, terms

Values = Mapping[str, Any]


def _annuity_pv(payments: list[float], rate: float, mid_year: bool = False) -> Values:
    years = np.arange(1, len(payments) + 1) - (0.5 if mid_year else 0)
    return {"pv": present_value(np.array(payments), rate, years).item()}


def _dcf_gordon(
    cash_flow: float, growth: float, wacc: float, perpetual_growth: float, periods: int
) -> Values:
    years = np.arange(1, periods + 1)
    flows = cash_flow * (1 + growth) ** years
    terminal = gordon_value(flows[-1], wacc, perpetual_growth)
    final = np.array([periods])
    enterprise = present_value(flows, wacc, years) + present_value(terminal, wacc, final)
    return {"terminal_value": terminal, "enterprise_value_standard": enterprise.item()}


def _ledger(
    tags: list[str], inflow: Values, spend: list[float], opening: Values | None = None
) -> Values:
    paid_in = np.array([inflow[tag] for tag in tags], dtype=float).T
    held = np.array([(opening or {}).get(tag, 0.0) for tag in tags])
    spent = np.array(spend, dtype=float)
    traced = pro_rata_mix(paid_in[None], spent[None], held[None])[0] * spent[:, None]
    paid_in[0] += held
    cumulated = np.cumsum(spent)
    found: dict[str, Any] = {}
    for number, tag in enumerate(tags):
        tagged, untagged = paid_in[:, number], np.delete(paid_in, number, axis=1).sum(axis=1)
        found |= {
            f"{tag}.traced": traced[:, number],
            f"{tag}.cumulative_share": np.cumsum(traced[:, number]) / cumulated,
            f"{tag}.upper_cumulative": upper_traced_cumulative(tagged, spent) / cumulated,
            f"{tag}.lower_cumulative": lower_traced_cumulative(untagged, spent) / cumulated,
        }
    return found


def _provenance(n: int, external_inflow: list[float], operating: Any, financing: Any) -> Values:
    flows = (
        np.array(external_inflow, dtype=float),
        flow_matrix(financing, n),
        flow_matrix(operating, n),
    )
    traced = provenance(*flows)
    return {
        "self_funded_revenue_ratio": traced.self_funded_share,
        "direct_only_ratio": traced.direct_share,
        "source_share": source_share(*flows, sources=np.arange(n)),
    }


def _max_circulation(flows: Any, n: int) -> Values:
    found = max_circulation(flow_matrix(flows, n))
    return {"max_circulation": found.total, "circulation_index": found.share}


def _finn(flows: Any, n: int, input: list[float], output: list[float]) -> Values:
    found = finn(flow_matrix(flows, n), np.array(input), np.array(output))
    return {
        "FCI": found.cycling_index,
        "FCIb_throughput": found.cycling_index_throughput,
        "APL": found.average_path_length,
        "node_return_probability": found.return_probability,
    }


def _trophic_mbj(flows: Any, n: int) -> Values:
    found = improved_trophic_levels(flow_matrix(flows, n))
    return {"levels": found.levels, "incoherence": found.incoherence}


def _crossholdings(C: list[list[float]], p: list[float]) -> Values:
    found = cross_holdings(np.array(C), np.array(p))
    return {
        "A": found.dependency,
        "gross": found.gross,
        "market": found.market,
        "inflation_factor": found.inflation_factor,
    }


def _egj_matrix(cross_held_fraction: float, debtor_rows: Any, **_: Any) -> Values:
    return {"A": debt_dependency(np.array(debtor_rows), cross_held_fraction)}


class _Waves(dict):
    """Waves by threshold, however a case writes the number after the @."""

    def __init__(self, *cascade: Any):
        self.cascade = cascade

    def __contains__(self, key: object) -> bool:
        return str(key).startswith("waves@")

    def __getitem__(self, key: str) -> Any:
        return failure_waves(*self.cascade, float(key.removeprefix("waves@")))


def _egj_cascade(
    p: list[float],
    p_ref: list[float],
    cross_held_fraction: float | None = None,
    debtor_rows: Any = None,
    override_A: Any = None,
    theta: Any = None,
) -> Values:
    if override_A is None:
        override_A = debt_dependency(np.array(debtor_rows), cross_held_fraction or 0.0)
    return _Waves(np.array(override_A), np.array(p), np.array(p_ref))


def _clearing(
    L: Any,
    external_assets: list[float],
    external_liabilities: list[float] | None = None,
    alpha: float = 1.0,
    beta: float = 1.0,
) -> Values:
    outside = None if external_liabilities is None else np.array(external_liabilities)
    found = clearing(np.array(L, dtype=float), np.array(external_assets), outside, alpha, beta)
    return {
        "clearing_vector": found.payments,
        "equity": found.equity,
        "default": found.default.astype(int),
    }


def _debtrank(
    assets: Any,
    buffer: list[float],
    shock: list[float],
    weights: list[float] | None = None,
    variant: str = "single_hit",
    cap_impact: bool = True,
) -> Values:
    found = debtrank(
        np.array(assets, dtype=float),
        np.array(buffer),
        np.array(shock),
        weights,
        variant,
        cap_impact,
    )
    return {"final_stress": found.final_stress, "additional_stress": found.additional_stress}


def _asc606(
    contract_price: float,
    payment: float,
    invoiced: Any = (),
    fair_value_distinct_good: float | None = None,
) -> Values:
    return net_revenue(contract_price, payment, fair_value_distinct_good or 0.0, invoiced)._asdict()


def _pert(a: float, m: float, b: float) -> Values:
    shape = Pert(a, m, b)
    spread = shape.standard_deviation
    return {"alpha": shape.alpha, "beta": shape.beta, "mean": shape.mean, "sd": spread}


def _filled(given: Any, instead: float) -> Any:
    """Within a list, null is a round without this term."""
    return [instead if each is None else each for each in given] if type(given) is list else given


def _gs(
    I: Any,  # noqa: E741
    shares_pref: Any,
    shares_common: float,
    post_money: float,
    issue_price: float | None = None,
    liq_multiple: Any = None,
    participation_cap_multiple: Any = None,
    seniority: Any = None,
    ratchet: Any = None,
    acv_threshold: Any = None,
) -> Values:
    given = {
        "liquidation_multiple": _filled(liq_multiple, 1.0),
        # JSON has no infinity: participation without a cap is null.
        "participation_cap_multiple": _filled(participation_cap_multiple, np.inf),
        "seniority": _filled(seniority, 1.0),
        "ratchet_multiple": _filled(ratchet, 0.0),
        "veto_below": (
            None if acv_threshold is None else MILLION * np.asarray(_filled(acv_threshold, 0.0))
        ),
    }
    stated = terms(
        MILLION * np.asarray(I, dtype=float),
        MILLION * np.asarray(shares_pref, dtype=float),
        MILLION * shares_common,
        **{name: each for name, each in given.items() if each is not None},
    )
    found = fair_value(stated)
    price = issue_price or float(stated.invested[0, -1] / stated.shares[0, -1])
    total = found.total.item() / MILLION
    common = found.holders[0, -1] / stated.common_shares[0, 0] if shares_common else np.nan
    return {
        "fair_value": total,
        "overvaluation": post_money / total - 1,
        "common_per_share": common,
        "common_overvaluation": price / common - 1,
    }


MILLION = 1e6
"""Cases of fair value are in millions of dollars, on which the chance of a listing depends."""


def _opm(
    equity: float,
    liq_pref: Any,
    pref_shares: Any,
    common_shares: float,
    r: float,
    sigma: float,
    T: float,
    seniority: Any = 1.0,
) -> Values:
    stated = terms(1.0, pref_shares, common_shares, liq_pref, seniority=seniority)
    return _by_class(
        class_values(equity, stated, r, sigma, T)[0], stated, liq_pref, pref_shares, seniority
    )


def _by_class(worth: Any, stated: Terms, *given: Any) -> Values:
    """Values of the rounds: one number each where all that is `given` of them is one number."""
    is_one = not any(map(np.ndim, given))
    rounds = worth[0] if is_one else worth[:-1]
    shares = stated.shares[0, 0] if is_one else stated.shares[0]
    # The first value beyond all preferences at which somebody converts.
    preferred, edges = stated.liquidation_multiple.sum(), sale_payoffs(stated).edges[0]
    beyond = edges[edges > preferred * (1 + 1e-12)]
    return {
        "preferred": rounds,
        "preferred_per_share": rounds / shares,
        "common": worth[-1],
        "common_per_share": worth[-1] / stated.common_shares[0, 0],
        "breakpoint2": beyond.min() if beyond.size else preferred,
    }


def _opm_backsolve(
    price_per_pref: float,
    liq_pref: Any,
    pref_shares: Any,
    common_shares: float,
    r: float,
    sigma: float,
    T: float,
    seniority: Any = 1.0,
) -> Values:
    stated = terms(1.0, pref_shares, common_shares, liq_pref, seniority=seniority)
    equity = backsolved_equity(price_per_pref, stated, r, sigma, T)
    worth = class_values(equity, stated, r, sigma, T)[0]
    return {
        **_by_class(worth, stated, liq_pref, pref_shares, seniority),
        "equity": equity.item(),
        "post_money": price_per_pref * (stated.shares.sum() + common_shares),
    }


def _pwerm(discount_rate: float, scenarios: list[Values]) -> Values:
    columns = ([each[name] for each in scenarios] for name in ("p", "value", "years"))
    return {"value": probability_weighted_value(*columns, discount_rate).item()}


def _vc_method(
    investment: float,
    terminal_earnings: float,
    pe: float,
    required_return: float,
    years: float,
    old_shares: float = 1.0,
) -> Values:
    found = venture_value(terminal_earnings, pe, required_return, years, investment, old_shares)
    return {"ownership": found.ownership_share, **found._asdict()}


def _copula_conv(spearman: Any) -> Values:
    pearson = pearson_of_normals(spearman)
    return {"pearson_of_normals": pearson, "kendall": kendall_of_normals(pearson)}


def _lognormal_quantiles(lo: float, hi: float, hi_p: float = 0.95, lo_p: float = 0.05) -> Values:
    found = LogNormal.of_quantiles(lo, hi, lo_p, hi_p)
    return {**found._asdict(), "mean": found.mean, "median": found.median}


def _linear_sobol(coef: list[float], sd: list[float]) -> Values:
    found = linear_indices(coef, sd)
    return {"S1": found.first, "ST": found.total, "variance": found.variance}


def _sobol_g(a: list[float]) -> Values:
    found = g_function_indices(a)
    return {"S1": found.first, "ST": found.total, "variance": found.variance}


def _ishigami(a: float, b: float) -> Values:
    found = ishigami_indices(a, b)
    return {
        "mean": found.mean,
        "variance": found.variance,
        "S1": found.first,
        "ST": found.total,
        "S13": found.first_and_third,
    }


def _market_shares(given: list[float]) -> Any:
    """Shares that sum to more than one are stated in percent."""
    shares = np.array(given, dtype=float)
    return shares / 100 if shares.sum() > 1 + 1e-6 else shares


def _hhi(shares: list[float], merge: list[int] | None = None) -> Values:
    found = merger(_market_shares(shares), merge or ())
    return {
        "HHI": found.before_points,
        "HHI_post": found.after_points,
        "delta": found.change_points,
    }


def _mhhi(shares: list[float], beta: Any, gamma: Any = None) -> Values:
    market = _market_shares(shares)
    plain, modified = herfindahl_points(market), modified_herfindahl_points(market, beta, gamma)
    return {"HHI": plain, "MHHI": modified, "MHHI_delta": modified - plain}


def _energy(
    facility_mw: float,
    pue: float,
    rack_kw: float,
    gpus_per_rack: float,
    load_factor: float,
    kgco2_per_mwh: float = 0.0,
    wue_l_per_kwh_it: float = 0.0,
) -> Values:
    gw, water = facility_mw / 1_000, wue_l_per_kwh_it
    return site(gw, pue, rack_kw, gpus_per_rack, load_factor, kgco2_per_mwh, water)._asdict()


def _evppi_discrete(joint_prob: Any, net_benefit: Any) -> Values:
    joint, benefit = np.array(joint_prob, dtype=float), np.array(net_benefit, dtype=float)
    states = benefit.reshape(joint.size, -1)
    return {
        "EVPI": perfect_worth(states, joint.reshape(-1)),
        "EVPPI": partial_worth(benefit, joint),
    }


def _evppi_linear(sd: list[float]) -> Values:
    deviations = np.array(sd, dtype=float)
    together = normal_worth(0.0, np.sqrt(np.sum(deviations**2))).item()
    return {"EVPPI": normal_worth(0.0, deviations), "EVPI": together}


KINDS: Mapping[str, Callable[..., Values]] = {
    "annuity_pv": _annuity_pv,
    "dcf_gordon": _dcf_gordon,
    "ledger": _ledger,
    "provenance": _provenance,
    "pert": _pert,
    "max_circulation": _max_circulation,
    "finn": _finn,
    "hodge": lambda flows, n: {"loop_fraction": hodge_loop_share(flow_matrix(flows, n))},
    "flow_hierarchy": lambda flows, n: {"flow_hierarchy": flow_hierarchy(flow_matrix(flows, n))},
    "trophic_levels": lambda flows, n: {"levels": trophic_levels(flow_matrix(flows, n))},
    "trophic_mbj": _trophic_mbj,
    "crossholdings": _crossholdings,
    "egj_matrix": _egj_matrix,
    "egj_cascade": _egj_cascade,
    "clearing": _clearing,
    "debtrank": _debtrank,
    "asc606": _asc606,
    "gs": _gs,
    "black_scholes": lambda S, K, r, sigma, T: {"call": black_scholes_call(S, K, r, sigma, T)},
    "opm": _opm,
    "opm_backsolve": _opm_backsolve,
    "pwerm": _pwerm,
    "vc_method": _vc_method,
    "copula_conv": _copula_conv,
    "lognormal_quantiles": _lognormal_quantiles,
    "linear_sobol": _linear_sobol,
    "sobol_g": _sobol_g,
    "ishigami": _ishigami,
    "hhi": _hhi,
    "mhhi": _mhhi,
    "energy": _energy,
    "evpi_discrete": lambda prob, net_benefit: {
        "EVPI": perfect_worth(np.array(net_benefit, dtype=float), np.array(prob, dtype=float))
    },
    "evpi_two_option": lambda mean, sd: {"EVPI": normal_worth(mean, sd).item()},
    "evppi_discrete": _evppi_discrete,
    "evppi_linear": _evppi_linear,
}
