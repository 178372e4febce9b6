"""Numbers lead home: from where a page prints one to its row in a register.

Which number is which, the exhibit knows (`Exhibit.printed`); here it becomes a link.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from markupsafe import Markup

from briefing.render.document import FIGURES, REGISTER, Printed, Token, slug


def figure_anchor(label: str) -> str:
    """Where the register of figures explains one of them.

    >>> figure_anchor("Runway")
    'figure-runway'
    """
    return f"figure-{slug(label)}"


def assumption_anchor(name: str) -> str:
    """Where the register of assumptions explains one of them.

    >>> assumption_anchor("azure_term_years")
    'assumption-azure-term-years'
    """
    return f"assumption-{slug(name.replace('_', ' '))}"


ROWS = {FIGURES: figure_anchor, REGISTER: assumption_anchor}
"""How a row of each register is addressed, given what its first cell says."""


Homes = Callable[[Printed], str]
"""Where a printed number leads: an address, or nothing where no register is within reach."""


def homes(anchors: Mapping[str, str]) -> Homes:
    """Homes in the registers that stand at `anchors`, by their exhibits' numbers."""

    def home(number: Printed) -> str:
        register = anchors.get(FIGURES if number.is_figure else REGISTER, "")
        own = figure_anchor(number.label) if number.is_figure else assumption_anchor(number.name)
        return f"{register.partition('#')[0]}#{own}" if register else ""

    return home


def led_home(text: str, printed: Iterable[Printed], home: Homes) -> Markup:
    """`text`, escaped, with each number that is a figure or an assumption led to its register."""
    return Markup("").join(
        Markup('<a class="home" href="{}" title="{}">{}</a>').format(*lead, part) if lead else part
        for part, lead in _pieces(text, printed, home)
    )


def _pieces(
    text: str, printed: Iterable[Printed], home: Homes
) -> Iterator[tuple[str, tuple[str, str] | None]]:
    """`text` in pieces, each number among them with its address and what it is."""
    leads = {each.text: (address, _meant(each)) for each in printed if (address := home(each))}
    if not leads:
        yield text, None
        return
    numbers = "|".join(map(re.escape, sorted(leads, key=len, reverse=True)))
    # No part of a longer number: neither of $14.4bn nor of 4.4%.
    for place, part in enumerate(re.split(rf"(?<![\w$.,−])({numbers})(?![\w%]|[.,]\d)", text)):
        yield part, leads[part] if place % 2 else None


def _meant(number: Printed) -> str:
    kind = "range and sources" if number.is_figure else "an assumption, its range and reason"
    return f"{number.label}: {kind}"


def with_numbers(
    tokens: Iterable[Token], printed: Collection[Printed], home: Homes
) -> Iterator[Token]:
    """`tokens` with numbers as tokens of their own where they lead home; links are left alone."""
    for token in tokens:
        if token["type"] == "text":
            for part, lead in _pieces(token["raw"], printed, home):
                number = {"type": "text", "raw": part}
                attributes = {"url": lead[0], "title": lead[1]} if lead else {}
                led = {"type": "number", "children": [number], "attrs": attributes}
                yield led if lead else number
        elif "children" in token and token["type"] != "link":
            yield {**token, "children": list(with_numbers(token["children"], printed, home))}
        else:
            yield token
