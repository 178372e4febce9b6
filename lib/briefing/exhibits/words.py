"""How numbers are written: billions, percent and years appear here and nowhere deeper."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any

import numpy as np

_written: ContextVar[list[tuple[str, float]] | None] = ContextVar("written", default=None)


@contextmanager
def written() -> Iterator[list[tuple[str, float]]]:
    """Every number that is put in words meanwhile, with its value.

    >>> with written() as numbers:
    ...     text = f"about {money(30e9)} or {percent(0.25)}"
    >>> numbers
    [('$30bn', 30000000000.0), ('25%', 0.25)]
    """
    numbers: list[tuple[str, float]] = []
    token = _written.set(numbers)
    try:
        yield numbers
    finally:
        _written.reset(token)


def _noted(write: Callable[[float], str]) -> Callable[[float], str]:
    @wraps(write)
    def noting(value: float) -> str:
        text = write(value)
        if (numbers := _written.get()) is not None:
            numbers.append((text, float(value)))
        return text

    return noting


LEAST_USD = 5e6
"""What is less is printed as nothing."""


@_noted
def money(usd: float) -> str:
    """Dollars in words of three digits, with a true minus sign.

    >>> money(30e9), money(4.26e9), money(1.081e12), money(-5e8), money(0)
    ('$30bn', '$4.3bn', '$1.08tn', '−$0.5bn', '$0')
    """
    if not math.isfinite(usd):
        return "—" if math.isnan(usd) else "∞"
    sign, size = ("−" if usd < 0 else ""), abs(usd)
    if size < LEAST_USD:
        return "$0"
    if size >= 999.5e9:
        return f"{sign}${size / 1e12:.2f}tn"
    billions = f"{size / 1e9:.0f}" if size >= 9.95e9 else f"{size / 1e9:.1f}".removesuffix(".0")
    return f"{sign}${billions}bn" if size >= 5e7 else f"{sign}${size / 1e6:.0f}m"


@_noted
def stated_money(usd: float) -> str:
    """Dollars with three digits or more, for sums whose parts must add up in print.

    >>> stated_money(34.9e9), stated_money(190e9), stated_money(5.83e8), stated_money(-1.25e12)
    ('$34.9bn', '$190bn', '$583m', '−$1,250bn')
    """
    sign, size = ("−" if usd < 0 else ""), abs(usd) / 1e9
    if size >= 1000:
        return f"{sign}${size:,.0f}bn"
    return f"{sign}${size:.3g}bn" if size >= 1 else f"{sign}${size * 1000:.3g}m"


@_noted
def percent(share: float) -> str:
    """A share in percent, with one decimal below ten; a dash where there is none.

    >>> percent(1 / 6), percent(0.0104), percent(0), percent(-0.6)
    ('17%', '1.0%', '0%', '−60%')
    >>> percent(0.0004), percent(-0.0004), percent(15)
    ('<0.1%', '−0.0%', '1,500%')
    >>> percent(math.nan)
    '—'
    """
    if math.isnan(share):
        return "—"
    if math.isinf(share):
        return "∞"
    sign, size = ("−" if share < 0 else ""), abs(share) * 100
    if size == 0:
        return "0%"
    if size < 0.05:
        return "−0.0%" if sign else "<0.1%"
    return f"{sign}{size:,.0f}%" if size >= 9.95 else f"{sign}{size:.1f}%"


def share_of(part: float, whole: float) -> float:
    """Part over whole; no number where there is no whole.

    >>> share_of(1.0, 4.0), share_of(0.0, 0.0)
    (0.25, nan)
    """
    return part / whole if whole else math.nan


def percent_of_draws(share: float) -> str:
    """How many draws, in words that also read well at both ends.

    >>> percent_of_draws(0.0), percent_of_draws(0.34), percent_of_draws(1.0)
    ('no draw', '34% of draws', 'all draws')
    """
    return {0.0: "no draw", 1.0: "all draws"}.get(share, f"{percent(share)} of draws")


def spanned(first: str, last: str) -> str:
    """Two amounts in words as a range: once where they are alike, their common unit once.

    >>> spanned("1 GW", "1.27 GW"), spanned("1 year", "3 years"), spanned("$1bn", "$2bn")
    ('1 to 1.27 GW', '1 to 3 years', '$1bn to $2bn')
    >>> spanned("10%", "10%"), spanned("0.9 years", "beyond 2035")
    ('10%', '0.9 years to beyond 2035')
    """
    if first == last:
        return first
    size, _, unit = first.partition(" ")
    is_shared = unit and last.partition(" ")[2].removesuffix("s") == unit.removesuffix("s")
    return f"{size if is_shared else first} to {last}"


def percent_span(low: float, high: float) -> str:
    """Two shares as a range in percent.

    A dash beside a minus would read as two of them.

    >>> percent_span(0, 1 / 6), percent_span(-0.16, 0.28)
    ('0–17%', '−16% to 28%')
    """
    first, last = percent(low), percent(high)
    if first == last:
        return first
    return f"{first} to {last}" if low < 0 else f"{first.removesuffix('%')}–{last}"


def eight_in_ten(draws: np.ndarray) -> str:
    """Between which shares eight draws of ten lie; a dash where none is a number.

    >>> eight_in_ten(np.linspace(0.0, 1.0, 11)), eight_in_ten(np.array([np.nan]))
    ('10% to 90%', '—')
    """
    given = draws[~np.isnan(draws)]
    if not given.size:
        return "—"
    low, high = np.quantile(given, [0.1, 0.9])
    return f"{percent(float(low))} to {percent(float(high))}"


NOTHING_BESIDE = 0.005
"""Part of another amount below which one says nothing that the other's own rounding does not."""


