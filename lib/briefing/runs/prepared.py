"""What several notebooks of a set need, computed once before they are forked.

The template does so a formula at a time, whenever nobody asks it for anything, so that no
notebook waits for it: one that is forked meanwhile finds what there is.
"""

import gc
import os
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

SET = "BRIEFING_SET"
"""Variable that names the parameter set of a run."""

MOST_SETS = 4
"""Sets whose answers are kept at once; those of one take some hundred megabytes."""

MOST_DRAWS = 5_000
"""Of more draws, answers would fill the memory."""

MOST_CORES = 6
"""With more of them, children that compute the same side by side are done before one process is
that computes it for all.
"""

_OVER = object()


class Preparations:
    """Sets to prepare, one after another: those that runs ask for, and what they say comes next."""

    def __init__(self) -> None:
        self._announced: Sequence[str] = ()
        self._begun: list[str] = []
        self._asked: deque[Iterator[None]] = deque()
        self._besides = load_everything()

    def announce(self, names: Sequence[str]) -> None:
        """Sets that will run, in this order; the first two are prepared at once."""
        self._announced = names
        self.ask(*names[:1])

    def ask(self, *names: str) -> None:
        """Prepare these sets, and of those that were announced the one that follows each."""
        following = dict(zip(self._announced, self._announced[1:], strict=False))
        for name in names:
            self._begin(name)
            if name in following:
                self._begin(following[name])

    def _begin(self, name: str) -> None:
        if name not in self._begun:
            self._begun = [name, *self._begun[: MOST_SETS - 1]]
            self._asked.append(prepare(name))

    def step(self) -> bool:
        """Compute one answer more; whether there may be others."""
        while self._asked:
            if next(self._asked[0], _OVER) is not _OVER:
                return True
            self._asked.popleft()
        return next(self._besides, _OVER) is not _OVER


def prepare(name: str) -> Iterator[None]:
    """Keep, answer by answer, what at least two notebooks need of the set `name`.

    Nothing of what is no set: what is wrong with the project, the notebooks that ask will say.
    """
    from briefing.case import Case
    from briefing.inputs.digests import notebook_parts
    from briefing.inputs.files import project_root
    from briefing.kept import keep_apart, keeping

    if len(os.sched_getaffinity(0)) > MOST_CORES:
        return
    yield  # so that many names do not keep a request waiting
    with suppress(Exception):
        case = Case(name)
        keep_apart(MOST_SETS)
        few = case.value("parameters").draws <= MOST_DRAWS
        for needed in shared(notebook_parts(project_root() / "notebooks")) if few else ():
            with suppress(Exception), keeping():
                case.value(needed)
            yield
        gc.collect()


def load_everything() -> Iterator[None]:
    """Read and draw, set by set, what notebooks find from then on unless a file has changed."""
    from briefing.case import Case
    from briefing.inputs.facts import load_facts
    from briefing.inputs.files import project_root
    from briefing.inputs.parameters import (
        as_on_deal_day,
        load_parameter_set,
        parameter_set_names,
    )
    from briefing.inputs.reads import digest

    params = project_root() / "params"
    with suppress(Exception):
        ledger = load_facts(params / "facts")
        for name in parameter_set_names(params):
            own = load_parameter_set(name, params, ledger)
            digest(own)
            for scenario in own.scenarios:
                digest(load_parameter_set(scenario, params, ledger, own.as_of))
            digest(as_on_deal_day(own, params, ledger))
            Case(name).draws()
            yield


def shared(notebooks: Iterable[Path]) -> list[str]:
    """Arguments that two notebooks or more come to ask for, on the case or on its draws."""
    from briefing.graph import needed, shown_names

    wanted = (frozenset[str]().union(*map(needed, _shown(each))) for each in notebooks)
    counted = Counter(argument for each in wanted for argument in each)
    several = {argument for argument, count in counted.items() if count > 1}
    return sorted(several - shown_names())


def _shown(notebook: Path) -> set[str]:
    """What a notebook shows of its case; the register of figures shows what all exhibits ask."""
    from briefing.graph import arguments, exhibit_names

    shown = set(re.findall(r"\bcase\.(\w+)", notebook.read_text("utf-8")))
    if "figure_register" in shown:
        shown |= {each for name in exhibit_names() for each in arguments(name)}
    return shown
