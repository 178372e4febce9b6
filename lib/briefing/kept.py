"""What formulas answered before a process forked, for its children to find.

Equal leaves are one object, and so are equal draws. So a formula that gets the very objects that it
got before, or the same few numbers and words, has the answer that it had before. Nothing else is
compared, and a run still reads whatever it reads on the way there, so that its notes are the same.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

SMALL = 512
"""Bytes of an array that is known by its content, however often it was made."""

Kept = dict[tuple[Any, ...], tuple[tuple[Any, ...], Any]]

_kept: deque[Kept] = deque()
"""The newest first. What is asked for again while answers are kept moves there."""

_is_keeping = ContextVar("_is_keeping", default=False)


def leaf(value: float | str) -> np.ndarray:
    """A number or word as the model sees it, the same object for the same value."""
    return _leaf(value, str(value))  # 0.0 and -0.0 are equal, and their words are not


@lru_cache(maxsize=8192, typed=True)
def _leaf(value: float | str, _: str) -> np.ndarray:
    return frozen(np.array([[value]]))


def frozen(value: Any) -> Any:
    """`value`, if an array one that nobody can change: others may hold it too."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    return value


@contextmanager
def keeping() -> Iterator[None]:
    """Keep what formulas answer meanwhile."""
    if not _kept:
        keep_apart(1)
    token = _is_keeping.set(True)
    try:
        yield
    finally:
        _is_keeping.reset(token)


def keep_apart(most: int) -> None:
    """Keep what comes as a part of its own, and of all parts only the newest `most`."""
    _kept.appendleft({})
    while len(_kept) > most:
        _kept.pop()


def forget() -> None:
    """Keep nothing any more."""
    _kept.clear()


def answer(name: str, formula: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """What the formula of quantity `name` makes of `arguments`, found where it has been kept."""
    if not _kept and not _is_keeping.get():
        return frozen(formula(**arguments))
    key = (name, *map(_mark, arguments.values()))
    found = next((part[key] for part in _kept if key in part), None)
    # With its arguments, or another object could take the place of one of them.
    answered = found or (tuple(arguments.values()), frozen(formula(**arguments)))
    if _is_keeping.get() and (found or _lasts(answered[1])):
        _kept[0][key] = answered
    return answered[1]


def _mark(argument: Any) -> Any:
    """What only the same argument has: what little it holds, or its identity."""
    match argument:
        case np.ndarray() if argument.nbytes <= SMALL and argument.dtype != object:
            return argument.shape, argument.dtype.str, argument.tobytes()
        case date():
            return argument
        case tuple() if _is_plain(argument):
            return tuple, repr(argument)
        case _:
            return id(argument)


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, str | int | float | date)


def _lasts(value: Any) -> bool:
    """Whether it is made of numbers and words alone."""
    match value:
        case np.ndarray():
            frozen(value)
            return value.dtype != object
        case tuple():
            return all(_lasts(each) for each in value)
        case dict():
            return all(_lasts(each) for each in value.values())
        case _:
            return value is None or isinstance(value, str | int | float | date | np.generic)
