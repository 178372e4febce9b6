"""A case: one parameter set as a graph of named numbers, computed when asked for.

    case = Case("latest")
    case.self_funded_revenue_share                    # one number; only its ancestors run
    case.what_if(azure_term_years=3).runway_years     # the same graph with a leaf replaced
    case.explain("self_funded_revenue_share")         # formula → assumptions → facts
    case.graph("self_funded_revenue_share")           # the same as a picture

An argument may end in the name of a family of cases. `enterprise_value_usd_draws` is the same
quantity on every draw of the uncertain assumptions, `…_by_firmness` a mapping from the firm,
expected and headline readings, `…_by_scenario` one from the scenarios that the set compares,
`…_by_end` and `…_by_move` mappings from moves of single assumptions or of two.
`mature_gross_margin_share_by_condition` is what that assumption would have to be for each
condition, and `…_by_condition_by_pace` the same at every point of a grid.
`…_by_risk` is a mapping from no risk, each risk and each two at once, `…_by_signal` one from each
way in which a signal of the watch list may turn out.
`…_on_deal_day` and `…_draws_on_deal_day` are the value and its draws as known on the deal's day.
"""

import inspect
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache, cached_property
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from briefing.asked import (
    asked_day,
    is_plain,
    refuse_nameless,
    refuse_shallow,
    refuse_uncountable,
    refuse_unlike,
)
from briefing.draws import in_order, joint_draws
from briefing.exhibits.correlations import correlation_table
from briefing.exhibits.drivers import FIGURES as DRIVEN
from briefing.exhibits.drivers import Drivers, driver_chart, driver_table, drivers
from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.explanation import Explanation, explained, summary
from briefing.exhibits.figures import (
    Figure,
    ends_and_middle,
    figure_register,
    recognised,
)
from briefing.exhibits.headlines import COUNTED
from briefing.exhibits.manifest import Extent, run_manifest
from briefing.exhibits.model_map import model_map, parts_of
from briefing.exhibits.picture import Picture, pictured
from briefing.exhibits.printed import meanings
from briefing.exhibits.required import (
    CONDITIONS,
    FREE,
    SCANNED,
    Condition,
    Required,
    Searched,
    searched,
    solved,
)
from briefing.exhibits.scenarios import scenario_assumptions, scenario_moves
from briefing.exhibits.sweep import sweep_summary
from briefing.exhibits.words import spoken, written
from briefing.graph import (
    CONTEXT,
    MAPPINGS,
    MOVED,
    REQUIRED,
    SWEEPS,
    THEN,
    WATCHED,
    Sweep,
    arguments,
    asked_for,
    exhibit_names,
    family_of,
    functions,
    graph,
    is_worded,
    plain,
    plain_arguments,
    rests_on_leaves,
    shown_names,
    with_ancestors,
)
from briefing.inputs.assumptions import Assumption
from briefing.inputs.digests import project_digests
from briefing.inputs.facts import MODEL_START, Fact, Ledger, by_tier, load_facts
from briefing.inputs.files import BadInput, did_you_mean, project_root
from briefing.inputs.made_with import made_with
from briefing.inputs.moves import Move, columns, ends, is_movable, one_or_two
from briefing.inputs.parameters import (
    ParameterSet,
    as_on_deal_day,
    load_parameter_set,
    save_parameter_set,
)
from briefing.inputs.reads import facts_asked, note, recorded, shown_scenarios, start_audit
from briefing.inputs.risks import CROSS_DEFAULT, Risks, check_risks, load_risks
from briefing.inputs.rules import contradictions
from briefing.inputs.shocks import moved as moved_by
from briefing.inputs.signals import Signals, check_signals, load_signals
from briefing.inputs.sweeps import load_sweep
from briefing.kept import answer, frozen, leaf
from briefing.model.measures.discounting import InfiniteValue
from briefing.model.remedies import REMEDIES, Remedy

QUARTERS = 41
"""The model runs from the fourth quarter of 2025 to the fourth of 2035."""

QUARTER_LABELS = tuple(
    f"{MODEL_START.year + (MODEL_START.month // 3 + quarter) // 4}Q{(3 + quarter) % 4 + 1}"
    for quarter in range(QUARTERS)
)


_QUARTER_STARTS = frozen(np.arange(QUARTERS)[None, :] / 4)

BLOCK = 5_000
"""Draws computed at once: few enough for a processor's cache, many enough for NumPy to be busy."""


