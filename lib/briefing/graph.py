"""The graph: every formula by the name of its quantity, and the families an argument may name.

A function of the model or of the exhibits is a node, its arguments are what it needs. `dags` and
`networkx` make the graph; nothing here computes a value.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import networkx as nx
import numpy as np
from dags import create_dag

from briefing import exhibits, model
from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.required import CONDITIONS, IMPLIED
from briefing.inputs.files import BadInput
from briefing.inputs.parameters import ParameterSet


@cache
def functions() -> Mapping[str, Callable[..., Any]]:
    """Every public function of the model and of the exhibits, by the name of its quantity."""
    found: dict[str, Callable[..., Any]] = {}
    names = (f"{part.__name__}.{name}" for part in (model, exhibits) for name in part.MODULES)
    for module in map(import_module, names):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != module.__name__ or name.startswith("_"):
                continue
            if name in found:
                raise ValueError(f"two functions are named {name}; a quantity has one formula")
            found[name] = function
    return found


WATCHED = ("risks", "signals")
"""Leaves that stand in files of their own and are the same for all sets."""

CONTEXT = (
    "quarter_start_years", "years_to_as_of", "quarters", "as_of", "facts", "parameters", *WATCHED,
)  # fmt: skip
"""Leaves that are no assumptions: the calendar, the known facts, the set, what is watched."""


@dataclass(frozen=True)
class Sweep:
    """Assumptions that vary together, one axis of a grid each.

    An axis is a number of points over the assumption's own range, or the values themselves.
    """

    axes: Mapping[str, int | tuple[float, ...]]


_TERMS = (3, 4, 5, 6, 7, 8, 10)

SWEEPS: Mapping[str, Sweep] = {
    "_by_horizon": Sweep({"azure_term_years": _TERMS, "azure_ramp_years": (0.25, 1, 2, 3)}),
    "_by_minimum": Sweep(
        {"azure_term_years": _TERMS, "azure_take_or_pay_share": (0, 0.25, 0.5, 0.75, 1)}
    ),
    "_by_stop": Sweep({"stress_start_years": (0, 1, 2, 3)}),
    "_by_term": Sweep({"azure_term_years": _TERMS}),
    "_by_rent": Sweep({"azure_term_years": _TERMS, "tenant_cost_usd_per_gw_year": 5}),
    "_by_hour": Sweep({"azure_term_years": _TERMS, "gpu_busy_share": (0.4, 0.6, 0.8, 1.0)}),
    "_by_life": Sweep({"azure_term_years": _TERMS, "gpu_life_years": (3, 4, 5, 6)}),
    "_by_load": Sweep(
        {
            "site_load_share": (0.5, 0.65, 0.8, 0.9, 1.0),
            "usage_effectiveness_multiple": (1.0, 1.12, 1.2, 1.35, 1.54),
        }
    ),
    "_by_price": Sweep(
        {
            "power_price_usd_per_kwh": (0.05, 0.07, 0.09, 0.12),
            "carbon_price_usd_per_tco2": (0, 30, 60, 120, 190),
        }
    ),
    "_by_delay": Sweep({"capacity_delay_years": (0, 0.25, 0.5, 1, 1.5, 2)}),
    "_by_margin": Sweep({"azure_additional_share": 6, "azure_margin_share": 5}),
    "_by_chips": Sweep({"chips_additional_share": 6, "growth_half_life_years": 5}),
    "_by_pace": Sweep({"growth_half_life_years": tuple(np.linspace(0.2, 3.4, 49).tolist())}),
    "_by_lock_in": Sweep(
        {
            "lock_in_years": (1, 2, 3, 4, 5),
            "relative_cost_volatility_rate": (0.1, 0.2, 0.3, 0.4, 0.5),
        }
    ),
    "_by_alternative": Sweep(
        {
            "lock_in_years": (1, 2, 3, 4, 5),
            "alternative_cost_multiple": (0.8, 0.9, 1, 1.1, 1.25),
        }
    ),
    "_by_routing": Sweep(
        {
            "routed_task_share": (0.2, 0.35, 0.5, 0.65, 0.8),
            "small_failure_share": (0.05, 0.1, 0.2, 0.3, 0.45),
        }
    ),
    "_by_migration": Sweep(
        {
            "migration_cost_share": (0.05, 0.1, 0.2, 0.35, 0.5),
            "price_gap_share": (0.1, 0.2, 0.3, 0.5, 0.7),
        }
    ),
    "_by_training": Sweep({"training_half_life_years": 7, "opening_training_share": 6}),
}

MAPPINGS = ("_by_firmness", "_by_scenario", "_by_remedy", "_by_signal")

MOVED = ("_by_end", "_by_move", "_by_risk")

REQUIRED = "_by_condition"

THEN = "_on_deal_day"
"""The same set as known on the day of the deal; on that day or before it, the case itself."""

FAMILIES = ("_draws", *MAPPINGS, *MOVED, REQUIRED, THEN, *SWEEPS)


@cache
def plain(argument: str) -> str:
    """The quantity behind an argument's name, without its families.

    >>> plain("enterprise_value_usd_draws"), plain("discount_rate_by_condition_by_pace")
    ('enterprise_value_usd', 'discount_rate')
    """
    family = family_of(argument)
    return plain(argument.removesuffix(family)) if family else argument


@cache
def family_of(name: str) -> str:
    """Ending of an argument's name that says on which cases it is wanted; empty for this one."""
    return next((family for family in FAMILIES if name.endswith(family)), "")


