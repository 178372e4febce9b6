"""Exhibits of the choice of models: what each costs, when the dear one pays, what routing saves."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from briefing.exhibits.buyer_words import all_to_the_middle
from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.heat import Cell, heat_map, told_cells
from briefing.exhibits.offers import NOT_FOUND, TIERS, Priced, priced, worth_span
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import (
    number,
    percent,
    percent_span,
    unit_price,
)
from briefing.inputs.facts import DEAL_DAY, Fact, Ledger

Array = np.ndarray


TOLD = ("Tier", "Model", "Week of the deal", "Now")
"""Columns of the price table that are read and not compared."""


CLOSE_SHARE = 0.05
"""Shares that lie no further apart are called alike."""


def price_table(
    large_usd_per_task: Array,
    large_usd_per_task_draws: Array,
    large_usd_per_task_on_deal_day: Array,
    middle_usd_per_task: Array,
    middle_usd_per_task_draws: Array,
    middle_usd_per_task_on_deal_day: Array,
    small_usd_per_task: Array,
    small_usd_per_task_draws: Array,
    small_usd_per_task_on_deal_day: Array,
    task_output_tokens_count: Array,
    input_tokens_per_output_token_multiple: Array,
    tokens_for_same_text_multiple: Array,
    as_of: date,
    facts: Ledger,
) -> Exhibit:
    """E30: list prices of Anthropic's tiers in the week of the deal and now, and of a task."""
    tasks = {
        "large": (large_usd_per_task_on_deal_day.item(), large_usd_per_task.item()),
        "middle": (middle_usd_per_task_on_deal_day.item(), middle_usd_per_task.item()),
        "small": (small_usd_per_task_on_deal_day.item(), small_usd_per_task.item()),
    }
    before, now = priced(facts.known_on(DEAL_DAY), "anthropic"), priced(facts, "anthropic")
    rows = list(_price_rows(before, now, tasks, as_of))
    others = priced(facts, "openai")
    draws = {
        "large": large_usd_per_task_draws,
        "middle": middle_usd_per_task_draws,
        "small": small_usd_per_task_draws,
    }
    frame = pd.DataFrame(rows)
    used = [fact for each in (before, now, others) for one in each.values() for fact in one.facts]
    was, is_ = tasks["large"]
    written = task_output_tokens_count.item()
    read = written * input_tokens_per_output_token_multiple.item()
    return Exhibit(
        id="E30",
        title=_price_title(tasks, was, is_, as_of),
        body=table(
            frame, numbers=[name for name in frame.columns if name not in TOLD], stub="Tier"
        ),
        alt=read_aloud(frame),
        data=frame,
        notes=(
            "Dollars per million tokens at list, in and out. A task is "
            f"{number(read)} tokens in and {number(written)} out, an assumption; the same number "
            "for all tiers, though a larger model may need fewer or think longer."
            + _counted_as_more(tokens_for_same_text_multiple.item()),
            _by_size_of_task(draws),
            *_steps(facts),
            *_above(now),
            *_others(others),
        ),
        facts=tuple(dict.fromkeys(used)),
    )


def _price_rows(
    before: Mapping[str, Priced],
    now: Mapping[str, Priced],
    tasks: Mapping[str, tuple[float, float]],
    as_of: date,
) -> Iterator[Mapping[str, str]]:
    for tier, (then_usd, now_usd) in tasks.items():
        was, is_ = before.get(tier), now.get(tier)
        if as_of <= DEAL_DAY:
            yield {
                "Tier": TIERS[tier],
                "Model": was.model if was else NOT_FOUND,
                "Per Mtoken": _pair(was),
                "A task": unit_price(then_usd),
            }
            continue
        yield {
            "Tier": TIERS[tier],
            "Week of the deal": f"{was.model}, {_pair(was)}" if was else NOT_FOUND,
            "Now": f"{is_.model}, {_pair(is_)}" if is_ else NOT_FOUND,
            "A task then": unit_price(then_usd),
            "A task now": unit_price(now_usd),
            "Change": percent(now_usd / then_usd - 1),
        }


def _pair(model: Priced | None) -> str:
    return f"{_dollars(model.input_usd)} / {_dollars(model.output_usd)}" if model else NOT_FOUND


def _dollars(usd: float) -> str:
    return f"${usd:.2f}" if usd != round(usd) else f"${usd:.0f}"