@_noted
def _about_nothing(_usd: float) -> str:
    return "about $0"


def money_beside(usd: float, other_usd: float) -> str:
    """Dollars as they read beside another amount, next to which they may be nothing.

    >>> money_beside(24e6, 14e9), money_beside(24e6, 0.5e9), money_beside(0, 14e9)
    ('about $0', '$24m', '$0')
    """
    size, other = abs(usd), abs(other_usd)
    is_nothing = LEAST_USD <= size < NOTHING_BESIDE * other and math.isfinite(other)
    return _about_nothing(usd) if is_nothing else money(usd)


def money_span(low: float, high: float) -> str:
    """Two amounts as a range, neither more precise than what the other rounds away.

    >>> money_span(120e9, 350e9), money_span(24e6, 14e9), money_span(-8e9, -15e6)
    ('$120bn to $350bn', 'about $0 to $14bn', '−$8bn to about $0')
    """
    return spanned(money_beside(low, high), money_beside(high, low))


def money_in_draws(draws: np.ndarray) -> str:
    """Between which dollars eight draws of ten lie.

    >>> money_in_draws(np.linspace(0.0, 10e9, 11))
    '$1bn to $9bn'
    """
    low, high = np.quantile(draws, [0.1, 0.9]).tolist()
    return money_span(low, high)


NO_END_YEARS = 99
"""What stands in parameter sets for a time without end."""


@_noted
def years(number: float) -> str:
    """Years with two digits, in words where there is no end.

    >>> years(2.75), years(1.02), years(0.15), years(math.inf), years(99)
    ('2.8 years', '1 year', '0.15 years', 'beyond 2035', 'beyond 2035')
    """
    if number >= NO_END_YEARS:
        return "beyond 2035"
    size = f"{number:.2g}"
    return f"{size} year{'' if size == '1' else 's'}"


@_noted
def unit_price(usd: float) -> str:
    """A price of a few dollars or cents.

    >>> unit_price(2.138), unit_price(0.0861), unit_price(0.1), unit_price(30), unit_price(1250.4)
    ('$2.14', '$0.086', '$0.10', '$30', '$1,250')
    """
    if 0 < abs(usd) < 0.995:
        short = f"{usd:.2g}"
        return f"${short if len(short) > len('0.1') else f'{usd:.2f}'}"
    return f"${usd:,.0f}" if abs(usd) >= 99.5 or usd == round(usd) else f"${usd:.2f}"


@_noted
def energy(mwh: float) -> str:
    """Electricity in terawatt-hours, which a year of a large site comes to.

    >>> energy(7_008_000), energy(0)
    ('7.01 TWh', '0 TWh')
    """
    return f"{_two_decimals(mwh / 1e6)} TWh"


@_noted
def emissions(tco2: float) -> str:
    """Carbon dioxide in million tonnes.

    >>> emissions(2_755_020)
    '2.76 Mt CO₂'
    """
    return f"{_two_decimals(tco2 / 1e6)} Mt CO₂"


@_noted
def water(m3: float) -> str:
    """Water in million cubic metres.

    >>> water(2_659_286)
    '2.66 million m³'
    """
    return f"{_two_decimals(m3 / 1e6)} million m³"


def _gigawatts(size: float) -> str:
    """Two decimals, as charts have them; two digits where those would leave less.

    >>> _gigawatts(0.541), _gigawatts(1.13), _gigawatts(0.7), _gigawatts(15.62), _gigawatts(0.0041)
    ('0.54', '1.13', '0.7', '15.6', '0.0041')
    """
    return _two_decimals(size) if abs(size) >= 0.1 else f"{size:.2g}"


def _two_decimals(size: float) -> str:
    text = f"{size:.2f}" if abs(size) < 10 else f"{size:.1f}"
    return text.rstrip("0").rstrip(".")


def first_day(quarter: str) -> str:
    """First day of a quarter, as charts want it.

    >>> first_day("2025Q4")
    '2025-10-01'
    """
    year, place = quarter.split("Q")
    return f"{year}-{3 * int(place) - 2:02d}-01"