class Case:
    """One parameter set with its values: lazy, cached, immutable.

    `overrides` replace assumptions by fixed values; `as_of` replays an earlier day.
    """

    def __init__(
        self,
        parameter_set: str = "latest",
        /,
        *,
        as_of: date | str | None = None,
        **overrides: float | str,
    ):
        start_audit()
        if not isinstance(parameter_set, str):
            raise BadInput(
                [
                    f"parameter set {parameter_set!r} must be a name such as 'latest'; nothing was "
                    "computed"
                ]
            )
        root = project_root()
        day = asked_day(as_of)
        ledger = load_facts(root / "params" / "facts")
        parameters = load_parameter_set(parameter_set, root / "params", ledger, day)
        self._set(_stated(parameters), overrides, {}, root=root, everything=ledger)

    @classmethod
    def of(cls, parameters: ParameterSet) -> "Case":
        """The case of a set that is at hand, such as that of an earlier build."""
        case = object.__new__(cls)
        case._set(_stated(parameters), {}, {}, root=project_root(), everything=parameters.facts)
        return case

    def _set(
        self,
        stated: "_Stated",
        overrides: Mapping[str, Any],
        columns: Mapping[str, Any],
        root: Path,
        everything: Ledger,
        is_asked: bool = True,
    ) -> None:
        overrides = {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in overrides.items()
        }
        _check_overrides(stated.parameters, overrides, is_asked)
        replaced = {name: leaf(value) for name, value in overrides.items()}
        state = {
            "_stated": stated,
            "_parameters": stated.parameters,
            "_noted": stated.noted.assumptions,
            "_overrides": dict(overrides),
            "_leaves": {**stated.leaves, **columns, **replaced},
            "_root": root,
            "_everything": everything,
            "_values": {},
            "_relatives": {},
            "_moved": None,
            "_before": {},
        }
        self.__dict__.update(state)

    def __setattr__(self, name: str, _: Any) -> None:
        raise AttributeError(f"a case never changes; use case.what_if({name}=…) for another one")

    # What a notebook asks for

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return unwrapped(self.value(name))
        except KeyError as error:
            raise AttributeError(error.args[0]) from None

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *functions(), *self._parameters.assumptions, *CONTEXT]

    def __repr__(self) -> str:
        changed = "".join(f", {name}={value!r}" for name, value in self._overrides.items())
        day, points = str(self._parameters.as_of), self._points
        told = f"Case({self._parameters.name!r}, as_of={day!r}{changed})"
        return f"{told} in {points:,} draws" if points > 1 else told

    def value(self, name: str) -> Any:
        """Value of `name` as the model sees it: (draws, quarters), or an exhibit."""
        if name not in self._values:
            refuse_nameless("value", name)
            values = self._before if self._is_as_before(name) else self._values
            if name not in values:
                values[name] = self._computed(name)
            self._values[name] = values[name]
        return self._values[name]

    def _is_as_before(self, name: str) -> bool:
        """Whether `name` is what it is in the case that this one was made from."""
        return (
            self._moved is not None
            and rests_on_leaves(name)
            and with_ancestors(name).isdisjoint(self._moved)
        )

    def what_if(self, **overrides: float | str) -> "Case":
        """The same case with assumptions replaced by fixed values; draws of others stay."""
        own = {name: self._leaves[name] for name in self._parameters.assumptions}
        return self._relative(self._parameters, {**self._overrides, **overrides}, own)

    def save(self, name: str, title: str, reason: str) -> "Case":
        """Write what was replaced here as the parameter set `name` into params/; returns it."""
        folder, own = self._root / "params", self._parameters
        usual = load_parameter_set(own.name, folder, self._everything)
        as_of = None if own.as_of == usual.as_of else own.as_of
        save_parameter_set(name, folder, own.name, title, reason, self._overrides, as_of)
        return Case(name)

    def draws(self, n: int | None = None, seed: int | None = None) -> "Case":
        """The case with every uncertain assumption drawn `n` times; overrides stay fixed.

        Each assumption has a stream of its own, seeded by its name, so that adding one changes
        no draw of another; the few that the set correlates are mixed among themselves. The same
        seed gives the same draws, bit for bit.
        """
        count = self._parameters.draws if n is None else n
        refuse_uncountable("draws", draws=count, seed=seed)
        return self._drawn(count, seed)

    def distribution(
        self,
        *names: str,
        draws: int | None = None,
        seed: int | None = None,
        workers: int = 1,
    ) -> pd.DataFrame:
        """Quantities that are one number per case, for very many draws: a column each.

        They are computed block by block, so that a million draws need no more memory than some
        thousand, and are those of `draws`, bit for bit, whatever the number of `workers` (threads).
        Raises BadInput for what is no such quantity.
        """
        count = self._parameters.draws if draws is None else draws
        refuse_nameless("distribution", *names)
        refuse_uncountable("distribution", draws=count, workers=workers, seed=seed)
        faults = [fault for each in names for fault in self._no_number(each)]
        if not names:
            faults.append("name at least one quantity")
        if faults:
            raise BadInput(f"distribution: {fault}; nothing was computed" for fault in faults)
        wanted = frozenset(each for name in names for each in with_ancestors(name))

        def block(first: int) -> np.ndarray:
            size = min(BLOCK, count - first)
            drawn = self._drawn(size, seed, first, wanted)
            return np.hstack([np.broadcast_to(drawn.value(name), (size, 1)) for name in names])

        found = in_order(block, range(0, count, BLOCK), workers)
        return pd.DataFrame(np.vstack(found), columns=pd.Index(names))

    def _drawn(
        self,
        count: int,
        seed: int | None,
        first: int = 0,
        only: Collection[str] | None = None,
    ) -> "Case":
        own = self._parameters
        note(("correlations", own.name), own.correlations)
        leaves = joint_draws(
            own.assumptions,
            own.correlations,
            count,
            own.seed if seed is None else seed,
            first,
            fixed=self._overrides,
            only=only,
        )
        return self._relative(own, self._overrides, leaves)

    def sweep(self, name: str) -> Exhibit:
        """How the quantities of the sweep `name` (params/sweeps) vary over all of its points.

        The points are computed at once, as arrays, and are those of this case's own set.
        """
        refuse_nameless("sweep", name)
        stated = load_sweep(name, self._root / "params")
        note(("sweep", self._parameters.name, name), stated.content)
        parameters = replace(self._parameters, assumptions=self._noted)
        points = stated.points(parameters)
        if faults := [fault for each in stated.quantities for fault in self._no_number(each)]:
            stated.refuse("quantities", faults)
        own = {axis: self._overrides.get(axis, self._noted[axis].value) for axis in stated.axes}
        columns = {
            axis: np.array([[point.overrides.get(axis, value)] for point in points])
            for axis, value in own.items()
        }
        swept = self._with_columns(columns)
        values = {each: swept.value(each) for each in stated.quantities}
        frame = pd.DataFrame(
            {"point": [point.name for point in points]}
            | {
                each: np.broadcast_to(value, (len(points), 1))[:, 0]
                for each, value in (columns | values).items()
            }
        )
        summary = sweep_summary(stated, parameters, frame, self._overrides)
        return self._finished(name, summary, stated.quantities)

    def required(
        self,
        free: str,
        quantity: str,
        *,
        at_least: str | float,
        within: tuple[float, float] | None = None,
    ) -> Required:
        """What the assumption `free` would have to be for `quantity` to be `at_least` so much.

        All others stay as they are, on a case of draws in each draw. `at_least` is a plain number
        or another quantity's name; `within` are the ends of the search, by default well beyond the
        assumption's own range. Where no value will do, the answer says so; nothing is clipped.
        """
        refuse_nameless("required", free, quantity)
        if not isinstance(at_least, str) and not is_plain(at_least):
            raise BadInput(
                [
                    f"required: at_least {at_least!r} must be a finite number or the name of a "
                    "quantity; nothing was computed"
                ]
            )
        condition = Condition(quantity, at_least)
        if faults := [fault for each in condition.rests_on for fault in self._not_one(each)]:
            raise BadInput(f"required: {fault}; nothing was computed" for fault in faults)
        if isinstance(at_least, str):
            refuse_unlike("required", quantity, at_least)
        if free not in self._parameters.assumptions:
            told = _faults(self._parameters, free, 0.0)
            raise BadInput(f"required: {fault}; nothing was computed" for fault in told)
        if not self._bears_on(free, condition):
            names = " and ".join(condition.rests_on)
            raise BadInput(
                [f"required: {free} changes nothing about {names}; nothing was computed"]
            )
        bracket = searched(self._noted[free], self._leaves[free], within)
        return self._solved([bracket], [condition])[free][0]

    def _bears_on(self, free: str, condition: Condition) -> bool:
        return any(free in self._upstream(each) for each in condition.rests_on)

    def _not_one(self, name: str) -> list[str]:
        """What keeps `name` from being one number in each draw; mostly nothing."""
        if name not in functions() and name not in self._parameters.assumptions:
            known = [*functions(), *self._parameters.assumptions]
            return [f"no quantity {name!r}{did_you_mean(name, known)}"]
        formula = functions().get(name)
        if formula and formula.__annotations__.get("return") is not np.ndarray:
            return [f"{name} must be one number per case, without quarters or parties"]
        try:
            value = self.value(name)
        except InfiniteValue:
            return []
        if value.ndim != 2 or value.shape[1] != 1:
            return [f"{name} must be one number per case, without quarters or parties"]
        return [] if np.issubdtype(value.dtype, np.number) else [f"{name} is a word"]

    def _solved(
        self, frees: Sequence[Searched], conditions: Collection[Condition]
    ) -> Mapping[str, tuple[Required, ...]]:
        leaves = {name: self._leaves[name] for name in self._parameters.assumptions}
        scanned = SCANNED if self._points == 1 else SCANNED // 2 + 1
        return solved(self, self._with_columns, leaves, frees, tuple(conditions), scanned)

    @property
    def _points(self) -> int:
        return max(len(self._leaves[name]) for name in self._parameters.assumptions)

    def _required_by_condition(self, free: str) -> Mapping[str, Required]:
        if REQUIRED not in self._relatives:
            self._relatives[REQUIRED] = {}
        found = self._relatives[REQUIRED]
        if free not in found:
            # On one case all are solved together; on a grid, one is as large as all of those.
            together = FREE if free in FREE and self._points == 1 else (free,)
            frees = [searched(self._noted[each], self._leaves[each]) for each in together]
            for name, results in self._solved(frees, CONDITIONS.values()).items():
                found[name] = {
                    label: result
                    for label, result in zip(CONDITIONS, results, strict=True)
                    if self._bears_on(name, result.condition)
                }
        return found[free]

    def _no_number(self, name: str) -> list[str]:
        """What keeps `name` from being one number per case; mostly nothing."""
        if name not in functions():
            return [f"no quantity {name!r}{did_you_mean(name, functions())}"]
        if not self._is_figure(name):
            return [f"{name} must be one number per case, without quarters or parties"]
        return []

    def assumptions(self, *names: str) -> tuple[Assumption, ...]:
        """Assumptions upstream of the quantities `names`, in the order of the parameter file."""
        refuse_nameless("assumptions", *names)
        upstream = {each for name in names for each in self._upstream(name)}
        return tuple(self._noted[key] for key in self._parameters.assumptions if key in upstream)

    def sources(self, *names: str) -> tuple[Fact, ...]:
        """Facts upstream of the quantities `names`, each once, the best evidence first."""
        known = {fact.id: fact for a in self.assumptions(*names) for fact in a.facts}
        return tuple(sorted(known.values(), key=lambda fact: fact.grade))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Every quantity, one number each, that an exhibit asks for, with its range."""
        made_of = {each for name in exhibit_names() for each in plain_arguments(name)}
        headline = {each.id for each in self.value("headline_figures")}
        names = sorted(name for name in made_of if self._is_figure(name))
        return tuple(self._figure(name, name in headline) for name in names)

    def _figure(self, name: str, is_headline: bool) -> Figure:
        low, median, high = ends_and_middle(self.value(f"{name}_draws"))
        formula = functions()[name]
        return Figure(
            name=name,
            group=formula.__module__.rpartition(".")[2],
            meaning=summary(formula),
            value=self.value(name).item(),
            median=median,
            low=low,
            high=high,
            assumptions=self.assumptions(name),
            is_headline=is_headline,
        )

    def _is_figure(self, name: str) -> bool:
        """Whether `name` is a formula's and one number."""
        formula = functions().get(name)
        # Looked at before it is computed: other results can take long.
        if formula is None or formula.__annotations__.get("return") is not np.ndarray:
            return False
        value = self.value(name)
        return value.shape == (1, 1) and np.issubdtype(value.dtype, np.number)

    def _is_number(self, name: str) -> bool:
        """Whether `name` is an assumption with one number."""
        stated = name in self._parameters.assumptions and name in self._leaves
        return stated and np.issubdtype(self._leaves[name].dtype, np.number)

    @cached_property
    def figure_register(self) -> Exhibit:
        """E41c: all figures, where every printed number leads home to."""
        names = [each.name for each in self.figures]
        return self._finished("figure_register", figure_register(self.figures), names)

    @cached_property
    def run_manifest(self) -> Exhibit:
        """E43b: what was asked, what made it, and the commands that repeat it."""
        files = project_digests(self._root)
        note(("project", self._parameters.name), files)
        assumptions = list(self._noted.values())
        extent = Extent(
            facts=len(self.value("facts")),
            used_facts=len({fact.id for each in assumptions for fact in each.facts}),
            assumptions=len(assumptions),
            ranges=sum(not each.is_fixed for each in assumptions),
            formulas=len(functions()) - len(exhibit_names()),
            exhibits=len(shown_names()),
        )
        manifest = run_manifest(self._parameters, self._overrides, extent, made_with(files))
        return replace(manifest, name="run_manifest")

    @cached_property
    def scenario_assumptions(self) -> Exhibit:
        """E13a: what the scenarios of E13 assume."""
        own, scenarios = self.value("parameters"), self.value("parameters_by_scenario")
        moves = scenario_moves(own, scenarios, self._overrides)
        names = sorted({name for values in moves.values() for name in values})
        # E13 calls a set that assumes the same by the first such scenario's title.
        unmoved = next((title for title in scenarios if title not in moves), own.title)
        shown = scenario_assumptions(own, unmoved, moves)
        return self._finished("scenario_assumptions", shown, names)

    @cached_property
    def correlation_table(self) -> Exhibit:
        """E13c: which assumptions are drawn together, as stated and as drawn."""
        correlations = self._parameters.correlations
        names = sorted({name for each in correlations for name in each.between})
        shown = correlation_table(
            correlations, {each: self.value(f"{each}_draws") for each in names}
        )
        return self._finished("correlation_table", shown, names)

    @cached_property
    def driver_chart(self) -> Exhibit:
        """E14e: what the spread of four headline figures is due to."""
        names = list(DRIVEN)
        return self._finished("driver_chart", driver_chart(self._drivers, self._count), names)

    @cached_property
    def driver_table(self) -> Exhibit:
        """E14f: the same as numbers, with Sobol's indices."""
        names = list(DRIVEN)
        return self._finished("driver_table", driver_table(self._drivers, self._count), names)

    @cached_property
    def _drivers(self) -> list[Drivers]:
        together = {each for one in self._parameters.correlations for each in one.between}
        return [
            drivers(
                figure,
                self.value(f"{figure}_draws"),
                {each.name: self.value(f"{each.name}_draws") for each in self.assumptions(figure)},
                together,
            )
            for figure in DRIVEN
        ]

    @property
    def _count(self) -> int:
        return self._parameters.draws

    @cached_property
    def model_map(self) -> Exhibit:
        """E43c: the parts of the model, and who asks whom."""
        modules = {
            name: function.__module__.rpartition(".")[2]
            for name, function in functions().items()
            if name not in exhibit_names()
        }
        parts = parts_of(graph(), modules, self._parameters.assumptions, shown_names())
        facts = {fact.id for each in self._noted.values() for fact in each.facts}
        picture = model_map(parts, len(self._noted), len(facts), len(shown_names()))
        return replace(picture, name="model_map")

    def explain(self, name: str, depth: int | None = None) -> Explanation:
        """How `name` came about: formula → assumptions → facts, for terminal and JupyterLab.

        `name` may also be written as exhibits print it, or be the number of an exhibit. `depth` is
        how many steps down it goes; without it, to the end.
        """
        refuse_nameless("explain", name)
        refuse_shallow("explain", depth)
        meant = self._meant(name)
        if meant in _numbered_exhibits().values() and meant not in functions():
            raise KeyError(f"{name} is made of the whole case and by no formula")
        if re.fullmatch(r"(?i)(exhibit )?e\d+[a-z]?", meant):
            number = meant.upper().removeprefix("EXHIBIT ")
            raise KeyError(f"no exhibit {number!r}{did_you_mean(number, sorted(exhibit_ids()))}")
        return explained(
            meant,
            formulas=functions(),
            arguments=plain_arguments,
            assumptions=self._noted,
            value=lambda quantity: unwrapped(self.value(quantity)),
            facts_of=self._facts_asked,
            depth=depth,
        )

    def printed(self, text: str) -> pd.DataFrame:
        """What a number that is printed as `text` may stand for: figures, assumptions and facts.

        A row each: its `name`, `which` of its numbers it is, and what it is `about`.
        """
        refuse_nameless("printed", text)
        facts = self.value("facts").values()
        found = meanings(text, self.figures, self._noted.values(), facts)
        return pd.DataFrame(found, columns=pd.Index(["name", "which", "about"]))

    def _meant(self, name: str) -> str:
        """The quantity that is called so in the graph, in print or among the headline figures."""
        known = (*functions(), *self._leaves)
        if plain(name) in known:
            return plain(name)
        printed = {spoken(each).casefold(): each for each in reversed(known)} | COUNTED
        printed |= {number.casefold(): each for number, each in _numbered_exhibits().items()}
        asked = name.casefold().strip().removeprefix("exhibit ")
        return printed.get(asked, plain(name))

    def _facts_asked(self, name: str) -> tuple[Fact, ...]:
        """Facts that the formula of `name` asks of the ledger itself."""
        values = {argument: self.value(argument) for argument in arguments(name)}
        return facts_asked(self._parameters, functions()[name], values)

    def graph(self, name: str, depth: int | None = None) -> Picture:
        """A picture of what `name` rests on, for JupyterLab; a tree of names in a terminal.

        `depth` is how many steps up it shows; without it, all or as many as stay readable.
        """
        refuse_nameless("graph", name)
        refuse_shallow("graph", depth)
        return pictured(
            plain(name),
            formulas=functions(),
            arguments=plain_arguments,
            assumptions=self._noted,
            value=lambda quantity: unwrapped(self.value(quantity)),
            changed=self._overrides,
            depth=depth,
        )

    # How values come about

    def _computed(self, name: str) -> Any:
        if name in self._leaves:
            if name in self._parameters.assumptions:
                _ = self._noted[name]
            return self._leaves[name]
        if name in functions():
            values = {argument: self.value(argument) for argument in arguments(name)}
            if not is_worded(name):
                return answer(name, functions()[name], values)
            with written() as numbers, self._one_case_for(name):
                value = answer(name, functions()[name], values)
            told = [each for each in values.values() if isinstance(each, Exhibit)]
            return self._finished(name, value, numbers=numbers, told=told)
        if name in WATCHED:
            return self._watched(name)
        family = family_of(name)
        if family and (plain(name) in functions() or plain(name) in self._leaves):
            return self._of_family(name.removesuffix(family), family)
        known = [*functions(), *self._leaves]
        raise KeyError(f"no quantity or assumption {name!r}{did_you_mean(name, known)}")

    @contextmanager
    def _one_case_for(self, name: str) -> Iterator[None]:
        """Say why an exhibit cannot be shown of many draws, where it cannot."""
        try:
            yield
        except ValueError as error:
            if isinstance(error, BadInput) or self._points == 1:
                raise
            told = f"{name}: an exhibit shows one case, and this one is {self._points} draws"
            raise BadInput(
                [f"{told}; ask the case that they were drawn from; nothing was shown"]
            ) from error

    def _finished(
        self,
        name: str,
        value: Any,
        rests_on: Iterable[str] = (),
        numbers: Iterable[tuple[str, float]] = (),
        told: Collection[Exhibit] = (),
    ) -> Any:
        """`value`, if an exhibit with what it rests on; `told` are those whose words it repeats."""
        if not isinstance(value, Exhibit):
            return value
        names = tuple(rests_on) or (name,)
        behind = (*self.sources(*names), *self._sources_then(name))
        shown = {fact.id: fact for fact in (*by_tier(value.facts), *by_tier(behind))}
        used = tuple(assumption.name for assumption in self.assumptions(*names))
        asked = tuple(rests_on) or arguments(name)
        made_of = dict.fromkeys(map(plain, rests_on) if rests_on else plain_arguments(name))
        figures = tuple(each for each in made_of if self._is_figure(each))
        sizes = {each: self._sizes(each, asked) for each in figures}
        sizes |= {each: {self._leaves[each].item()} for each in made_of if self._is_number(each)}
        return replace(
            value,
            name=name,
            facts=tuple(shown.values()),
            assumptions=used,
            figures=figures,
            printed=dict(value.printed)
            | {
                text: figure
                for text, figure in recognised(numbers, sizes).items()
                # In another's words the same text may be another number.
                if all(text not in each.title or each.printed.get(text) == figure for each in told)
            },
        )

    def _sources_then(self, name: str) -> tuple[Fact, ...]:
        """What stood on the deal's day behind the quantities that exhibit `name` shows of it."""
        asked = arguments(name) if name in functions() else ()
        earlier = [plain(each) for each in asked if each.endswith(THEN)]
        return self._family(THEN)[THEN].sources(*earlier) if earlier else ()

    def _sizes(self, figure: str, asked: Collection[str]) -> Collection[float]:
        """Values at which an exhibit that asks for `asked` may print a figure."""
        own, draws = self.value(figure).item(), f"{figure}_draws"
        return {own, *ends_and_middle(self.value(draws))} if draws in asked else {own}

    def _of_family(self, name: str, family: str) -> Any:
        if family == REQUIRED:
            return self._required_by_condition(name)
        members = self._family(family)
        if family in MAPPINGS:
            return {label: member.value(name) for label, member in members.items()}
        if family in MOVED:
            ((moves, moved),) = members.items()
            values = np.broadcast_to(moved.value(name), (len(moves), 1))
            return dict(zip(moves, values[:, 0].tolist(), strict=True))
        return members[family].value(name)

    def _family(self, family: str) -> Mapping[Any, "Case"]:
        if family not in self._relatives:
            self._relatives[family] = self._made_family(family)
        return self._relatives[family]

    def _made_family(self, family: str) -> Mapping[Any, "Case"]:
        match family:
            case "_draws":
                return {family: self.draws()}
            case "_by_firmness":
                readings = ("firm", "expected", "headline")
                return {reading: self.what_if(firmness=reading) for reading in readings}
            case "_by_remedy":
                return {name: self._remedied(each) for name, each in REMEDIES.items()}
            case "_by_scenario":
                return {each.title: self._scenario(each) for each in self._scenario_sets()}
            case "_on_deal_day":
                return {family: self._on_deal_day()}
            case "_by_risk":
                chosen, values = self._under_risks()
                return {chosen: self._with_columns(values)}
            case "_by_signal":
                return self._by_signal()
            case family if family in MOVED:
                moves = self._moves(family)
                return {moves: self._with_columns(columns(moves, self._noted))}
            case _:
                return {family: self._swept(SWEEPS[family])}

    def _moves(self, family: str) -> tuple[Move, ...]:
        """What is moved, all of it in one evaluation; what was replaced here stays so."""
        upstream = self.assumptions(*asked_for(family))
        free = {
            each.name: each
            for each in upstream
            if is_movable(each) and each.name not in self._overrides
        }
        if family == "_by_end":
            return ends(free.values())
        return one_or_two([free[name] for name in self.value("what_if_sliders")])

    def _scenario_sets(self) -> list[ParameterSet]:
        own = self._parameters
        sets = {
            name: load_parameter_set(name, self._root / "params", self._everything, own.as_of)
            for name in own.scenarios
            if name != own.name
        } | {own.name: own}
        shown = shown_scenarios(own, sets.__getitem__)
        note(("scenarios", own.name), shown)
        return [sets[name] for name, _ in shown]

    def _watched(self, kind: str) -> "Risks | Signals":
        """Risks or signals as their files state them, which is noted whole."""
        params = self._root / "params"
        signals = load_signals(params)
        check_signals(signals, params, self._parameters, self._everything)
        if kind == "signals":
            note((kind, self._parameters.name), (list(signals), signals))
            return signals
        risks = load_risks(params)
        check_risks(risks, self._parameters, self._everything, signals)
        note((kind, self._parameters.name), risks.content)
        return risks

    def _now(self, names: Iterable[str]) -> dict[str, Assumption]:
        """Assumptions as they stand here, what was replaced among them."""
        return {
            name: replace(
                self._noted[name], value=self._overrides.get(name, self._noted[name].value)
            )
            for name in names
        }

    def _under_risks(self) -> tuple[tuple[tuple[str, ...], ...], Mapping[str, np.ndarray]]:
        """No risk, each, each two, each with a cross-default; and all that they move, by row."""
        risks: Risks = self.value("risks")
        shocks = {name: risk.shocks for name, risk in risks.stated.items()}
        chosen = [(), *((name,) for name in shocks), *combinations(shocks, 2)]
        if risks.cross_default:
            shocks[CROSS_DEFAULT] = risks.cross_default.shocks
            broken = (name for name, risk in risks.stated.items() if risk.breaks_the_deal)
            chosen += [(name, CROSS_DEFAULT) for name in broken]
        own = self._now(dict.fromkeys(name for each in shocks.values() for name in each))
        rows = [moved_by((shocks[name] for name in names), own) for names in chosen]
        values = {
            name: np.array([[float(row.get(name, assumption.value))] for row in rows])
            for name, assumption in own.items()
        }
        return tuple(chosen), values

    def _by_signal(self) -> Mapping[tuple[str, str], "Case"]:
        """Each way in which a signal may turn out; what moves nothing here is the case itself."""
        cases: dict[tuple[str, str], Case] = {}
        for name, signal in self.value("signals").items():
            for outcome in signal.outcomes:
                own = self._now(outcome.shocks)
                to = moved_by([outcome.shocks], own)
                is_moved = any(value != own[each].value for each, value in to.items())
                held = {**self._overrides, **to}
                cases[name, outcome.label] = (
                    self._relative(self._parameters, held, is_asked=False) if is_moved else self
                )
        return cases

    def _remedied(self, remedy: Remedy) -> "Case":
        ends = {name: self._end_of(name, end) for name, end in remedy.moves.items()}
        return self.what_if(**{name: value for name, value in ends.items() if value is not None})

    def _end_of(self, name: str, end: str | float) -> float | None:
        """An end of the range of an assumption; nothing where it has none."""
        return getattr(self._noted[name], end) if isinstance(end, str) else end

    def _scenario(self, parameters: ParameterSet) -> "Case":
        return self._relative(parameters, self._overrides, is_asked=False)

    def _on_deal_day(self) -> "Case":
        earlier = as_on_deal_day(self._parameters, self._root / "params", self._everything)
        if earlier is None:
            return self
        # What was replaced may contradict what stood then, as the date of a round not yet known.
        held = {**earlier.assumptions, **_held(earlier, self._overrides)}
        broken = contradictions(held, strictly=False)
        against = {name for names, _ in broken for name in names}
        kept = {name: value for name, value in self._overrides.items() if name not in against}
        return self._relative(earlier, kept, is_asked=False)

    def _swept(self, sweep: Sweep) -> "Case":
        axes = {name: self._axis(self._noted[name], points) for name, points in sweep.axes.items()}
        grid = np.meshgrid(*axes.values(), indexing="ij")
        return self._with_columns(
            {name: axis.reshape(-1, 1) for name, axis in zip(axes, grid, strict=True)}
        )

    def _with_columns(self, columns: Mapping[str, np.ndarray]) -> "Case":
        """The case with leaves replaced by columns, a value for each point."""
        kept = {name: value for name, value in self._overrides.items() if name not in columns}
        return self._relative(self._parameters, kept, columns)

    def _axis(self, assumption: Assumption, points: int | tuple[float, ...]) -> np.ndarray:
        if isinstance(points, tuple):
            return np.array(points)
        if assumption.low is None or assumption.high is None:
            return np.full(points, assumption.value)
        return np.linspace(assumption.low, assumption.high, points)

    def _relative(
        self,
        parameters: ParameterSet,
        overrides: Mapping[str, Any],
        columns: Mapping[str, Any] | None = None,
        is_asked: bool = True,
    ) -> "Case":
        relative, is_alike = object.__new__(Case), parameters is self._parameters
        stated = self._stated if is_alike else _stated(parameters)
        relative._set(stated, overrides, columns or {}, self._root, self._everything, is_asked)
        if is_alike:
            own = self._leaves
            moved = {name for name, value in relative._leaves.items() if value is not own[name]}
            # Not the case itself: each would keep the other, and its draws, for long.
            relative.__dict__.update(_moved=moved, _before=self._values)
        return relative

    def _upstream(self, name: str) -> Collection[str]:
        quantity = plain(name)
        if quantity not in graph():
            self.value(name)
            return {quantity}
        return with_ancestors(quantity)

    @cached_property
    def _described(self) -> dict[str, str]:
        # A what-if must never pass for the set that it started from.
        changed = ", ".join(f"{name} = {value}" for name, value in self._overrides.items())
        title = self._parameters.title
        return {
            "title": "The Microsoft–Nvidia–Anthropic alliance",
            "subtitle": "How much of the demand is real, what it is worth, and what can go wrong",
            "set": self._parameters.name,
            "set_title": f"{title}, but {changed}" if changed else title,
            "as_of": str(self._parameters.as_of),
            "disclosure": DISCLOSURE,
        }

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {CASE_MIME: self._described, "text/plain": repr(self)}