def _price_title(
    tasks: Mapping[str, tuple[float, float]], was: float, is_: float, as_of: date
) -> str:
    then, now = (large / small for large, small in zip(tasks["large"], tasks["small"], strict=True))
    if as_of <= DEAL_DAY:
        return f"The large model costs {number(then)} times the small one, at list and per token"
    if is_ < was:
        return (
            f"The large model costs {percent(1 - is_ / was)} less than in the week of the deal: "
            f"{number(now)} times the small one, {number(then)} times then"
        )
    return (
        f"The large model costs {number(now)} times the small one, {number(then)} times in the "
        "week of the deal"
    )


def _by_size_of_task(draws: Mapping[str, Array]) -> str:
    """What a task costs with each tier when its size is drawn and not assumed."""
    told = [
        f"{TIERS[tier].lower()} {unit_price(low)} to {unit_price(high)}"
        for tier, of_tier in draws.items()
        for low, high in [np.quantile(of_tier, [0.1, 0.9]).tolist()]
    ]
    return f"By its size a task costs, in eight draws of ten: {'; '.join(told)}."


def _counted_as_more(multiple: float) -> str:
    if multiple <= 1:
        return ""
    return (
        f" Today's models use {multiple:.2g} times the tokens for the same text; the cost of a "
        "task includes this."
    )


def _steps(facts: Ledger) -> Iterator[str]:
    """When the list price of the large model fell most, and by how much."""
    listed_prices = sorted(
        (
            fact
            for fact in facts.matching(kind="list_price", subject="anthropic").values()
            if fact.price and fact.price.tier == "large" and fact.price.of == "output"
        ),
        key=lambda each: each.known_since,
    )
    falls = [
        (1 - (newer.value or 0.0) / (older.value or 1.0), newer)
        for older, newer in pairwise(listed_prices)
    ]
    if falls:
        fall, newer = max(falls, key=lambda each: each[0])
        name = newer.price.model if newer.price else ""
        yield (
            f"Per token the large model fell most on {newer.known_since}, by {percent(fall)}, with "
            f"{name}."
        )


def _above(now: Mapping[str, Priced]) -> Iterator[str]:
    if "top" in now:
        yield f"Above these stands {now['top'].model}, {_pair(now['top'])}."


def _others(others: Mapping[str, Priced]) -> Iterator[str]:
    if others:
        told = "; ".join(
            f"{others[tier].model} ({TIERS[tier].lower()}) {_pair(others[tier])}"
            for tier in TIERS
            if tier in others
        )
        yield f"OpenAI's list beside it: {told}. Tiers of two makers are no equals."


def routing_grid(
    routed_task_share: Array,
    routed_task_share_by_routing: Array,
    small_failure_share_by_routing: Array,
    routing_saving_share_by_routing: Array,
    routing_saving_share: Array,
    routing_saving_share_draws: Array,
    routing_saving_share_on_deal_day: Array,
    routing_break_even_failure_share: Array,
    missed_failure_break_even_usd_per_task: Array,
    middle_saving_share: Array,
    middle_solved_share: Array,
    large_solved_share: Array,
    large_usd_per_task: Array,
    as_of: date,
) -> Exhibit:
    """E30b: what it saves to ask the small model first, by how often and how well."""
    frame = pd.DataFrame(
        {
            "routed_share": routed_task_share_by_routing[:, 0],
            "failure_share": small_failure_share_by_routing[:, 0],
            "saving_share": routing_saving_share_by_routing[:, 0],
        }
    )
    cells = [
        Cell(percent(routed), percent(failing), saving * 100, percent(saving))
        for routed, failing, saving in frame.to_numpy().tolist()
    ]
    low, high = np.quantile(routing_saving_share_draws, [0.1, 0.9])
    saved, then = routing_saving_share.item(), routing_saving_share_on_deal_day.item()
    damage = missed_failure_break_even_usd_per_task.item()
    middle, more = middle_saving_share.item(), (middle_solved_share - large_solved_share).item()
    beaten = f"; the middle one for all would save {percent(middle)}"
    return Exhibit(
        id="E30b",
        title=f"Sending {percent(routed_task_share.item())} of all tasks to the small model first "
        f"saves {percent(saved)} of the large one's bill "
        f"({percent_span(float(low), float(high))} in eight draws of ten), if failures are seen"
        + (beaten if middle > saved and more >= 0 else ""),
        body=heat_map(
            cells, "Tasks that go to the small model first", "Of these, fail", "Saved, %"
        ),
        alt="Heat map of the saving by part of tasks sent to the small model and part failing. "
        + "; ".join(f"{cell.x} sent, {cell.y} fail: {cell.label}" for cell in told_cells(cells)),
        data=frame,
        notes=(
            "A failing task is done again by the large model. Prices are at list; the saving is "
            f"gone when more than {percent(routing_break_even_failure_share.item())} fail."
            + _at_older_prices(saved, then, as_of),
            f"{all_to_the_middle(middle, more)} Shares solved are those of E30c.",
            _unseen(damage, large_usd_per_task.item()),
        ),
    )


