"""What a case may be asked: names, counts and days, refused by name before anything is computed."""

from collections.abc import Sequence
from datetime import date
from numbers import Integral
from typing import Any

import numpy as np

from briefing.exhibits.words import unit_of
from briefing.inputs.files import BadInput, iso_day

MOST_DRAWS = 100_000_000
"""More would fill any memory, and tell nothing more."""


def refuse_nameless(what: str, *names: Any) -> None:
    """Raises BadInput where a name is no text."""
    _refuse(what, [f"{name!r} must be a name" for name in names if not isinstance(name, str)])


def refuse_unlike(what: str, one: str, other: str) -> None:
    """Raises BadInput where two quantities are of different units, which their names tell."""
    units = [unit_of(name).replace("_", " ") or "a plain number" for name in (one, other)]
    if units[0] != units[1]:
        told = f"{one} is in {units[0]} and {other} in {units[1]}, which cannot be compared"
        _refuse(what, [told])


def refuse_shallow(what: str, depth: Any) -> None:
    """Raises BadInput where a number of steps is given that is none."""
    if depth is not None and not _is_whole(depth, 1):
        _refuse(what, [f"depth {depth!r} must be a whole number from 1 on"])


def refuse_uncountable(what: str, seed: Any = None, **counts: Any) -> None:
    """Raises BadInput for numbers of draws or threads that are none, and for such a seed."""
    most = f"must be a whole number from 1 on, to {MOST_DRAWS:,}"
    faults = [
        f"{name} {count!r} {most}"
        for name, count in counts.items()
        if not (_is_whole(count, 1) and int(count) <= MOST_DRAWS)
    ]
    if seed is not None and not _is_whole(seed, 0):
        faults.append(f"seed {seed!r} must be a whole number from 0 on")
    _refuse(what, faults, "nothing was drawn")


def asked_day(as_of: Any) -> date | None:
    """The day that `as_of` names, if any. Raises BadInput for what is no day."""
    if as_of is None:
        return None
    try:
        given = iso_day(as_of)
        return date.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise BadInput(
            [f"as_of {as_of!r} must be a day such as 2025-11-21; nothing was computed"]
        ) from None


def is_plain(number: Any) -> bool:
    """Whether `number` is one that a quantity could reach."""
    is_number = isinstance(number, int | float | np.number) and not isinstance(number, bool)
    return is_number and bool(abs(number) < 1e18)


def _is_whole(number: Any, least: int) -> bool:
    is_number = isinstance(number, Integral) and not isinstance(number, bool)
    return is_number and int(number) >= least


def _refuse(what: str, faults: Sequence[str], so: str = "nothing was computed") -> None:
    if faults:
        raise BadInput(f"{what}: {fault}; {so}" for fault in faults)