CASE_MIME = "application/vnd.briefing.case+json"
"""What exporters read to head a document: title, set, date and disclosure."""

DISCLOSURE = (
    "This briefing states findings and ranges, not a recommendation to buy or sell anything, and "
    "is not investment advice. It describes announced transactions between real companies from "
    "public sources as known on its date; many terms are undisclosed, and where they are, ranges "
    "and assumptions take their place and are named as such. Nothing in it alleges wrongdoing by "
    "anyone. Conflicts of interest: none declared."
)


def unwrapped(value: Any) -> Any:
    """A model value at the edge: a float, a series by quarter, or what it was.

    >>> unwrapped(np.array([[2.0]]))
    2.0
    """
    if not isinstance(value, np.ndarray):
        return value
    if value.size == 1:
        return value.item()
    if value.shape == (1, QUARTERS):
        return pd.Series(value[0], index=pd.Index(QUARTER_LABELS, name="quarter"))
    return value[:, 0] if value.ndim == 2 and value.shape[1] == 1 else value


class _Stated(NamedTuple):
    """What all cases of one parameter set have in common."""

    parameters: ParameterSet
    noted: ParameterSet
    """The same set; what is asked of it or of its ledger is noted, for whoever keeps results."""
    leaves: Mapping[str, Any]


def _stated(parameters: ParameterSet) -> _Stated:
    noted = recorded(parameters)
    leaves: dict[str, Any] = {
        name: leaf(assumption.value) for name, assumption in parameters.assumptions.items()
    }
    leaves |= {
        "quarter_start_years": _QUARTER_STARTS,
        "years_to_as_of": leaf((parameters.as_of - MODEL_START).days / 365.25),
        "quarters": QUARTER_LABELS,
        "as_of": parameters.as_of,
        "facts": noted.facts,
        "parameters": noted,
    }
    return _Stated(parameters, noted, leaves)


