"""The risk register: what each risk would do to each party, how likely, and two at once."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.heat import Cell, heat_map
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, money_span, number, percent_span, years
from briefing.inputs.facts import Ledger
from briefing.inputs.risks import CROSS_DEFAULT, Risks

ByRisk = Mapping[tuple[str, ...], float]
"""A figure under no risk, each risk and each two at once, by the names of those that happen."""

SMALL_USD = 5e7

EXPECTED = "Expected loss, Anthropic"

NEAR = 0.9
"""Part of the largest expected loss from which on another weighs about as much."""


def risk_register(
    risks: Risks,
    facts: Ledger,
    equity_value_usd_by_risk: ByRisk,
    microsoft_bundle_npv_usd_by_risk: ByRisk,
    nvidia_bundle_npv_usd_by_risk: ByRisk,
    runway_years_by_risk: ByRisk,
) -> Exhibit:
    """E38: each risk with likelihood, loss by party, expected loss and trigger, worst first."""
    losses = {
        "Anthropic": _losses(equity_value_usd_by_risk),
        "Microsoft": _losses(microsoft_bundle_npv_usd_by_risk),
        "Nvidia": _losses(nvidia_bundle_npv_usd_by_risk),
    }

    def expected(name: str, party: str) -> tuple[float, float]:
        chance, loss = risks.stated[name].likelihood, losses[party][name,]
        low, high = sorted((chance.low * loss, chance.high * loss))
        return low, high

    order = sorted(risks.stated, key=lambda name: -sum(expected(name, "Anthropic")))
    rows = []
    for name in order:
        risk = risks.stated[name]
        chance = risk.likelihood
        by_party = {party: losses[party][name,] for party in losses}
        hurt = max(by_party, key=lambda party: by_party[party])
        rows.append(
            {
                "Risk": risk.title,
                "Likelihood": f"{percent_span(chance.low, chance.high)} in "
                f"{years(chance.horizon_years)}",
                **{party: _effect(-usd) for party, usd in by_party.items()},
                "Hurt most": hurt if by_party[hurt] >= SMALL_USD else "nobody here",
                EXPECTED: _span(*expected(name, "Anthropic")),
            }
        )
    frame = pd.DataFrame(rows)
    first = risks.stated[order[0]]
    lead = sum(expected(order[0], "Anthropic"))
    near = [name for name in order[1:2] if sum(expected(name, "Anthropic")) >= NEAR * lead]
    worst = _worst(losses["Anthropic"], order)
    clause = risks.cross_default
    cited = (
        fact
        for each in (
            *((*risk.facts, *risk.likelihood.facts) for risk in risks.stated.values()),
            clause.facts if clause else (),
        )
        for fact in each
        if fact in facts
    )
    return Exhibit(
        id="E38",
        title=f"“{first.title}” weighs most, an expected loss of "
        f"{_span(*expected(order[0], 'Anthropic'))} for Anthropic"
        + "".join(
            f", and “{risks.stated[name].title}” about as much, "
            f"{_span(*expected(name, 'Anthropic'))}"
            for name in near
        )
        + (
            f", and takes most if it happens, {money(losses['Anthropic'][worst,])}"
            if worst == order[0]
            else f"; {'the latter' if worst in near else f'“{risks.stated[worst].title}”'} takes "
            f"most if it happens, {money(losses['Anthropic'][worst,])}"
        ),
        body=table(frame, numbers=[*losses, EXPECTED], stub="Risk"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        facts=tuple(facts[name] for name in dict.fromkeys(cited)),
        notes=(
            "Each row computes the whole model again with the assumptions of the risk moved as "
            "its block in the files of risks says. Changes of the point case: Anthropic's value "
            "by discounted cash flow; Microsoft's and Nvidia's gain from shares and margin "
            f"together (E21, E22). {_lasting(runway_years_by_risk)}",
            "Anthropic's value follows from revenue and margins that are assumed, and not from the "
            "rent: what a risk adds to the rent, it does not take from that value here, so such a "
            "risk costs the tenant more than its row says.",
            "Likelihoods are judgements, given as ranges with their reasons in the files"
            f"{_judged_since(risks, facts)}. "
            "Expected losses of several risks must not be added: risks may come together, and "
            "two of them may share a loss.",
            *filter(None, [_cross_default(risks, losses)]),
        ),
    )


def _judged_since(risks: Risks, facts: Ledger) -> str:
    """What a reader of an earlier day must know of likelihoods that lean on later facts."""
    cited = {name for risk in risks.stated.values() for name in risk.likelihood.facts}
    if all(name in facts for name in cited):
        return ""
    return (
        "; some lean on facts that were not known by this briefing's date, for they are the same "
        "for every date"
    )


def risk_triggers(risks: Risks, facts: Ledger) -> Exhibit:
    """E38d: what happens in each risk, and what would show that it has begun."""
    frame = pd.DataFrame(
        [(risk.title, risk.what_happens, risk.trigger) for risk in risks.stated.values()],
        columns=["Risk", "What happens", "Trigger"],
    )
    cited = (name for risk in risks.stated.values() for name in risk.facts)
    evidence = [name for name in cited if name in facts]
    return Exhibit(
        id="E38d",
        title=f"{len(frame)} risks, each with an event that would show that it has begun",
        body=table(frame, stub="Risk"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        facts=tuple(facts[name] for name in dict.fromkeys(evidence)),
        stands_as="Opinion",
        notes=("Sources are the evidence that each risk cites, as far as it was known by then.",),
    )


def _lasting(runway_years_by_risk: ByRisk) -> str:
    """How long Anthropic's money in sight lasts, whichever one risk comes."""
    spans = [float(value) for names, value in runway_years_by_risk.items() if len(names) < 2]
    first, last = years(min(spans)), years(max(spans))
    if first == last:
        return f"Whichever comes alone, the central case's money in sight lasts {first}."
    return (
        f"The central case's money in sight lasts {first} under the worst, {last} under the best."
    )


