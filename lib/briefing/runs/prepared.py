"""What several notebooks of a set need, computed once before they are forked.

The template does so for a set while children of its are running, so that no core waits for it.
"""

import gc
import os
import re
import time
from collections import Counter
from collections.abc import Iterable
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

MOST_SECONDS = 5.0
"""Then notebooks are forked with what there is: they are waiting."""

_prepared: set[str] = set()


def prepare(name: str) -> None:
    """Keep what at least two notebooks need of the set `name`; nothing of what is no set."""
    from briefing.case import Case
    from briefing.inputs.digests import notebook_parts
    from briefing.inputs.files import project_root
    from briefing.kept import forget, keeping

    if name in _prepared or len(os.sched_getaffinity(0)) > MOST_CORES:
        return
    if len(_prepared) >= MOST_SETS:
        forget()
        _prepared.clear()
    _prepared.add(name)
    ends = time.monotonic() + MOST_SECONDS
    # What is wrong with the project, the notebooks that ask for it will say.
    with suppress(Exception), keeping():
        case = Case(name)
        few = case.value("parameters").draws <= MOST_DRAWS
        for needed in shared(notebook_parts(project_root() / "notebooks")) if few else ():
            if time.monotonic() < ends:
                with suppress(Exception):
                    case.value(needed)
    gc.collect()
    gc.freeze()


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
