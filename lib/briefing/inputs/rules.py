"""Rules between assumptions: what no range may say beside another, or beside its own meaning."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from briefing.inputs.assumptions import Assumption


class Rule(NamedTuple):
    """`lesser` must stay below `greater`, in value and over both ranges; if not, `otherwise`."""

    lesser: str
    greater: str
    otherwise: str
    relation: Literal["stay below", "not exceed"] = "stay below"
    over: Literal["ranges", "values"] = "ranges"
    """`values` where ranges may cross, because the model says what a draw beyond it means."""


class Total(NamedTuple):
    """The parts together must stay below `whole`, a number or an assumption, over all ranges."""

    parts: tuple[str, ...]
    whole: str | float
    otherwise: str
    relation: Literal["stay below", "not exceed"] = "not exceed"


RULES = (
    Rule("mature_growth_rate", "discount_rate", "the terminal value would be infinite"),
    Rule(
        "next_round_years",
        "later_round_years",
        "the later round would come before the next one",
        "not exceed",
    ),
    Rule(
        "opening_run_rate_years",
        "known_run_rate_years",
        "the newest run-rate would be older than the first",
        "not exceed",
    ),
    Rule(
        "microsoft_equity_placed_usd",
        "microsoft_equity_cap_usd",
        "more would be paid in than the ceiling allows",
        "not exceed",
    ),
    Rule(
        "nvidia_equity_placed_usd",
        "nvidia_equity_cap_usd",
        "more would be paid in than the ceiling allows",
        "not exceed",
    ),
    # A draw that ramps for longer than its term ramps for the whole of it (`model.deal`).
    Rule(
        "azure_ramp_years",
        "azure_term_years",
        "the commitment would end before it is ramped up",
        "not exceed",
        "values",
    ),
)


TOTALS = (
    Total(
        ("commitment_discount_share", "commitment_unused_share"),
        1.0,
        "usage would cost a customer of the cloud nothing",
        "stay below",
    ),
    Total(
        ("listed_share", "sold_share"),
        1.0,
        "no company can be listed and sold in more futures than there are",
    ),
    Total(
        ("earlier_preferred_share", "unissued_pool_share", "raise_to_mark_share"),
        1.0,
        "no common shares would be left",
        "stay below",
    ),
    Total(
        ("microsoft_equity_cap_usd", "nvidia_equity_cap_usd"),
        "strategic_post_money_usd",
        "the two would buy more than the whole company",
    ),
    Total(
        ("google_anthropic_stake_share", "amazon_anthropic_stake_share"),
        0.9,
        "too little of Anthropic would be left to its other owners",
    ),
    Total(
        (
            "microsoft_openai_stake_share",
            "nvidia_openai_stake_share",
            "amazon_openai_stake_share",
        ),
        0.9,
        "too little of OpenAI would be left to its other owners",
    ),
)


LEAST: Mapping[str, tuple[float, str]] = (
    {
        "strong_participation_cap_multiple": (1.0, "a cap below the preference contradicts it"),
        "usage_effectiveness_multiple": (1.0, "a site draws no less than its computers"),
        "grace_blackwell_rack_kw": (1.0, "racks without power could not be counted"),
        "vera_rubin_rack_kw": (1.0, "racks without power could not be counted"),
        "rack_gpu_count": (1.0, "an hour of no chip has no price"),
        "compute_rack_share": (0.05, "an hour of no chip has no price"),
        "gpu_busy_share": (0.05, "an hour of no work has no price"),
        "exit_volatility_rate": (0.2, "a value that hardly moves leaves an option without a price"),
        "relative_cost_volatility_rate": (0.01, "costs that never part leave no right a value"),
        "exit_wait_years": (0.25, "an exit at once leaves nothing to value"),
        "exit_risk_free_rate": (0.0, "below it the money of late exits outgrows all else"),
        "tax_rate": (0.0, "a tax below nothing would be income"),
    }
    | dict.fromkeys(
        (
            "azure_term_years",
            "book_life_years",
            "building_life_years",
            "gpu_life_years",
            "gross_margin_ramp_years",
            "growth_half_life_years",
            "planned_growth_half_life_years",
            "training_half_life_years",
        ),
        (0.05, "nothing can be spread over no time"),
    )
    | dict.fromkeys(
        ("debt_rate", "investor_hurdle_rate", "venture_return_rate"),
        (0.0, "who lends or invests asks for no loss"),
    )
)
"""Where an assumption's own meaning asks for more than its unit does."""


MOST: Mapping[str, tuple[float, str]] = {
    "holding_years": (9.0, "the sales of a later year lie beyond the forecast"),
    "tax_rate": (1.0, "tax would take more than is earned"),
}
"""Where an assumption's own meaning allows less than its unit does."""


