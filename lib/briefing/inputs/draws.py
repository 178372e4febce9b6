"""Draws of uncertain assumptions: a stream of its own for each, the same for the same seed."""

import hashlib
from dataclasses import replace
from functools import lru_cache

import numpy as np

from briefing.inputs.assumptions import Assumption
from briefing.inputs.distributions import quantile

MOST_KEPT_DRAWS = 10_000


def drawn(assumption: Assumption, count: int, seed: int) -> np.ndarray:
    """Draws of one assumption, kept for the next case that asks for the same."""
    if count > MOST_KEPT_DRAWS:
        return quantile(assumption, _shares(assumption.name, count, seed))
    options = None if assumption.options is None else tuple(assumption.options.items())
    return _kept_draws(replace(assumption, options=options, facts=(), reason=""), count, seed)  # pyright: ignore[reportArgumentType]


@lru_cache(maxsize=512)
def _kept_draws(assumption: Assumption, count: int, seed: int) -> np.ndarray:
    options = None if assumption.options is None else dict(assumption.options)
    shares = _shares(assumption.name, count, seed)
    values = quantile(replace(assumption, options=options), shares)
    values.flags.writeable = False
    return values


def _shares(name: str, count: int, seed: int) -> np.ndarray:
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    stream = np.random.default_rng([seed, int.from_bytes(digest, "big")])
    return stream.random((count, 1))
