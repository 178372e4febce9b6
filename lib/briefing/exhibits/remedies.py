"""Exhibits of regulation: who looks at what, what an order would change, and what came before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, GREEN, INK, MUTED, RULE
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import (
    LEAST_USD,
    listed,
    money,
    money_span,
    opening,
    percent,
    percent_span,
    years,
)
from briefing.inputs.facts import Fact, Ledger
from briefing.model.remedies import REMEDIES

Array = np.ndarray

ByRemedy = Mapping[str, Array]


@dataclass(frozen=True)
class Inquiry:
    """One thing that an authority looks at, with the steps that the ledger may know."""

    where: str
    who: str
    about: str
    steps: Mapping[str, str]
    """Fact and what it says of the status, in the order of time; the last one known counts."""

    def newest(self, facts: Ledger) -> Fact | None:
        """The last step that is known; nothing where none is."""
        known = [facts[name] for name in self.steps if name in facts]
        return known[-1] if known else None


INQUIRIES = (
    Inquiry(
        "United States",
        "FTC, staff report",
        "Partnerships of clouds with laboratories",
        {"ftc-6b": "Report published: concerns named, no breach found, this deal not covered"},
    ),
    Inquiry(
        "United States",
        "FTC",
        "Microsoft: licensing, cloud, AI",
        {
            "us-split-2024": "Agreed to lead on Microsoft and OpenAI",
            "ftc-msft-probe": "Open, as reported: broad inquiry, no case",
            "ftc-msft-demands": "Open, as reported: demands sent to rivals, no decision",
        },
    ),
    Inquiry(
        "United States",
        "Justice Department",
        "Nvidia: conduct",
        {"us-split-2024": "Agreed to lead on Nvidia; no case in the ledger"},
    ),
    Inquiry(
        "United States",
        "Justice Department",
        "Google: stakes in AI companies",
        {"doj-google-stakes": "Forced sale dropped; prior notice asked for instead"},
    ),
    Inquiry(
        "United States",
        "Senators",
        "Partnerships and funding of AI",
        {
            "warren-wyden": "Questions sent about Google with Anthropic, Microsoft with OpenAI",
            "warren-sacks": "Questions sent, also about public support of OpenAI",
            "warren-fsoc": "Financial Stability Oversight Council asked to look at debt",
        },
    ),
    Inquiry(
        "United States",
        "Defense Department",
        "Anthropic as a supplier",
        {
            "dod-designation": "Named a supply-chain risk; Microsoft kept Claude elsewhere",
            "dod-injunction": "Named a supply-chain risk; a court in California enjoined that",
            "dod-dc-circuit": "Named a supply-chain risk. A court in California enjoined that; the "
            "D.C. Circuit refused an emergency stay in a parallel case",
        },
    ),
    Inquiry(
        "European Union",
        "Commission",
        "Azure and AWS as gatekeepers",
        {
            "ec-dma-cloud": "Market investigations opened, on the day of the deal",
            "ec-dma-cloud-preliminary": "Preliminary view: both should be gatekeepers",
        },
    ),
    Inquiry(
        "European Union",
        "Commission",
        "Microsoft and OpenAI",
        {"ec-msft-openai-merger": "No control, so no merger; exclusivity to be looked at"},
    ),
    Inquiry(
        "United Kingdom",
        "CMA",
        "Cloud services",
        {
            "cma-cloud-final": "Harm to competition found; status inquiries recommended",
            "cma-cloud-dialogue": "No inquiry opened into the clouds; one into business software",
        },
    ),
    Inquiry(
        "United Kingdom",
        "CMA",
        "Stakes in laboratories",
        {
            "cma-amazon-anthropic": "Amazon's in Anthropic does not qualify for review",
            "cma-google-anthropic": "Amazon's and Google's in Anthropic do not qualify",
            "cma-msft-openai": "Closed: Microsoft has material influence over OpenAI, and no "
            "change to de facto control was found; Amazon's and Google's stakes do not qualify",
        },
    ),
    Inquiry(
        "France",
        "Competition authority",
        "Nvidia",
        {
            "fr-nvda-inquiry": "Inquiry confirmed in July 2024; charges, which unnamed sources "
            "expected then, are not known to have followed"
        },
    ),
    Inquiry(
        "China",
        "SAMR",
        "Nvidia: an earlier purchase",
        {"samr-nvda-2025": "A breach alleged, as reported; no tie to this deal"},
    ),
    Inquiry(
        "International",
        "Central bankers",
        "Borrowing for AI",
        {"boe-imf-warning": "Officials warned; no proceeding"},
    ),
)
"""What the ledger knows. None of it names this deal; a step that it lacks may have been taken."""


def inquiry_table(facts: Ledger) -> Exhibit:
    """E28: who looks at what, and how far it has come by the briefing's date."""
    rows, used = [], []
    for inquiry in INQUIRIES:
        fact = inquiry.newest(facts)
        if fact is None:
            continue
        used += [facts[name] for name in inquiry.steps if name in facts]
        rows.append(
            {
                "Where": inquiry.where,
                "Who": inquiry.who,
                "About": inquiry.about,
                "Status": inquiry.steps[fact.id],
                "Known since": str(fact.known_since),
            }
        )
    frame = pd.DataFrame(rows, columns=["Where", "Who", "About", "Status", "Known since"])
    newest = frame.sort_values("Known since").iloc[-1]
    return Exhibit(
        id="E28",
        title=f"No authority is known to have opened a case on this deal; of {len(frame)} matters "
        f"around it the newest is “{newest.About}” ({newest.Where})",
        body=table(frame, groups="Where", stub="Who"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        facts=tuple(dict.fromkeys(used)),
        notes=(
            "Status as of the briefing's date, from the ledger: an inquiry is no finding, and a "
            "preliminary view is no decision. What only unnamed sources expect is no matter here. "
            "What happened and was not read is missing.",
            *_uk_control(facts),
        ),
    )


def _uk_control(facts: Ledger) -> Iterator[str]:
    """What the words of the CMA's decision mean in the law that it applied."""
    if "uk-levels-of-control" in facts and "cma-msft-openai" in facts:
        yield (
            "UK merger law knows three levels of control: material influence, control of policy "
            "(de facto) and a controlling interest. The CMA held that Microsoft reached the first "
            "over OpenAI in 2019 and not the second, so there was no change of control to review; "
            "it said that this clears no concern about competition."
        )


class RemedyLoss(NamedTuple):
    """What a remedy would take from each party, in dollars; negative where it gives."""

    name: str
    label: str
    microsoft_usd: float
    nvidia_usd: float
    likelihood_share: float
    low_share: float
    """Tenth and ninetieth percentile of its likelihood."""
    high_share: float

    @property
    def losses_usd(self) -> Mapping[str, float]:
        """Dollars by the name of the party."""
        return {"Microsoft": self.microsoft_usd, "Nvidia": self.nvidia_usd}


def remedy_losses(
    microsoft_bundle_npv_usd: Array,
    nvidia_bundle_npv_usd: Array,
    microsoft_bundle_npv_usd_by_remedy: ByRemedy,
    nvidia_bundle_npv_usd_by_remedy: ByRemedy,
    microsoft_forced_sale_loss_usd_by_remedy: ByRemedy,
    nvidia_forced_sale_loss_usd_by_remedy: ByRemedy,
    remedy_likelihoods_share: ByRemedy,
    remedy_likelihoods_share_draws: ByRemedy,
) -> tuple[RemedyLoss, ...]:
    """Loss of each investor's bundle under each remedy, of the point case, and its likelihood."""
    losses = []
    for name, remedy in REMEDIES.items():
        forced = float(name == "divestiture")
        low, high = np.quantile(remedy_likelihoods_share_draws[name], [0.1, 0.9])
        losses.append(
            RemedyLoss(
                name,
                remedy.label,
                microsoft_bundle_npv_usd.item()
                - microsoft_bundle_npv_usd_by_remedy[name].item()
                + forced * microsoft_forced_sale_loss_usd_by_remedy[name].item(),
                nvidia_bundle_npv_usd.item()
                - nvidia_bundle_npv_usd_by_remedy[name].item()
                + forced * nvidia_forced_sale_loss_usd_by_remedy[name].item(),
                remedy_likelihoods_share[name].item(),
                float(low),
                float(high),
            )
        )
    return tuple(losses)


CHANGED = {
    "no_exclusivity": "the largest part of Anthropic's compute that may go to Azure",
    "equal_access": "Azure's margin on the commitment",
    "unlinked_purchases": "use and additional sales, with no minimum owed",
    "divestiture": "the time until the stakes are sold, at a discount",
}
"""What an order moves to an end of its range."""


def remedy_table(
    remedy_losses: tuple[RemedyLoss, ...],
    microsoft_bundle_npv_usd: Array,
    nvidia_bundle_npv_usd: Array,
    commitment_receipts_total_usd: Array,
    commitment_receipts_total_usd_by_remedy: ByRemedy,
    azure_minimum_present_value_usd: Array,
    azure_minimum_present_value_usd_by_remedy: ByRemedy,
    runway_years: Array,
    runway_years_by_remedy: ByRemedy,
    forced_sale_discount_share: Array,
) -> Exhibit:
    """E28b: what each remedy would do to both bundles, Azure's receipts and Anthropic."""
    rows = [
        _row(
            "As it is",
            microsoft_bundle_npv_usd.item(),
            nvidia_bundle_npv_usd.item(),
            commitment_receipts_total_usd,
            azure_minimum_present_value_usd,
            runway_years,
        ),
        *(
            _row(
                loss.label,
                microsoft_bundle_npv_usd.item() - loss.microsoft_usd,
                nvidia_bundle_npv_usd.item() - loss.nvidia_usd,
                commitment_receipts_total_usd_by_remedy[loss.name],
                azure_minimum_present_value_usd_by_remedy[loss.name],
                runway_years_by_remedy[loss.name],
            )
            for loss in remedy_losses
        ),
    ]
    frame = pd.DataFrame(rows)
    worst = max(remedy_losses, key=lambda loss: loss.microsoft_usd)
    other = max(remedy_losses, key=lambda loss: loss.nvidia_usd)
    idle = [loss.label.lower() for loss in remedy_losses if _both(loss) < LEAST_USD]
    nothing = f" “{listed(idle).capitalize()}” would change nothing here. " if idle else " "
    spared = all(
        years(lasts.item()) == years(runway_years.item())
        for lasts in runway_years_by_remedy.values()
    )
    lasting = (
        " Anthropic needs the compute whoever sells it and on whatever terms, so no order here "
        "moves how long its money lasts."
        if spared
        else ""
    )
    return Exhibit(
        id="E28b",
        title=f"{opening(_most('Microsoft', worst.label, worst.microsoft_usd))}; "
        f"{_most('Nvidia', other.label, other.nvidia_usd)}",
        body=table(frame, numbers=list(frame.columns[1:]), stub="Order"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Each row computes the whole model again with the assumptions named at an end of their "
            "own range, so it says what an order could do if it bites as hard as we think "
            f"possible, not what it would do.{nothing}No exclusivity is known, so a ban on it may "
            f"have nothing to end.{lasting}",
            "Moved, in the order of the rows: "
            + "; ".join(CHANGED[loss.name] for loss in remedy_losses)
            + ".",
            "Microsoft and Nvidia: worth of shares and margin beyond their cost, in present value "
            "(E21, E22). Money lasts: Anthropic's, with all that is in sight. "
            "Minimum: what Anthropic would owe Azure used or not, which an order may lift from it. "
            f"A forced sale fetches {percent(forced_sale_discount_share.item())} less, by our "
            "judgement.",
        ),
    )


def _most(party: str, label: str, usd: float) -> str:
    if usd < LEAST_USD:
        return f"no order takes anything from {party}"
    return f"from {party} the order “{label}” could take most, {money(usd)}"


def _row(
    order: str,
    microsoft: float,
    nvidia: float,
    receipts: Array,
    minimum: Array,
    runway: Array,
) -> dict[str, str]:
    return {
        "Order": order,
        "Microsoft": money(microsoft),
        "Nvidia": money(nvidia),
        "Azure receives": money(receipts.item()),
        "Minimum owed": money(minimum.item()),
        "Money lasts": years(runway.item()),
    }


def _both(loss: RemedyLoss) -> float:
    return max(abs(loss.microsoft_usd), abs(loss.nvidia_usd))


def expected_loss_chart(
    remedy_losses: tuple[RemedyLoss, ...],
    azure_minimum_present_value_usd: Array,
    azure_minimum_present_value_usd_by_remedy: ByRemedy,
) -> Exhibit:
    """E28c: likelihood times loss for each remedy and investor, with the range of the first."""
    rows = [
        {
            "remedy": loss.label,
            "party": party,
            "loss_bn": usd / 1e9,
            "likelihood": loss.likelihood_share,
            "expected_bn": usd * loss.likelihood_share / 1e9,
            "low_bn": usd * loss.low_share / 1e9,
            "high_bn": usd * loss.high_share / 1e9,
            "told": _told(usd, loss.likelihood_share),
        }
        for loss in remedy_losses
        for party, usd in loss.losses_usd.items()
    ]
    frame = pd.DataFrame(rows)
    freed = sum(
        loss.likelihood_share
        * (
            azure_minimum_present_value_usd.item()
            - azure_minimum_present_value_usd_by_remedy[loss.name].item()
        )
        for loss in remedy_losses
    )
    order = [loss.label for loss in remedy_losses]
    most = float(max(frame.high_bn.max(), 1e-3))
    base = Chart(frame.round(4)).encode(
        y=alt.Y(
            "remedy:N",
            sort=order,
            title=None,
            axis=alt.Axis(labelLimit=235, labelPadding=8, ticks=False),
        ),
        yOffset=alt.YOffset("party:N", sort=["Microsoft", "Nvidia"]),
        color=alt.Color(
            "party:N",
            title=None,
            scale=alt.Scale(domain=["Microsoft", "Nvidia"], range=[BLUE, GREEN]),
        ),
        tooltip=[
            alt.Tooltip("remedy"),
            alt.Tooltip("party"),
            alt.Tooltip("likelihood", format=".0%"),
            alt.Tooltip("loss_bn", title="Loss, $bn"),
            alt.Tooltip("expected_bn", title="Likelihood times loss, $bn"),
            alt.Tooltip("low_bn", title="From"),
            alt.Tooltip("high_bn", title="To"),
        ],
    )
    at_zero = Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=RULE).encode(x=alt.X("x:Q"))
    least = float(min(frame.low_bn.min(), frame.high_bn.min(), 0.0))
    axis = alt.Scale(domain=[1.1 * least, most * 1.4])
    body = alt.layer(
        at_zero,
        base.mark_rule(strokeWidth=5, opacity=0.35).encode(
            x=alt.X(
                "low_bn:Q",
                title="Likelihood times loss, $bn",
                scale=axis,
                axis=alt.Axis(tickCount=5),
            ),
            x2=alt.X2("high_bn:Q"),
        ),
        base.mark_point(size=60, opacity=1, filled=True).encode(x=alt.X("expected_bn:Q")),
        base.mark_text(align="left", dx=6, color=INK).encode(
            x=alt.X("high_bn:Q"), text=alt.Text("told:N"), color=alt.ColorValue(INK)
        ),
        width=WIDTH - 240,
        height=44 * len(order),
    )
    return Exhibit(
        id="E28c",
        title="In expectation all remedies together would cost "
        + " and ".join(_expected(remedy_losses, party) for party in remedy_losses[0].losses_usd),
        body=body,
        alt="Expected loss by remedy. "
        + "; ".join(
            f"{row['remedy']}, {row['party']}: {row['told']} at {percent(row['likelihood'])}"
            for row in rows
        ),
        data=frame.drop(columns="told"),
        notes=(
            "Point: likelihood that any authority orders it, times the loss of E28b. Bar: "
            "tenth to ninetieth percentile of the likelihood alone. Likelihoods are our judgement: "
            + "; ".join(
                f"{loss.label.lower()} {percent(loss.likelihood_share)} "
                f"({percent_span(loss.low_share, loss.high_share)})"
                for loss in remedy_losses
            )
            + ".",
            "Losses are those of an order that bites as hard as our ranges allow, so these "
            "sums lean high; remedies are added up although one may make another needless. "
            "Authorities decide independently here, which they may not.",
            f"Anthropic loses none of its equity by them and is freed of a minimum, {money(freed)} "
            "in expectation. What customers and rivals would gain is not counted, and may be the "
            "point.",
        ),
    )


