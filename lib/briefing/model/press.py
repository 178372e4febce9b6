"""Press figures: how each printed number comes out of the ledger, and what it should be read as.

Most printed numbers are right as sums and wrong as categories. Each claim below names the figures
of the ledger that it was printed as, the sum that leads to it or away from it, and the figures
that a careful reader uses instead. It counts only once everything that it rests on is known.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from briefing.inputs.facts import Ledger

Sum = Mapping[str, float]
"""Figures of the ledger with their factors; `some-fact.high` and `.low` are the ends of a range.

An empty sum is nothing: a ceiling of which nothing was paid.
"""

NOTICE_YEARS = 90 / 365.25
"""Ninety days, after which either side may leave the SpaceX contract (its Form S-1)."""

SPACEX_YEARS = 3
"""May 2026 to May 2029, the term of the same contract."""

QUARTERS_A_YEAR = 4
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Claim:
    """One headline: its `printed` figures and what to use `instead`, least to most.

    `read_at` names facts whose page printed it, where that is not a fact of its own; `replaces` an
    earlier claim that this one corrects as soon as it is known. `cites` are facts that the words
    lean on.
    """

    printed: tuple[Sum, ...]
    instead: tuple[Sum, ...]
    comes_from: Sum = field(default_factory=dict)
    read_at: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    replaces: str = ""


_PLEDGES = {"alliance-msft-equity.high": 1, "alliance-nvda-equity.high": 1}
_SERIES_F = {"anthropic-val-series-f": 1, "anthropic-series-f": -1}
_SERIES_G = {"anthropic-val-series-g": 1, "alliance-series-g-includes": -1}
_SERIES_H = {"anthropic-val-series-h": 1, "anthropic-series-h": -1}
_NEW_MONEY = {"anthropic-series-h": 1, "anthropic-series-h-hyperscaler": -1}
_NET = {"anthropic-runrate-2026-04": 1, "anthropic-gross-net-dispute": -1}
_FISCAL_2026 = ("msft-capex-fy26-q1", "msft-capex-fy26-q2", "msft-capex-fy26-q3")

CLAIMS: Mapping[str, Claim] = {
    "circular": Claim(
        printed=(_PLEDGES | {"alliance-azure-commit": 1},),
        read_at=("nvda-move-midday",),
        comes_from=_PLEDGES | {"alliance-azure-commit": 1},
        instead=(_PLEDGES, {"alliance-azure-commit": 1}),
    ),
    "invested": Claim(
        printed=(_PLEDGES,),
        read_at=("post-deal-valuation-350", "deal-amounts-swapped"),
        cites=("undisclosed-equity-conditions",),
        comes_from=_PLEDGES,
        instead=({},),
    ),
    "invested_since": Claim(
        printed=(_PLEDGES,),
        read_at=("post-deal-valuation-350", "deal-amounts-swapped"),
        comes_from=_PLEDGES,
        instead=({"alliance-msft-equity-done": 1, "alliance-nvda-equity-done": 1},),
        replaces="invested",
    ),
    "letter": Claim(
        printed=({"nvda-openai-loi.high": 1},),
        cites=("nvda-openai-no-assurance",),
        instead=({},),
    ),
    "letter_since": Claim(
        printed=({"nvda-openai-loi.high": 1},),
        comes_from={"nvda-openai-loi.high": 1, "nvda-openai-30b": -1},
        cites=("nvda-openai-replaces",),
        instead=({"nvda-openai-30b": 1},),
        replaces="letter",
    ),
    "google_pledge": Claim(
        printed=({"google-anthropic-40b.high": 1},),
        comes_from={"google-anthropic-40b.high": 1, "google-anthropic-40b.low": -1},
        instead=({"google-anthropic-40b.low": 1},),
    ),
    "amazon_pledge": Claim(
        printed=({"amazon-anthropic-25b.high": 1},),
        comes_from={"amazon-anthropic-25b.high": 1, "amazon-anthropic-25b.low": -1},
        instead=({"amazon-anthropic-25b.low": 1},),
    ),
    "spacex": Claim(
        printed=({"anthropic-spacex-total": 1},),
        comes_from={"anthropic-spacex-monthly": SPACEX_YEARS},
        instead=({"anthropic-spacex-monthly": NOTICE_YEARS},),
    ),
    "round_money": Claim(
        printed=({"anthropic-series-h": 1},), comes_from=_NEW_MONEY, instead=(_NEW_MONEY,)
    ),
    "press_value": Claim(
        printed=({"post-deal-valuation-350": 1}, {"post-deal-valuation-355": 1}),
        comes_from={"post-deal-valuation-350": 1} | dict.fromkeys(_PLEDGES, -1),
        cites=("undisclosed-post-deal-valuation",),
        instead=({"anthropic-val-series-f": 1},),
    ),
    "press_value_since": Claim(
        printed=(
            {"post-deal-valuation-350": 1},
            {"post-deal-valuation-355": 1},
            {"anthropic-val-jan26-talks": 1},
        ),
        comes_from=_SERIES_G,
        instead=(_SERIES_G, {"anthropic-val-series-g": 1}),
        replaces="press_value",
    ),
    "google_price": Claim(
        printed=(_SERIES_G, {"google-10b-price-dispute": 1}),
        read_at=("google-anthropic-40b", "google-10b-price-dispute"),
        comes_from={"google-10b-price-dispute": 1, "alliance-series-g-includes": -1},
        instead=(_SERIES_G, {"anthropic-val-series-g": 1}),
    ),
    "last_round": Claim(
        printed=({"anthropic-val-series-f": 1},),
        comes_from=_SERIES_F,
        instead=(_SERIES_F, {"anthropic-val-series-f": 1}),
    ),
    "newest_round": Claim(
        printed=({"anthropic-val-series-h": 1},),
        comes_from=_SERIES_H,
        instead=(_SERIES_H, {"anthropic-val-series-h": 1}),
    ),
    "listing": Claim(
        printed=({"anthropic-ipo-target.low": 1}, {"anthropic-ipo-target.high": 1}),
        comes_from={"anthropic-ipo-target.high": 1, "anthropic-val-series-h": -1},
        instead=({"anthropic-ipo-bankers-low.low": 1}, {"anthropic-val-series-h": 1}),
    ),
    "pace": Claim(
        printed=({"anthropic-runrate-2025-10": 1},),
        comes_from={"anthropic-runrate-2025-10": 1 / MONTHS_A_YEAR},
        instead=({"anthropic-revenue-2025-alt": 1},),
    ),
    "pace_of_2025": Claim(
        printed=(
            {"anthropic-revenue-2025-amodei.low": 1},
            {"anthropic-revenue-2025-amodei.high": 1},
        ),
        comes_from={"anthropic-runrate-2025-12": 1 / MONTHS_A_YEAR},
        instead=({"anthropic-revenue-2025": 1}, {"anthropic-revenue-2025-alt": 1}),
        replaces="pace",
    ),
    "pace_of_2026": Claim(
        printed=({"anthropic-runrate-2026-05": 1},),
        comes_from={"anthropic-revenue-q1-26": QUARTERS_A_YEAR},
        instead=(
            {"anthropic-revenue-q1-26": QUARTERS_A_YEAR},
            {"anthropic-revenue-q2-26": QUARTERS_A_YEAR},
        ),
    ),
    "gross": Claim(
        printed=({"anthropic-runrate-2026-04": 1}, {"anthropic-runrate-44-apr": 1}),
        comes_from=_NET,
        instead=(_NET, {"anthropic-runrate-2026-04": 1}),
    ),
    "gigawatt": Claim(
        printed=(
            {"alliance-1gw-cost-execs.low": 1},
            {"gw-cost-nvidia-mid.high": 1},
            {"gw-5y-contract.high": 1},
            {"gw-cost-nvidia-2026.high": 1},
        ),
        comes_from={"gw-cost-nvidia-50": 1, "gw-cost-nvidia-content": -1},
        instead=({"gw-cost-bernstein": 1}, {"gw-cost-nvidia-mid.high": 1}),
    ),
    "capex": Claim(
        printed=({"msft-capex-190-fy26": 1},),
        cites=("msft-capex-190-cy26",),
        comes_from={"msft-capex-190-fy26": 1} | dict.fromkeys(_FISCAL_2026, -1),
        instead=(dict.fromkeys(_FISCAL_2026, QUARTERS_A_YEAR / len(_FISCAL_2026)),),
    ),
    "swapped": Claim(
        printed=({"deal-amounts-swapped.high": 1},),
        comes_from=_PLEDGES | {"deal-amounts-swapped.high": -1},
        instead=({"alliance-msft-equity.high": 1},),
    ),
    "lost_digit": Claim(
        printed=({"msft-ai-runrate-3b-error": 1},), instead=({"msft-ai-runrate": 1},)
    ),
    "backlog": Claim(
        printed=({"msft-rpo-300-error": 1},), instead=({"msft-rpo-fy26-q3": 1},)
    ),
}  # fmt: skip
"""Headlines by a name of ours, in the order of the table."""


@dataclass(frozen=True)
class PressFigure:
    """A claim as arithmetic: dollars as printed, the sum, and dollars to use instead."""

    id: str
    printed_usd: tuple[float, ...]
    instead_usd: tuple[float, ...]
    parts: tuple[tuple[float, float], ...]
    """Amount and factor of each part of the sum; none where no sum leads to the figure."""
    read_at: tuple[str, ...]
    """Ids of the facts whose pages printed it."""
    facts: tuple[str, ...]

    @property
    def sum_usd(self) -> float:
        """What the parts come to."""
        return math.fsum(amount * factor for amount, factor in self.parts)

    @property
    def spread_multiple(self) -> float:
        """The largest of all its figures over the smallest; infinite where the least is nothing."""
        figures = (*self.printed_usd, *self.instead_usd)
        return max(figures) / min(figures) if min(figures) > 0 else math.inf


def press_figures(facts: "Ledger") -> tuple[PressFigure, ...]:
    """Every headline that can be reconstructed from what is known and is easily misread.

    A corrected one is replaced; one that held true, as its only reading, is misread no longer.
    """
    known = {name: claim for name, claim in CLAIMS.items() if _is_known(claim, facts)}
    replaced = {claim.replaces for claim in known.values()}
    figures = (_figure(name, claim, facts) for name, claim in known.items() if name not in replaced)
    return tuple(figure for figure in figures if figure.spread_multiple > 1)


def _is_known(claim: Claim, facts: "Ledger") -> bool:
    """A further printing may still be unknown, one at least must be."""
    needed = (*claim.instead, claim.comes_from)
    return (
        all(_all_known(each, facts) for each in needed)
        and any(_all_known(each, facts) for each in claim.printed)
        and (not claim.read_at or any(name in facts for name in claim.read_at))
        and all(name in facts for name in claim.cites)
    )


def _figure(name: str, claim: Claim, facts: "Ledger") -> PressFigure:
    printed = [each for each in claim.printed if _all_known(each, facts)]
    own = dict.fromkeys(map(_fact, chain(*printed)))
    read_at = tuple(fact for fact in claim.read_at or own if fact in facts)
    used = [*printed, claim.comes_from, *claim.instead]
    return PressFigure(
        id=name,
        printed_usd=tuple(_total(each, facts) for each in printed),
        instead_usd=tuple(_total(each, facts) for each in claim.instead),
        parts=tuple((_amount(each, facts), times) for each, times in claim.comes_from.items()),
        read_at=read_at,
        facts=tuple(dict.fromkeys((*read_at, *map(_fact, chain(*used)), *claim.cites))),
    )


def _fact(figure: str) -> str:
    return figure.partition(".")[0]


def _all_known(figures: Iterable[str], facts: "Ledger") -> bool:
    return all(_fact(figure) in facts for figure in figures)


def _amount(figure: str, facts: "Ledger") -> float:
    fact, _, end = figure.partition(".")
    amount = getattr(facts[fact], end or "value")
    if amount is None:
        raise ValueError(f"fact {fact!r} has no {end or 'value'}, which a press figure asks for")
    return amount


def _total(figures: Sum, facts: "Ledger") -> float:
    return math.fsum(_amount(figure, facts) * times for figure, times in figures.items())
