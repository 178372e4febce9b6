"""How changes are written: values, ranges, and moves with their parts."""

from collections.abc import Sequence
from math import floor, fsum, log10

from briefing.exhibits.words import money, number, quantity_text
from briefing.inputs.assumptions import Assumption
from briefing.runs.changes import AssumptionChange


def ends_of(change: AssumptionChange) -> str:
    """The value in both builds, or the range where only that changed."""
    before, after = change.before, change.after
    if before and after and before.value == after.value:
        return f"{range_text(before)} → {range_text(after)}"
    ends = value_text(before), value_text(after)
    if before and after and ends[0] == ends[1]:  # they differ by less than such numbers print
        ends = _fine(before), _fine(after)
    return " → ".join(ends)


def _fine(assumption: Assumption) -> str:
    """A value with all digits that somebody may have written."""
    plain = float(assumption.value)
    is_share = assumption.unit in ("share", "rate")
    return f"{plain * 100:.6g}%" if is_share else f"{plain:,.10g}"


def value_text(assumption: Assumption | None) -> str:
    """The value as its unit demands; a dash where there is none."""
    return "—" if assumption is None else quantity_text(assumption.name, assumption.value)


def range_text(assumption: Assumption | None) -> str:
    """The range as its unit demands, or the weights of its options."""
    if assumption is None:
        return "—"
    if assumption.is_fixed:
        return "fixed"
    if assumption.options:
        total = sum(assumption.options.values())
        return ", ".join(f"{word} {w / total:.0%}" for word, w in assumption.options.items())
    ends = (assumption.low, assumption.high)
    told = " to ".join(quantity_text(assumption.name, end) for end in ends if end is not None)
    return told + (", uniform" if assumption.distribution == "uniform" else "")


def signed(part: float, unit: str, whole: float) -> str:
    """Part of a move with its sign; shares move by points, as finely as the `whole` move asks."""
    sign = "−" if part < 0 else "+"
    size = abs(part)
    if unit in ("share", "rate"):
        return f"{sign}{size * 100:.{_share_digits(whole)}f} points"
    if unit.startswith("usd"):
        return f"{sign}{money(size)}"
    return f"{sign}{number(size)}{f' {unit}' if unit else ''}"


def _share_digits(whole: float) -> int:
    return max(1, 1 - floor(log10(abs(whole) * 100)))


def in_parts(parts: Sequence[float], unit: str) -> tuple[str, tuple[str, ...]]:
    """A move and its parts, written so that the printed parts sum to the printed move.

    What rounding leaves goes to the parts that it harms most (largest remainders), so no part is
    off by a whole last digit. A part that would print as nothing is empty.

    >>> in_parts([0.0114, 0.0114, -0.0008], "share")
    ('+2.2 points', ('+1.2 points', '+1.1 points', '−0.1 points'))
    >>> in_parts([14.6e9, 2.6e9, 0.3e9], "usd")
    ('+$18bn', ('+$15bn', '+$3bn', ''))
    """
    whole = fsum(parts)
    scale, digits, form = _scale(whole, unit)
    step = 10**-digits / scale
    total = round(whole / step)
    floors = [floor(part / step) for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda n: floors[n] - parts[n] / step)
    for place in by_remainder[: max(0, total - sum(floors))]:
        floors[place] += 1
    written = [_written(count, digits, form) for count in (total, *floors)]
    return written[0] or form.format("±", f"{0:.{digits}f}"), tuple(written[1:])


def _scale(whole: float, unit: str) -> tuple[float, int, str]:
    """Units of a number that is printed as one, its decimals, and how it stands in words."""
    size = abs(whole)
    if unit in ("share", "rate"):
        return 100.0, _share_digits(whole) if whole else 1, "{}{} points"
    if unit.startswith("usd"):
        if size >= 999.5e9:
            return 1e-12, 2, "{}${}tn"
        return (1e-9, int(size < 9.95e9), "{}${}bn") if size >= 5e7 else (1e-6, 0, "{}${}m")
    digits = max(0, 2 - floor(log10(size))) if size else 2
    return 1.0, digits, f"{{}}{{}}{f' {unit}' if unit else ''}"


def _written(count: int, digits: int, form: str) -> str:
    sign = "−" if count < 0 else "+"
    return form.format(sign, f"{abs(count) / 10**digits:,.{digits}f}") if count else ""


def listed(words: Sequence[str]) -> str:
    """Words as a list.

    >>> listed(["one"]), listed(["one", "two", "three"])
    ('one', 'one, two and three')
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def counted(count: int, name: str) -> str:
    """So many of a thing, small numbers in words.

    >>> counted(1, "fact"), counted(12, "fact")
    ('one fact', '12 facts')
    """
    return f"{in_words(count)} {name}{'' if count == 1 else 's'}"


def in_words(count: int) -> str:
    """Small counts as words."""
    small = [
        "no",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ]
    return small[count] if count <= 11 else str(count)