def risk_pairs(
    risks: Risks,
    equity_value_usd_by_risk: ByRisk,
    microsoft_bundle_npv_usd_by_risk: ByRisk,
    nvidia_bundle_npv_usd_by_risk: ByRisk,
) -> Exhibit:
    """E38b: Anthropic's loss where two risks come at once, and where both exceed their sum."""
    losses = _losses(equity_value_usd_by_risk)
    names = list(risks.stated)
    pairs = list(combinations(names, 2))
    by_party = {
        "Anthropic": losses,
        "Microsoft": _losses(microsoft_bundle_npv_usd_by_risk),
        "Nvidia": _losses(nvidia_bundle_npv_usd_by_risk),
    }
    beyond = {
        (pair, party): each[pair] - each[pair[:1]] - each[pair[1:]]
        for pair in pairs
        for party, each in by_party.items()
    }
    numbers = {name: number(place) for place, name in enumerate(names, 1)}
    cells = [
        Cell(
            numbers[across],
            f"{numbers[down]} {risks.stated[down].title}",
            billions := round(_loss(losses, down, across) / 1e9),
            str(billions).replace("-", "−"),
        )
        for down in names
        for across in names
    ]
    frame = pd.DataFrame(
        [
            (*(risks.stated[name].title for name in pair), party, by_party[party][pair], usd)
            for (pair, party), usd in beyond.items()
        ],
        columns=["first", "second", "party", "loss_usd", "beyond_sum_usd"],
    )
    worse = sorted(
        (each for each, usd in beyond.items() if usd > SMALL_USD), key=lambda each: -beyond[each]
    )
    count = len({pair for pair, _ in worse})
    worst = max(pairs, key=lambda pair: losses[pair])
    told = _pair(risks, worst)
    return Exhibit(
        id="E38b",
        title=f"The worst two at once, {told}, would take {money(losses[worst])} of Anthropic's "
        f"value; {count or 'none'} of {len(pairs)} pairs "
        f"{'is' if count <= 1 else 'are'} worse for any party than the sum of both",
        body=heat_map(cells, "With risk", "Risk", "Loss, $bn", row_room=260),
        alt=f"Heat map of losses by pair of risks. {told}: {money(losses[worst])}",
        data=frame,
        notes=(
            "On the diagonal one risk alone, elsewhere two at once; loss of Anthropic's value by "
            "discounted cash flow in $bn, of the point case. Where two move the same "
            "assumption, the larger move counts.",
            _beyond(
                [
                    f"{_pair(risks, pair)} for {party} by {money(beyond[pair, party])}"
                    for pair, party in worse[:3]
                ]
            ),
        ),
    )


def _cross_default(risks: Risks, losses: Mapping[str, Mapping[tuple[str, ...], float]]) -> str:
    """What a clause that ties the deal's legs together would add to the risks that break one."""
    broken = [name for name, risk in risks.stated.items() if risk.breaks_the_deal]
    if risks.cross_default is None or not broken:
        return ""
    added = {
        (name, party): each[name, CROSS_DEFAULT] - each[name,]
        for name in broken
        for party, each in losses.items()
    }
    name, party = max(added, key=lambda each: abs(added[each]))
    most = added[name, party]
    effect = "change nothing for any party"
    if abs(most) >= SMALL_USD:
        told = f"{'take' if most > 0 else 'spare'} {party} up to {money(abs(most))}"
        effect = f"{told}{' more' if most > 0 else ''} (“{risks.stated[name].title}”)"
    return (
        "A clause by which the other legs fall with a broken one, as far as they are not paid in "
        f"yet, would {effect} in the {len(broken)} risks that break one. None is known."
    )


def _losses(by_risk: ByRisk) -> Mapping[tuple[str, ...], float]:
    """What each takes away, in dollars; negative where it gives."""
    return {names: float(by_risk[()] - value) for names, value in by_risk.items()}


def _loss(losses: Mapping[tuple[str, ...], float], one: str, other: str) -> float:
    if one == other:
        return losses[one,]
    return losses[one, other] if (one, other) in losses else losses[other, one]


def _worst(losses: Mapping[tuple[str, ...], float], names: Sequence[str]) -> str:
    return max(names, key=lambda name: losses[name,])


def _pair(risks: Risks, pair: tuple[str, ...]) -> str:
    one, other = (risks.stated[name].title for name in pair)
    return f"“{one}” and “{other}”"


def _beyond(worse: Sequence[str]) -> str:
    if not worse:
        return (
            "No two risks are worse together than the sum of both: what one has taken the other "
            "cannot take again."
        )
    return f"Worse than the sum of both, most first: {'; '.join(worse)}."


def _effect(usd: float) -> str:
    if abs(usd) < SMALL_USD:
        return "0"
    return money(usd) if usd < 0 else f"+{money(usd)}"


def _span(low: float, high: float) -> str:
    if abs(low) < SMALL_USD and abs(high) < SMALL_USD:
        return money(0.0)
    return money_span(low, high)
