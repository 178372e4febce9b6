"""Draws of uncertain assumptions: a stream of its own for each, the same for the same seed."""

import hashlib
from dataclasses import replace
from functools import lru_cache

import numpy as np

from briefing.inputs.assumptions import Assumption
from briefing.inputs.distributions import drawn_quantile

Array = np.ndarray

MOST_KEPT_DRAWS = 10_000


def shares(name: str, count: int, seed: int, first: int = 0) -> Array:
    """Uniform draws of the stream `name`, (count, 1), from its draw number `first` on.

    A stretch of a stream is the same however much of it is asked for at once.
    """
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    bits = np.random.PCG64([seed, int.from_bytes(digest, "big")])
    return np.random.Generator(bits.advance(first)).random((count, 1))


def independent(assumption: Assumption, count: int, seed: int, first: int = 0) -> Array:
    """Draws of one assumption, kept for the next case that asks for the same."""
    if count > MOST_KEPT_DRAWS or first:
        return drawn_quantile(assumption, shares(assumption.name, count, seed, first))
    return _kept_draws(hashable(assumption), count, seed)


def hashable(assumption: Assumption) -> Assumption:
    """The assumption as far as its draws can see it, to look kept ones up by."""
    options = None if assumption.options is None else tuple(assumption.options.items())
    return replace(assumption, options=options, facts=(), reason="")  # pyright: ignore[reportArgumentType]


@lru_cache(maxsize=512)
def _kept_draws(assumption: Assumption, count: int, seed: int) -> Array:
    options = None if assumption.options is None else dict(assumption.options)
    own = shares(assumption.name, count, seed)
    values = drawn_quantile(replace(assumption, options=options), own)
    values.flags.writeable = False
    return values
