"""Rules between assumptions: what no range may say beside another, or beside its own meaning."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from briefing.inputs.assumptions import Assumption


class Rule(NamedTuple):
    """`lesser` must stay below `greater`, in value and over both ranges; if not, `otherwise`."""

    lesser: str
    greater: str
    otherwise: str
    relation: Literal["stay below", "not exceed"] = "stay below"


RULES = (
    Rule("mature_growth_rate", "discount_rate", "the terminal value would be infinite"),
    Rule(
        "next_round_years",
        "later_round_years",
        "the later round would come before the next one",
        "not exceed",
    ),
)


LEAST: Mapping[str, tuple[float, str]] = {
    "strong_participation_cap_multiple": (1.0, "a cap below the preference contradicts it"),
    "usage_effectiveness_multiple": (1.0, "a site draws no less than its computers"),
    "grace_blackwell_rack_kw": (1.0, "racks without power could not be counted"),
    "vera_rubin_rack_kw": (1.0, "racks without power could not be counted"),
    "rack_gpu_count": (1.0, "an hour of no chip has no price"),
    "compute_rack_share": (0.05, "an hour of no chip has no price"),
    "gpu_busy_share": (0.05, "an hour of no work has no price"),
} | dict.fromkeys(
    (
        "azure_term_years",
        "contract_years",
        "exit_wait_years",
        "gpu_life_years",
        "gross_margin_ramp_years",
        "growth_half_life_years",
        "planned_growth_half_life_years",
        "training_half_life_years",
    ),
    (0.05, "nothing can be spread over no time"),
)
"""Where an assumption's own meaning asks for more than its unit does."""


def contradictions(
    assumptions: Mapping[str, Assumption],
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every broken rule: the assumptions that break it, and the rule with its consequence."""
    for name, (least, why) in LEAST.items():
        if name in assumptions and _end(assumptions[name], "low") < least:
            lowest = _end(assumptions[name], "low")
            yield (name,), f"{name}: {lowest:g} must be at least {least:g}; {why}"
    for rule in RULES:
        lesser, greater = assumptions.get(rule.lesser), assumptions.get(rule.greater)
        if lesser is None or greater is None:
            continue
        most, least = _end(lesser, "high"), _end(greater, "low")
        if most > least or (most == least and rule.relation == "stay below"):
            yield (
                (lesser.name, greater.name),
                f"{lesser.name}: up to {most:g} it must {rule.relation} {greater.name}, which "
                f"starts at {least:g}; {rule.otherwise}",
            )


def _end(assumption: Assumption, end: Literal["low", "high"]) -> float:
    stated = assumption.low if end == "low" else assumption.high
    return float(assumption.value if stated is None or assumption.is_fixed else stated)