def _told(usd: float, likelihood: float) -> str:
    if abs(usd) < LEAST_USD:
        return "nothing"
    expected = usd * likelihood
    return f"{money(expected) if abs(expected) >= LEAST_USD else 'little'} of {money(usd)}"


def _expected(losses: tuple[RemedyLoss, ...], party: str) -> str:
    middle, low, high = (
        sum(each.losses_usd[party] * likelihood(each) for each in losses)
        for likelihood in (
            lambda each: each.likelihood_share,
            lambda each: each.low_share,
            lambda each: each.high_share,
        )
    )
    return f"{party} {money(middle)} ({money_span(low, high)})"


def vendor_finance_chart(
    facts: Ledger, alliance_vendor_finance_share: Array, vendor_finance_share: Array
) -> Exhibit:
    """E29b: money that sellers put into their customers, over a year of their sales."""
    lucent, cisco = facts["lucent-loans"], facts["cisco-loans"]
    rows = [
        ("Lucent, loans, 2000", _ratio(facts, "lucent-loans", "lucent-revenue-1999"), "then"),
        ("Cisco, loans, 2000", _ratio(facts, "cisco-loans", "cisco-revenue-2000"), "then"),
        ("Nvidia, expected equity in Anthropic", alliance_vendor_finance_share.item(), "now"),
        ("Nvidia, expected equity in the web", vendor_finance_share.item(), "now"),
    ]
    frame = pd.DataFrame(rows, columns=["case", "share", "time"])
    frame["told"] = [percent(share) for share in frame.share]
    base = Chart(frame.round(4)).encode(
        y=alt.Y("case:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, ticks=False)),
        x=alt.X(
            "share:Q",
            title="Over a year's sales",
            axis=alt.Axis(format="%"),
            scale=alt.Scale(domain=[0, float(frame.share.max()) * 1.15 + 1e-3]),
        ),
        tooltip=[
            alt.Tooltip("case"),
            alt.Tooltip("share", title="Over a year's sales", format=".1%"),
        ],
    )
    body = alt.layer(
        base.mark_bar(height=18).encode(
            color=alt.Color(
                "time:N", legend=None, scale=alt.Scale(domain=["then", "now"], range=[MUTED, BLUE])
            )
        ),
        base.mark_text(align="left", dx=5, color=INK).encode(text=alt.Text("told:N")),
        width=WIDTH - 190,
        height=34 * len(frame),
    )
    lost = facts["vendor-loan-loss"]
    return Exhibit(
        id="E29b",
        title=f"Nvidia's expected equity in Anthropic is {percent(rows[2][1])} of a year's sales, "
        f"in the whole web {percent(rows[3][1])}; Lucent's loans were {percent(rows[0][1])}, "
        f"Cisco's {percent(rows[1][1])}",
        body=body,
        alt="; ".join(f"{case}: {percent(share)}" for case, share, _ in rows),
        data=frame.drop(columns="told"),
        facts=(lucent, cisco, lost, facts["lucent-revenue-1999"], facts["cisco-revenue-2000"]),
        notes=(
            "Loans then, equity now: a loan is owed, is secured by the equipment and comes before "
            "equity; of those loans "
            f"{percent_span(lost.low or 0.0, lost.high or 0.0)} were not paid back. Equity can be "
            "lost whole and can never fall due. Loans that were granted, not drawn; Lucent's over "
            "sales of the year before.",
            "Equity in the web counts expected money, of whatever firmness, over several years, "
            "and most of it is not in Anthropic.",
        ),
    )


def _ratio(facts: Ledger, part: str, whole: str) -> float:
    return (facts[part].value or 0.0) / (facts[whole].value or np.nan)


class Precedent(NamedTuple):
    """What came before: how it was like this deal, how not, and what became of it."""

    kind: str
    label: str
    alike: str
    unlike: str
    outcome: str
    facts: tuple[str, ...]


def _precedents(facts: Ledger) -> tuple[Precedent, ...]:
    """What the ledger knows by now, with its figures in the outcomes."""
    usd = {name: facts[name].value or 0.0 for name in _FIGURES if name in facts}
    swaps = usd["gx-swaps"] / usd["gx-revenue-2001-9m"]
    every = (
        Precedent(
            _FINANCE,
            "Lucent and Winstar",
            "The seller financed a young customer that bought from it",
            "A loan, drawn to buy equipment; a court found sales that were not needed",
            f"Credit line of {money(usd['winstar-lucent-line'])}, {money(usd['winstar-owed'])} "
            f"owed at bankruptcy; Lucent had to pay {money(usd['winstar-judgment'])}",
            ("winstar-lucent-line", "winstar-owed", "winstar-judgment"),
        ),
        Precedent(
            _FINANCE,
            "Lucent's sales",
            "A large part of growth came from customers in need of capital",
            "Equity and no loans here, and most of what Nvidia sells goes to others",
            f"Sales of {money(usd['lucent-revenue-1999'])} fell by "
            f"{percent(-usd['lucent-revenue-fall'])} within three years, by a blog's summary; "
            f"{money(usd['lucent-avaya-sales-1999'])} of them were of units to be spun off in "
            "2000, so not all of that was lost",
            ("lucent-revenue-1999", "lucent-revenue-fall", "lucent-avaya-sales-1999"),
        ),
        Precedent(
            _FINANCE,
            "Cisco",
            "Financing helped sell",
            f"A smaller part: some {percent(usd['cisco-financed-share'])} of sales",
            f"Reserve of {money(usd['cisco-loan-reserve'])}; the company went on",
            ("cisco-financed-share", "cisco-loan-reserve"),
        ),
        Precedent(
            _FINANCE,
            "Qwest and Global Crossing",
            "Two firms bought from each other at once",
            "Like for like, booked as sales; here shares are paid with money and service is used",
            f"Qwest restated {money(usd['qwest-restate'])}; at Global Crossing the swaps ordered "
            f"out were {percent(swaps)} of nine months' sales",
            ("qwest-restate", "gx-swaps", "gx-revenue-2001-9m"),
        ),
        Precedent(
            _PARTNERS,
            "Microsoft and OpenAI",
            "A cloud invests in a laboratory that buys from it",
            "Far larger part, once exclusive cloud, an observer on the board",
            "UK: material influence, no change to de facto control found; EU: no merger. The FTC "
            "report names the terms as a concern",
            ("cma-msft-openai", "ec-msft-openai-merger", "ftc-6b"),
        ),
        Precedent(
            _PARTNERS,
            "Amazon and Anthropic",
            "The same laboratory, equity beside purchases of compute",
            "Larger part; Anthropic was below the UK turnover test of that day. It has grown many "
            "times over since, the test was raised, and its UK turnover is not public",
            "UK: does not qualify for review",
            ("cma-amazon-anthropic", "uk-turnover-test"),
        ),
        Precedent(
            _PARTNERS,
            "Google and Anthropic",
            "The same laboratory, equity beside purchases of compute",
            "Google sells models itself, so the stake is in a rival",
            "UK: does not qualify. US: forced sale asked for in the search case, then dropped",
            ("cma-google-anthropic", "doj-google-stakes"),
        ),
    )
    return tuple(each for each in every if all(name in facts for name in each.facts))


_FINANCE, _PARTNERS = (
    "Sellers that financed their customers",
    "Clouds that invested in laboratories",
)

_FIGURES = (
    "winstar-lucent-line", "winstar-owed", "winstar-judgment", "lucent-revenue-1999",
    "lucent-revenue-fall", "lucent-avaya-sales-1999", "cisco-financed-share", "cisco-loan-reserve",
    "qwest-restate", "gx-swaps", "gx-revenue-2001-9m",
)  # fmt: skip


def precedent_table(facts: Ledger) -> Exhibit:
    """E29: what came before, alike and unlike, and what became of it."""
    known = _precedents(facts)
    frame = pd.DataFrame(
        [(each.kind, each.label, each.alike, each.unlike, each.outcome) for each in known],
        columns=["Kind", "Before", "Alike", "Not alike", "Outcome"],
    )
    partners = [each for each in known if each.kind == _PARTNERS]
    return Exhibit(
        id="E29",
        title=f"{len(known) - len(partners)} precedents of sellers' finance ended in losses or "
        f"restatements of very different size; none of {len(partners)} stakes of clouds in "
        "laboratories was undone",
        body=table(frame, groups="Kind", stub="Before"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        facts=tuple(facts[name] for each in known for name in dict.fromkeys(each.facts)),
        notes=(
            "A precedent shows what can happen, not what will. The wrongs that courts found in "
            "some of these cases are no sign of any here.",
        ),
    )