def _rests_on(argument: str) -> tuple[str, ...]:
    """Plain names of all that an argument needs: what is required rests on its conditions too."""
    if REQUIRED not in argument:
        return (plain(argument),)
    compared = (each for condition in CONDITIONS.values() for each in condition.rests_on)
    return (plain(argument), *compared, *IMPLIED)


@cache
def arguments(name: str) -> tuple[str, ...]:
    """Names that the function of quantity `name` asks for."""
    return tuple(inspect.signature(functions()[name]).parameters)


def plain_arguments(name: str) -> tuple[str, ...]:
    """The same without their families, each once."""
    return tuple(dict.fromkeys(each for asked in arguments(name) for each in _rests_on(asked)))


@cache
def graph() -> nx.DiGraph:
    """The whole graph, an arrow from each quantity to those that need it."""
    renamed = {
        name: _with_plain_arguments(name, function) for name, function in functions().items()
    }
    return create_dag(renamed, targets=None)


@cache
def with_ancestors(quantity: str) -> frozenset[str]:
    """A quantity with all that it rests on."""
    return frozenset({quantity}).union(*map(with_ancestors, graph().predecessors(quantity)))


@cache
def rests_on_leaves(name: str) -> bool:
    """Whether a formula of the model and all below it ask for nothing on another case."""
    if name not in functions():
        return name in graph()
    asked = arguments(name)
    return not is_worded(name) and all(
        not family_of(each) and rests_on_leaves(each) for each in asked
    )


@cache
def needed(argument: str) -> frozenset[str]:
    """A formula's answer with all answers that it takes, on the same case or on its draws.

    Nothing of other families: what is computed on their cases stays there.
    """
    family = "_draws" if argument.endswith("_draws") else ""
    name = argument.removesuffix(family)
    if name not in functions():
        return frozenset()
    below = (f"{each}{family}" for each in arguments(name) if not (family and family_of(each)))
    return frozenset({argument}).union(*map(needed, below))


@cache
def asked_for(family: str) -> tuple[str, ...]:
    """Quantities that some function wants in this family."""
    asked = (each for name in functions() for each in arguments(name))
    return tuple(dict.fromkeys(plain(each) for each in asked if each.endswith(family)))


@cache
def exhibit_names() -> tuple[str, ...]:
    """Names of the functions that readers see."""
    return tuple(
        name
        for name, function in functions().items()
        if function.__module__.startswith(exhibits.__name__)
    )


@cache
def is_worded(name: str) -> bool:
    """Whether the function of quantity `name` puts numbers in words; the model's never do."""
    return name in exhibit_names()


@cache
def shown_names() -> frozenset[str]:
    """Exhibits and sentences of the graph."""
    returned = {name: functions()[name].__annotations__.get("return") for name in exhibit_names()}
    return frozenset(name for name, what in returned.items() if what is Exhibit)


def _with_plain_arguments(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def stand_in(**_: Any) -> None: ...

    parameters = [
        inspect.Parameter(each, inspect.Parameter.KEYWORD_ONLY) for each in plain_arguments(name)
    ]
    stand_in.__signature__ = inspect.Signature(parameters)  # pyright: ignore[reportFunctionMemberAccess]
    stand_in.__name__, stand_in.__doc__ = name, function.__doc__
    return stand_in


def check_graph(parameters: ParameterSet) -> None:
    """Raise BadInput when an assumption has the name of a formula, is used by none, or lacks."""
    given = set(parameters.assumptions)
    needed = {each for each in graph() if each not in functions() and each not in CONTEXT}
    faults = [
        *(f"{name}: a function has this name already" for name in given & set(functions())),
        *(f"{name}: no function asks for it" for name in given - needed - set(functions())),
        *(f"{name}: functions ask for it and no file defines it" for name in needed - given),
    ]
    if faults:
        raise BadInput(f"base.yaml: assumptions.{fault}; nothing was built" for fault in faults)