ABOVE_ZERO: Mapping[str, str] = {
    "azure_capital_cost_share": "a service without capital has no return on it",
    "marginal_revenue_per_compute_multiple": "no run-rate would ever pay for more compute",
    "last_round_value_usd": "nothing can be valued from a price of nothing",
    "recognised_revenue_share": "a company without revenue has no multiple and no margin",
    "raise_to_mark_share": "a round that raises nothing sets no price",
    "strategic_post_money_usd": "money buys no part of a company worth nothing",
    "tenant_cost_usd_per_gw_year": "payments rent no number of gigawatts that cost nothing",
} | dict.fromkeys(
    (
        "azure_revenue_usd_per_year",
        "known_run_rate_usd_per_year",
        "microsoft_backlog_usd",
        "microsoft_market_value_usd",
        "microsoft_quarterly_revenue_usd",
        "nvidia_market_value_usd",
        "nvidia_revenue_usd_per_year",
        "openai_revenue_usd_per_year",
        "opening_run_rate_usd_per_year",
    ),
    "nothing can be stated as a part or a multiple of it",
)
"""What others are divided by."""


def contradictions(
    assumptions: Mapping[str, Assumption],
    about: Collection[str] | None = None,
    strictly: bool = True,
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every broken rule: the assumptions that break it, and the rule with its consequence.

    With `about`, only rules that one of these assumptions takes part in; unless `strictly`, none
    that the model itself keeps in every draw.
    """

    concerned = _concerning(None if about is None else frozenset(about))

    def found(*names: str) -> list[Assumption] | None:
        return [assumptions[each] for each in names] if _all_in(names, assumptions) else None

    for name, least, why in concerned.least:
        if (own := found(name)) and (lowest := _end(own[0], "low")) < least:
            yield (name,), f"{name}: {lowest:g} must be at least {least:g}; {why}"
    for name, most, why in concerned.most:
        if (own := found(name)) and (highest := _end(own[0], "high")) > most:
            yield (name,), f"{name}: {highest:g} must be at most {most:g}; {why}"
    for name, why in concerned.above_zero:
        if (own := found(name)) and (lowest := _end(own[0], "low")) <= 0:
            yield (name,), f"{name}: {lowest:g} must be above 0; {why}"
    for rule in concerned.rules:
        if rule.over == "values" and not strictly:
            continue
        if pair := found(rule.lesser, rule.greater):
            most, least = _ends(rule, *pair)
            if most > least or (most == least and rule.relation == "stay below"):
                yield rule[:2], _told(rule, most, least)
    for total in concerned.totals:
        if each := found(*_names(total)):
            yield from _exceeded(total, each)


class _Concerned(NamedTuple):
    """Rules that some assumptions take part in."""

    least: Sequence[tuple[str, float, str]]
    most: Sequence[tuple[str, float, str]]
    above_zero: Sequence[tuple[str, str]]
    rules: Sequence[Rule]
    totals: Sequence[Total]


@lru_cache
def _concerning(about: frozenset[str] | None) -> _Concerned:
    """The rules that one of these assumptions takes part in, looked up once for all of a sweep."""

    def concerns(*names: str) -> bool:
        return about is None or not about.isdisjoint(names)

    return _Concerned(
        least=[(name, *said) for name, said in LEAST.items() if concerns(name)],
        most=[(name, *said) for name, said in MOST.items() if concerns(name)],
        above_zero=[each for each in ABOVE_ZERO.items() if concerns(each[0])],
        rules=[each for each in RULES if concerns(each.lesser, each.greater)],
        totals=[each for each in TOTALS if concerns(*_names(each))],
    )


def _names(total: Total) -> tuple[str, ...]:
    return (*total.parts, *((total.whole,) if isinstance(total.whole, str) else ()))


def _all_in(names: Collection[str], assumptions: Mapping[str, Assumption]) -> bool:
    return all(name in assumptions for name in names)


def _ends(rule: Rule, lesser: Assumption, greater: Assumption) -> tuple[float, float]:
    if rule.over == "values":
        return float(lesser.value), float(greater.value)
    return _end(lesser, "high"), _end(greater, "low")


def _told(rule: Rule, most: float, least: float) -> str:
    if rule.over == "values":
        return (
            f"{rule.lesser}: {most:g} must {rule.relation} {rule.greater}, which is {least:g}; "
            f"{rule.otherwise}"
        )
    return (
        f"{rule.lesser}: up to {most:g} it must {rule.relation} {rule.greater}, which "
        f"starts at {least:g}; {rule.otherwise}"
    )


def _exceeded(total: Total, assumptions: list[Assumption]) -> Iterator[tuple[tuple[str, ...], str]]:
    parts = assumptions[: len(total.parts)]
    most = sum(_end(each, "high") for each in parts)
    of = isinstance(total.whole, str)
    least = _end(assumptions[-1], "low") if of else float(total.whole)
    # Tenths do not add up exactly.
    near = abs(most - least) <= 1e-9 * abs(least)
    if (near and total.relation == "stay below") or (most > least and not near):
        named = f"{total.whole}, which starts at {least:g}" if of else f"{least:g}"
        first, *others = total.parts
        yield (
            _names(total),
            f"{first}: with {' and '.join(others)} it comes to up to {most:g} and must "
            f"{total.relation} {named}; {total.otherwise}",
        )


def _end(assumption: Assumption, end: Literal["low", "high"]) -> float:
    stated = assumption.low if end == "low" else assumption.high
    return float(assumption.value if stated is None or assumption.is_fixed else stated)
