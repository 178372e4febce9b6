"""Words for press figures: the slip that each headline invites, and what to use instead."""

from dataclasses import dataclass

from briefing.exhibits.words import money, money_span, number, stated_money
from briefing.model.press import PressFigure


@dataclass(frozen=True)
class Words:
    """What to say of a claim; `{printed}`, `{least}` and `{most}` are its dollars."""

    slip: str
    headline: str
    instead: str
    sum_means: str = ""


COUNTER = "Counter-flows added up"
CEILING = "A ceiling read as cash"
NOTICE = "A contract that can be ended read as owed in full"
TWICE = "Money promised earlier counted again"
BEFORE = "Before and after the money mixed up"
TALK = "Talk read as a price"
PRICE = "The price of a share read as the worth of the company"
PACE = "A pace read as revenue"
GROSS = "Gross read as net"
NAME = "One name for different things"
PEN = "A slip of the pen"

WORDS = {
    "circular": Words(COUNTER, "A {printed} bid", "{least} at most one way, {most} the other: two flows, not a sum."),
    "invested": Words(CEILING, "{printed} of investment", "{least} reported as paid in; the figure is a ceiling, and a ceiling binds nobody."),
    "invested_since": Words(CEILING, "{printed} of investment", "{least}, as the press has reported since. No filing seen breaks it out."),
    "letter": Words(CEILING, "{printed} from Nvidia for OpenAI", "{least} promised: a letter of intent, of which Nvidia's filing gives no assurance."),
    "letter_since": Words(CEILING, "{printed} from Nvidia for OpenAI", "{least}, which replaced the letter of intent.", "fell away"),
    "google_pledge": Words(CEILING, "{printed} from Google", "{least} now; the rest waits for milestones.", "on milestones"),
    "amazon_pledge": Words(CEILING, "{printed} from Amazon", "{least} at once; the rest waits for milestones.", "on milestones"),
    "spacex": Words(NOTICE, "Over {printed} for SpaceX", "{least}, what ninety days' notice leaves owed.", "if it runs to its end"),
    "round_money": Words(TWICE, "A round of {printed}", "{least} of new money; cloud companies had promised the rest before.", "new"),
    "press_value": Words(TALK, "A value of {printed}", "{least}, the last price paid; the companies stated none for this deal.", "before the money, if the pledges are in it"),
    "press_value_since": Words(BEFORE, "A value of {printed}", "{least} before the money and {most} after it, as Series G settled later.", "before the money"),
    "google_price": Words(BEFORE, "Google buys at {printed}", "One price, if it is that of Series G: {least} before its money, {most} after it.", "before the money"),
    "listing": Words(TALK, "A listing at {printed}", "{most}, the last price paid; bankers guessed from {least}.", "above the last round"),
    "last_round": Words(PRICE, "A company worth {printed}", "{least} before the money, {most} after it: the newest share's price times all shares.", "before the money"),
    "newest_round": Words(PRICE, "A company worth {printed}", "{least} before the money, {most} after it: the newest share's price times all shares.", "before the money"),
    "pace": Words(PACE, "Sales of {printed} a year", "{least}, expected for all of 2025.", "a month, taken twelve times"),
    "pace_of_2025": Words(PACE, "{printed} for 2025", "{least} to {most} of revenue; what was printed is the pace at the year's end.", "a month, taken twelve times"),
    "pace_of_2026": Words(PACE, "Sales of {printed} a year", "{least} at the pace of the last quarter reported, {most} at that of the quarter forecast.", "a year at the first quarter's pace"),
    "gross": Words(GROSS, "A run-rate of {printed} in April", "{most} gross, as announced; {least} if cloud resale counts net, as a rival says.", "net, by a rival's memo"),
    "gigawatt": Words(NAME, "A gigawatt costs {printed}", "{least} to {most} to build; rent and later chips are other prices (E09c).", "beside Nvidia's own content"),
    "capex": Words(NAME, "Microsoft spends {printed} in fiscal 2026", "{least} at the pace of three quarters; another page gives the figure for the calendar year.", "left for a fourth quarter"),
    "swapped": Words(PEN, "Microsoft invests up to {printed}", "{least}; the page swaps the two investors.", "left for Nvidia"),
    "lost_digit": Words(PEN, "A run-rate of {printed} for Microsoft's AI business", "{least}; probably a lost digit."),
    "backlog": Words(PEN, "A backlog of {printed} at Microsoft", "{least}, as read elsewhere."),
}  # fmt: skip
"""One entry for each claim of `briefing.model.press.CLAIMS`."""

ORDER = (COUNTER, CEILING, NOTICE, TWICE, BEFORE, TALK, PRICE, PACE, GROSS, NAME, PEN)


def said(figure: PressFigure, words: str) -> str:
    """`words` with the dollars of `figure`."""
    return words.format(
        printed=money_span(min(figure.printed_usd), max(figure.printed_usd)),
        least=money(min(figure.instead_usd)),
        most=money(max(figure.instead_usd)),
    )


def arithmetic_text(figure: PressFigure) -> str:
    """The sum as a reader would write it, subtractions last."""
    if not figure.parts:
        return "Stated as it is, no sum"
    parts = sorted(figure.parts, key=lambda part: part[1] < 0)
    written = "".join(
        f"{(' − ' if factor < 0 else ' + ') if place else ''}{_part(amount, abs(factor))}"
        for place, (amount, factor) in enumerate(parts)
    )
    return f"{written} = {stated_money(figure.sum_usd)} {WORDS[figure.id].sum_means}".strip()


def _part(amount_usd: float, factor: float) -> str:
    if factor == 1:
        return stated_money(amount_usd)
    if factor < 1:
        return f"{stated_money(amount_usd)} ÷ {number(1 / factor)}"
    return f"{stated_money(amount_usd)} × {number(factor)}"
