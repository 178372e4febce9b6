"""Correlations: which assumptions are drawn together, as stated, as possible and as drawn.

No quantity of the graph asks for it; it is made by `Case.correlation_table`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import opening, spoken
from briefing.inputs.correlations import Correlation, blocs
from briefing.model.measures.dependence import copula, rank_correlations

Array = np.ndarray

SHOWN = 0.005
"""Smallest change of a correlation that is printed."""

HELD = "held fixed"


def correlation_table(correlations: Sequence[Correlation], draws: Mapping[str, Array]) -> Exhibit:
    """E13c: every pair that is drawn together, with what its draws achieve and why.

    `draws` are those of all members by name; a single one where an assumption is held fixed.
    """
    used = _used(correlations)
    rows = []
    for each in correlations:
        first, second = each.between
        achieved = _achieved(draws[first], draws[second])
        rows.append((first, second, each.rank_correlation, used[each.between], achieved))
    data = pd.DataFrame(rows, columns=["first", "second", "stated", "used", "achieved"])
    shown = pd.DataFrame(
        {
            "Drawn together": [
                f"{opening(spoken(first))}, {spoken(second)}" for first, second, *_ in rows
            ],
            "Stated": [signed(stated) for *_, stated, _, _ in rows],
            "Possible": [signed(possible) for *_, possible, _ in rows],
            "In the draws": [
                HELD if np.isnan(achieved) else signed(achieved) for *_, achieved in rows
            ],
            "Why": [each.reason for each in correlations],
        }
    )
    count = max((len(each) for each in draws.values()), default=0)
    return Exhibit(
        id="E13c",
        title=_title(data),
        body=table(shown, numbers=["Stated", "Possible", "In the draws"], stub="Drawn together"),
        alt=read_aloud(shown.drop(columns="Why"), rows=len(shown)),
        data=data,
        stands_as="Assumptions",
        notes=(
            "Rank correlations (Spearman): zero for what knows nothing of each other, one where "
            "the highest always come together. A Gaussian copula joins the draws; every "
            "distribution stays as stated, and all assumptions that are not named are independent.",
            f"{opening(_chance(count))}. Where stated correlations contradict each other, the "
            "nearest that are possible take their place (Higham 2002); “possible” shows them.",
        ),
    )


def signed(correlation: float) -> str:
    """A correlation with its sign.

    >>> signed(0.4), signed(-0.25), signed(-0.001)
    ('+0.40', '−0.25', '0.00')
    """
    text = f"{correlation:+.2f}".replace("-", "−")
    return text[1:] if float(f"{correlation:.2f}") == 0 else text


def _chance(count: int) -> str:
    if count < 2:
        return "every assumption named here is held fixed, so none is drawn"
    error = 1 / (count - 1) ** 0.5
    return f"by chance alone a correlation in {count:,} draws strays by about {error:.2f}"


def _used(correlations: Sequence[Correlation]) -> Mapping[tuple[str, str], float]:
    found = {}
    for bloc in blocs(correlations):
        possible = copula(bloc.spearman).spearman
        for place, first in enumerate(bloc.names):
            for other, second in enumerate(bloc.names):
                found[first, second] = float(possible[place, other])
    return found


def _achieved(first: Array, second: Array) -> float:
    if len(first) < 2 or len(second) < 2:
        return np.nan
    return float(rank_correlations(np.hstack([first, second]))[0, 1])


def _title(data: pd.DataFrame) -> str:
    if data.empty:
        return "All assumptions are drawn independently"
    pairs = f"{len(data)} pairs of assumptions are" if len(data) > 1 else "One pair is"
    changed = float((data.used - data.stated).abs().max())
    if changed >= SHOWN:
        return (
            f"{pairs} drawn together; what is stated contradicts itself, and the nearest possible "
            f"correlations are up to {changed:.2f} away"
        )
    off = float((data.achieved - data.used).abs().max())
    if np.isnan(off):
        return f"{pairs} stated to move together, but held fixed here"
    return f"{pairs} drawn together, within {max(off, SHOWN):.2f} of what is stated"
