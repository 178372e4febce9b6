"""Numbers lead home: from where a page prints one to its row in a register.

So do facts that a register calls by their ids. Which is which, the exhibit knows
(`Exhibit.printed`); here it becomes a link. Exhibits are known by their numbers everywhere.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from briefing.render.document import FACTS, FIGURES, REGISTER, Printed, Token, slug


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


def fact_anchor(name: str) -> str:
    """Where the register of facts tells one of them.

    >>> fact_anchor("anthropic-gm-2025-cut")
    'fact-anthropic-gm-2025-cut'
    """
    return f"fact-{slug(name)}"


ROWS = {FIGURES: figure_anchor, REGISTER: assumption_anchor, FACTS: fact_anchor}
"""How a row of each register is addressed, given what its first cell says."""


EXHIBIT = r"E\d\d[a-z]?"
"""How words name an exhibit."""


@dataclass(frozen=True)
class Homes:
    """Where a printed number leads: an address, or nothing where no register is within reach.

    `anchors` say where each exhibit stands, the registers among them, by their numbers.
    """

    anchors: Mapping[str, str]

    def of(self, number: Printed) -> str:
        """Its row in the register of its kind."""
        register, own = {
            "figure": (FIGURES, figure_anchor(number.label)),
            "assumption": (REGISTER, assumption_anchor(number.name)),
            "fact": (FACTS, fact_anchor(number.name)),
        }[number.kind]
        page = self.anchors.get(register, "")
        return f"{page.partition('#')[0]}#{own}" if page else ""


class Leads:
    """Where the numbers in an exhibit's words lead."""

    def __init__(self, printed: Iterable[Printed], homes: Homes) -> None:
        led = ((each, homes.of(each)) for each in printed)
        self._leads = {number: (address, "") for number, address in homes.anchors.items()}
        numbers = {each.text: (address, _meant(each)) for each, address in led if address}
        texts = [EXHIBIT, *map(re.escape, sorted(numbers, key=len, reverse=True))]
        ends = _low_ends(numbers)
        texts += [rf"{re.escape(low)}(?= to [\d.,]+ {re.escape(unit)})" for low, unit in ends]
        self._leads |= {low: numbers[f"{low} {unit}"] for low, unit in ends} | numbers
        # No part of a longer number: neither of $14.4bn nor of 4.4%.
        self._numbers = re.compile(rf"(?<![\w$.,−])({'|'.join(texts)})(?![\w%]|[.,]\d)")

    def text(self, text: str) -> Markup:
        """`text`, escaped, with each number that is a figure or an assumption led home."""
        if not self._leads or not self._numbers.search(text):
            return unbroken(escape(text))
        pieces = (link(*lead, part) if lead else part for part, lead in self._pieces(text))
        return unbroken(Markup("").join(pieces))

    def tokens(self, tokens: Iterable[Token]) -> Iterator[Token]:
        """`tokens` with such numbers as tokens of their own; links are left alone."""
        for token in tokens:
            if token["type"] == "text" and self._leads:
                for part, lead in self._pieces(token["raw"]):
                    number = {"type": "text", "raw": part}
                    attributes = {"url": lead[0], "title": lead[1]} if lead else {}
                    led = {"type": "number", "children": [number], "attrs": attributes}
                    yield led if lead else number
            elif "children" in token and token["type"] != "link":
                yield {**token, "children": list(self.tokens(token["children"]))}
            else:
                yield token

    def _pieces(self, text: str) -> Iterator[tuple[str, tuple[str, str] | None]]:
        """`text` in pieces, each number among them with its address and what it is."""
        for turn, stretch in enumerate(_ADDRESS.split(text)):
            if turn % 2:
                yield stretch, None
                continue
            for place, part in enumerate(self._numbers.split(stretch)):
                yield part, self._leads.get(part) if place % 2 else None


def _low_ends(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Numbers with their unit, as a range says them: 1 in "1 to 2 GW"; none that two units have.

    >>> _low_ends(["1 GW", "2.5 Mt CO₂", "2.5 TWh", "$30bn"])
    [('1', 'GW')]
    """
    told = [(text.partition(" ")[0], text.partition(" ")[2]) for text in texts]
    times = Counter(size for size, unit in told if unit)
    return [(size, unit) for size, unit in told if unit and times[size] == 1]


_ADDRESS = re.compile(r"(https?://\S+)")
"""What looks like a number or an exhibit in it is neither."""


def link(address: str, meaning: str, text: str) -> Markup:
    """A number, or an exhibit's, that leads to `address`; what is meant shows under the pointer.

    The style sheet knows the many numbers by their titles, or by standing in a table.
    """
    title = Markup(' title="{}"').format(meaning) if meaning else ""
    return Markup('<a href="{}"{}>{}</a>').format(address, title, text)


def unbroken(told: Markup) -> Markup:
    """No line ends after a minus or within a pair of prices, unless nothing stands beside it.

    >>> print(unbroken(Markup("−$5bn to $2bn")))
    <span class="whole">−$5bn</span> to $2bn
    >>> print(unbroken(Markup("Opus 5.5, $4 / $20")))
    Opus 5.5, <span class="whole">$4 / $20</span>
    """
    if not ("−$" in told or " / $" in told) or _WHOLE.fullmatch(told):
        return told
    return Markup(_WHOLE.sub(r'<span class="whole">\g<0></span>', str(told)))


_WHOLE = re.compile(r"−\$[\d.,]*\d\w*|\$[\d.]+ / \$[\d.]*\d")


def _meant(number: Printed) -> str:
    return {
        "figure": number.label,
        "assumption": f"{number.label}, an assumption",
        "fact": "",  # its id, which is what is printed, says as much
    }[number.kind]
