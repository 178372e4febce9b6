"""Where a number comes from: formula → assumptions → facts, as a tree for people."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from io import StringIO
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console, RichCast
from rich.text import Text
from rich.tree import Tree

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.lab import without_formulas
from briefing.exhibits.words import quantity_text, spanned
from briefing.inputs.assumptions import Assumption
from briefing.inputs.facts import Fact


@dataclass(frozen=True)
class Explanation:
    """One node of the tree: a quantity, an assumption or a fact, and what it rests on."""

    name: str
    value: str
    how: str
    why: str = ""
    link: str = ""
    rests_on: tuple["Explanation", ...] = ()

    @property
    def size(self) -> int:
        """How many nodes the tree has."""
        return 1 + sum(each.size for each in self.rests_on)

    def __rich__(self) -> Tree:
        return self._grown(Tree(self._label()))

    def __str__(self) -> str:
        return plain_text(self)

    def __repr__(self) -> str:
        return in_short(str(self))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": without_formulas(self._html(is_open=True))}

    def _grown(self, tree: Tree) -> Tree:
        for node in self.rests_on:
            node._grown(tree.add(node._label()))
        return tree

    def _label(self) -> Text:
        label = Text.assemble((self.name, "bold"), (f" = {self.value}" if self.value else ""))
        label.append(f"\n{self.how}", style="dim")
        if self.why:
            label.append(f"\n{self.why}", style="italic")
        if self.link:
            label.append(f"\n{self.link}", style=f"link {self.link}")
        return label

    def _html(self, is_open: bool = False) -> str:
        shown = f" = {escape(self.value)}" if self.value else ""
        head = f"<b>{escape(self.name)}</b>{shown}<br><code>{escape(self.how)}</code>"
        head += f"<br><i>{escape(self.why)}</i>" if self.why else ""
        head += f'<br><a href="{escape(self.link)}">{escape(self.link)}</a>' if self.link else ""
        if not self.rests_on:
            return f"<div style='margin:.3em 0 .3em 1.6em'>{head}</div>"
        inner = "".join(node._html() for node in self.rests_on)
        opened = " open" if is_open else ""
        return (
            f"<details{opened} style='margin:.3em 0 .3em .8em'><summary>{head}</summary>"
            f"{inner}</details>"
        )


def explained(
    name: str,
    formulas: Mapping[str, Callable[..., Any]],
    arguments: Callable[[str], tuple[str, ...]],
    assumptions: Mapping[str, Assumption],
    value: Callable[[str], Any],
    facts_of: Callable[[str], tuple[Fact, ...]],
    depth: int | None = None,
) -> Explanation:
    """The tree under `name`. Nothing that was explained above is explained again.

    `facts_of` are those for which a formula asks the ledger itself. Below `depth` steps, names
    stand for what a quantity rests on.
    """
    above: set[str] = set()

    def node(quantity: str, step: int) -> Explanation:
        if quantity in assumptions:
            if quantity in above:
                return _seen(quantity, value(quantity), f"assumption, {SEEN}")
            above.add(quantity)
            return _assumption_node(assumptions[quantity], value(quantity))
        held = value(quantity)
        shown = shown_value(quantity, held)
        if quantity not in formulas:
            return Explanation(quantity, shown, LEAVES.get(quantity, CALENDAR))
        if quantity in above:
            return _seen(quantity, held, SEEN)
        above.add(quantity)
        asked = arguments(quantity)
        if step == depth and asked:
            below = (Explanation("…", "", f"rests on {', '.join(asked)}"),)
        else:
            facts = facts_of(quantity) if LEDGER in asked else ()
            named = [each for each in asked if each != LEDGER or not facts]
            below = (*(node(each, step + 1) for each in named), *map(_fact_node, facts))
        how = held.title if isinstance(held, Exhibit) else formula(formulas[quantity])
        why = summary(formulas[quantity])
        return Explanation(quantity, shown, how, why, rests_on=below)

    return node(name, 0)


LEDGER = "facts"

CALENDAR = "given by the calendar or the parameter set"
LEAVES = {LEDGER: "the ledger, as known on the briefing's date (register: E41b)"}
"""What stands at the ends of the tree that is neither an assumption nor a fact."""

READABLE = 40
"""Nodes of a tree that a terminal shows unasked."""


def readable(grown: Callable[[int], Explanation]) -> Explanation:
    """Of the trees by their depth, the deepest that is still read and not searched."""
    shown = grown(1)
    for depth in count(2):
        deeper = grown(depth)
        if deeper == shown or deeper.size > READABLE:
            return shown
        shown = deeper
    return shown


SEEN = "explained above"


def _seen(quantity: str, value: Any, how: str) -> Explanation:
    return Explanation(quantity, shown_value(quantity, value), how)


def plain_text(shown: RichCast | Tree) -> str:
    """What rich shows, without colours and for a page of 120 characters."""
    # In a notebook, rich would show it as well, as an output of its own.
    console = Console(width=120, file=StringIO(), force_jupyter=False, color_system=None)
    with console.capture() as captured:
        console.print(shown)
    return captured.get()


def in_short(text: str) -> str:
    """The first lines of a long text, for whoever asked at a prompt, and how to see the others.

    >>> print(in_short("\\n".join(map(str, range(100)))).splitlines()[-1])
    … 75 more lines: print(…) shows them, depth=1 makes fewer
    """
    lines = text.splitlines()
    if len(lines) <= SHOWN_LINES:
        return "\n".join(lines)
    more = f"… {len(lines) - SHOWN_LINES} more lines: print(…) shows them, depth=1 makes fewer"
    return "\n".join([*lines[:SHOWN_LINES], more])


SHOWN_LINES = 25
"""What a terminal shows at once."""


def summary(function: Callable[..., Any]) -> str:
    """First line of a function's docstring: what its quantity means."""
    return (inspect.getdoc(function) or "").split("\n")[0]


@cache
def formula(function: Callable[..., Any]) -> str:
    """What a function returns, as written in its source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    returned = [
        node.value for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value
    ]
    text = ast.unparse(returned[-1])
    return text if len(text) <= 160 else f"{text[:157]}…"


def _assumption_node(assumption: Assumption, value: Any) -> Explanation:
    how = f"assumption in {assumption.set_by}.yaml, {assumption.distribution}"
    if assumption.low is not None and assumption.high is not None:
        low, high = (
            quantity_text(assumption.name, end) for end in (assumption.low, assumption.high)
        )
        how += f", {spanned(low, high)}"
    facts = tuple(_fact_node(fact) for fact in assumption.facts)
    return Explanation(
        assumption.name,
        shown_value(assumption.name, value),
        how,
        assumption.reason.strip(),
        rests_on=facts,
    )


def _fact_node(fact: Fact) -> Explanation:
    dated = f"fact, grade {fact.grade}, known since {fact.known_since}: {fact.source.publisher}"
    if fact.source.primary_url:
        dated += f"; announced at {fact.source.primary_url}"
    return Explanation(fact.id, "", dated, fact.note, fact.source.url or "")


def shown_value(name: str, value: Any) -> str:
    """A number or the span of a path in words; empty for what is neither."""
    if isinstance(value, pd.Series):
        least, most = quantity_text(name, value.min()), quantity_text(name, value.max())
        return f"{spanned(least, most)} ({value.index[0]} to {value.index[-1]})"
    if isinstance(value, float | int | str | np.number):
        return quantity_text(name, value)
    return ""