def _check_overrides(
    parameters: ParameterSet, overrides: Mapping[str, Any], is_asked: bool
) -> None:
    """Refuse what cannot be. A set that is only compared may say what the model can bear."""
    faults = [
        fault for name, value in overrides.items() for fault in _faults(parameters, name, value)
    ]
    if not faults and overrides:
        held = {**parameters.assumptions, **_held(parameters, overrides)}
        faults = [fault for _, fault in contradictions(held, strictly=is_asked)]
    if faults:
        raise BadInput(f"overrides: {fault}; nothing was computed" for fault in faults)


def _held(parameters: ParameterSet, overrides: Mapping[str, Any]) -> dict[str, Assumption]:
    """Assumptions as they are when held fixed at other values."""
    return {
        name: replace(parameters.assumptions[name], value=value, distribution="fixed")
        for name, value in overrides.items()
    }


def _faults(parameters: ParameterSet, name: str, value: Any) -> list[str]:
    assumption = parameters.assumptions.get(name)
    if assumption is None:
        return [f"no assumption {name!r}{did_you_mean(name, parameters.assumptions)}"]
    return assumption.faults_of(value)


def exhibit_ids() -> frozenset[str]:
    """Numbers of all exhibits, with which the descriptions of what makes them begin."""
    return frozenset(_numbered_exhibits())


@cache
def _numbered_exhibits() -> Mapping[str, str]:
    """The number of each exhibit → the name of what makes it, in the graph or of a case."""
    makers = {name: functions()[name] for name in exhibit_names()} | vars(Case)
    told = {name: inspect.getdoc(maker) or "" for name, maker in makers.items()}
    return {
        found[0]: name
        for name, text in told.items()
        if (found := re.match(r"E\d{2}[a-z]?(?=: )", text))
    }