def _at_older_prices(saved: float, then: float, as_of: date) -> str:
    if as_of <= DEAL_DAY:
        return ""
    told = f" At the prices of the week of the deal it was {percent(then)}"
    close = abs(saved - then) < CLOSE_SHARE
    return told + (
        ": how often the small model fails counts for more than how cheap it is." if close else "."
    )


def _unseen(damage_usd: float, task_usd: float) -> str:
    """What failures that nobody sees may cost, and who knows how many tasks can be routed."""
    if np.isfinite(damage_usd):
        told = (
            "Failures that nobody notices are what counts: with our share of them one may cost "
            f"{unit_price(damage_usd)}, {number(round(damage_usd / task_usd))} times the task, "
            "before routing loses what it saves."
        )
    else:
        told = "No failure passes unseen at these assumptions."
    return f"{told} How many tasks the small model suffices for each buyer alone knows."


def worth_table(
    large_model_least_usd_per_task: Array,
    large_model_least_usd_per_task_draws: Array,
    middle_model_least_usd_per_task: Array,
    middle_model_least_usd_per_task_draws: Array,
    large_usd_per_task: Array,
    middle_usd_per_task: Array,
    small_usd_per_task: Array,
    large_solved_share: Array,
    middle_solved_share: Array,
    small_solved_share: Array,
    facts: Ledger,
) -> Exhibit:
    """E30c: what a solved task must be worth for the dearer model to pay."""
    rows = [
        _worth(
            "Large over middle",
            large_usd_per_task.item() - middle_usd_per_task.item(),
            large_solved_share.item() - middle_solved_share.item(),
            large_model_least_usd_per_task,
            large_model_least_usd_per_task_draws,
        ),
        _worth(
            "Middle over small",
            middle_usd_per_task.item() - small_usd_per_task.item(),
            middle_solved_share.item() - small_solved_share.item(),
            middle_model_least_usd_per_task,
            middle_model_least_usd_per_task_draws,
        ),
    ]
    frame = pd.DataFrame(rows)
    scores = [fact for fact in facts.matching(kind="benchmark").values() if fact.score]
    return Exhibit(
        id="E30c",
        title=_worth_title(
            large_model_least_usd_per_task,
            large_model_least_usd_per_task_draws,
            middle_model_least_usd_per_task,
            middle_model_least_usd_per_task_draws,
        ),
        body=table(frame, numbers=list(frame.columns[1:]), stub="Choice"),
        alt=read_aloud(frame),
        data=frame,
        notes=(
            "Extra cost over extra tasks solved. Shares solved are assumptions around what makers "
            "publish for one test of programming; your own tasks are another test, and a share of "
            "them is what to put in their place. Prices are at list.",
            *_scores(scores),
            "Where a draw has the dearer model solve no more, it never pays; such draws count as "
            "dearer than any.",
        ),
        facts=tuple(scores),
    )


def _worth_title(large: Array, large_draws: Array, middle: Array, middle_draws: Array) -> str:
    second = f"{_worth_of(middle.item())} on ({worth_span(middle_draws)})"
    if np.isinf(large.item()):
        return (
            "In its maker's own test the large model solves no more than the middle one, so it "
            f"never pays at our assumptions; the middle one pays from {second}"
        )
    return (
        "At our assumptions the large model pays once a solved task is worth "
        f"{_worth_of(large.item())} ({worth_span(large_draws)} in eight draws of ten), the middle "
        f"one from {second}"
    )


def _worth(
    choice: str, dearer: float, more: float, least: Array, draws: Array
) -> Mapping[str, str]:
    low, high = np.quantile(draws, [0.1, 0.9], method="nearest")
    return {
        "Choice": choice,
        "Dearer by": unit_price(dearer),
        "Solves more": percent(more),
        "Pays from": _worth_of(least.item()),
        "Eight draws in ten": " to ".join(dict.fromkeys(map(_worth_of, (float(low), float(high))))),
    }


def _worth_of(usd: float) -> str:
    return unit_price(usd) if np.isfinite(usd) else "never"


def _scores(scores: Sequence[Fact]) -> Iterator[str]:
    if scores:
        told = "; ".join(
            f"{test}: "
            + ", ".join(
                f"{each.score.model} {100 * (each.value or 0.0):.1f}%"
                for each in scores
                if each.score and each.score.test == test
            )
            for test in dict.fromkeys(each.score.test for each in scores if each.score)
        )
        yield f"The maker's own claims. {told}. Tests differ in difficulty."