def listed(words: Sequence[str], last_with: str = "and") -> str:
    """Words as a list.

    >>> listed(["one"]), listed(["one", "two"]), listed(["one", "two", "three"])
    ('one', 'one and two', 'one, two and three')
    """
    *first, last = words
    return f"{', '.join(first)} {last_with} {last}" if first else last


@_noted
def number(plain: float) -> str:
    """A number of three significant digits; a dash where there is none.

    >>> number(0.12345), number(36.6), number(5500), number(math.nan)
    ('0.123', '36.6', '5,500', '—')
    """
    if math.isnan(plain):
        return "—"
    return f"{plain:,.0f}" if abs(plain) >= 1000 else f"{plain:.3g}"


def quantity_text(name: str, value: Any) -> str:
    """A value written as its name's unit demands; words stay words."""
    if isinstance(value, str | np.str_):
        return str(value)
    amount = float(value)
    for unit, written in _UNITS.items():
        if name.endswith(unit):
            return written(amount)
    return number(amount)


def quantity_span(name: str, low: float, high: float) -> str:
    """Both ends of a range, written as the unit of its name demands.

    >>> quantity_span("azure_term_years", 3, 8), quantity_span("bundle_npv_usd", 24e6, 14e9)
    ('3 to 8 years', 'about $0 to $14bn')
    """
    if unit_of(name) == "usd":
        return money_span(low, high)
    return spanned(quantity_text(name, low), quantity_text(name, high))


def unit_of(name: str) -> str:
    """The unit that a name ends in; nothing for a plain number.

    >>> unit_of("equity_value_usd"), unit_of("capacity_usd_per_gw_year"), unit_of("parties")
    ('usd', 'usd_per_gw_year', '')
    """
    return next((unit[1:] for unit in _UNITS if name.endswith(unit)), "")


@cache
def spoken(name: str) -> str:
    """The name of a number in running text; its unit is left to the number.

    >>> spoken("azure_take_or_pay_share"), spoken("growth_half_life_years")
    ('Azure take-or-pay share', 'growth half-life')
    """
    unit = next((each for each in _UNITS if name.endswith(each) and each not in _KEPT), "")
    text = name.removesuffix(unit).replace("_", " ")
    for plain, written in _SPELT.items():
        text = re.sub(rf"\b{plain}\b", written, text)
    return text


def opening(text: str) -> str:
    """`text` with a capital, to open a sentence or label.

    >>> opening("growth half-life")
    'Growth half-life'
    """
    return text[:1].upper() + text[1:]


_KEPT = {"_share", "_rate", "_multiple", "_count"}
"""Units that are part of the name: a take-or-pay share, a discount rate."""

_SPELT = {
    "azure": "Azure", "microsoft": "Microsoft", "nvidia": "Nvidia", "anthropic": "Anthropic",
    "openai": "OpenAI", "claude": "Claude", "gw": "GW", "gpu": "GPU", "take or pay": "take-or-pay",
    "npv": "net present value", "irr rate": "internal rate of return", "hhi": "Herfindahl index",
    "mhhi": "modified Herfindahl index", "co optimisation": "co-optimisation",
    "lock in": "lock-in",
    "half life": "half-life", "run rate": "run-rate", "round trip": "round-trip",
    "(self|customer|investor) funded": r"\1-funded",
}  # fmt: skip

_UNITS = {
    "_usd_per_gpu_hour": lambda amount: f"{unit_price(amount)} per GPU-hour",
    "_usd_per_kwh": lambda amount: f"{unit_price(amount)} per kWh",
    "_usd_per_mtok": lambda amount: f"{unit_price(amount)} per million tokens",
    "_usd_per_task": lambda amount: (
        "at no price" if math.isinf(amount) else f"{unit_price(amount)} per task"
    ),
    "_usd_per_tco2": lambda amount: f"{unit_price(amount)} per tonne of CO₂",
    "_kgco2_per_kwh": lambda amount: f"{amount:.3g} kg CO₂ per kWh",
    "_litres_per_kwh": lambda amount: f"{amount:.3g} litres per kWh",
    "_mwh_per_year": lambda amount: f"{energy(amount)} a year",
    "_tco2_per_year": lambda amount: f"{emissions(amount)} a year",
    "_m3_per_year": lambda amount: f"{water(amount)} a year",
    "_kw": lambda amount: f"{number(amount)} kW",
    "_count": number,
    "_usd_per_gw_year": lambda amount: f"{money(amount)} per GW and year",
    "_usd_per_gw": lambda amount: f"{money(amount)} per GW",
    "_usd_per_year": lambda amount: f"{money(amount)} a year",
    "_usd": money,
    "_share": percent,
    "_rate": percent,
    "_years": years,
    "_gw": lambda amount: f"{_gigawatts(amount)} GW",
    "_multiple": lambda amount: f"{amount:.3g}×" if abs(amount) >= 0.1 else f"{amount:.2g}×",
}
