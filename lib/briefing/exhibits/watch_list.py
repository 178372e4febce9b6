"""The watch list: what has been seen, what would still settle something, and what it would move."""

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money
from briefing.inputs.facts import Fact, Ledger
from briefing.inputs.signals import Signals, fired, seen_in, short_of

Array = np.ndarray

BySignal = Mapping[tuple[str, str], Array]
"""A figure under each way in which a signal may turn out, by signal and outcome."""

SMALL_USD = 5e7
"""What is less is printed as no change."""


def watch_list(signals: Signals, facts: Ledger, as_of: date) -> Exhibit:
    """E37: every signal with its threshold and whether the ledger shows it by the set's date."""
    hits = fired(signals, facts, as_of)
    rows = []
    for name in (*hits, *(name for name in signals if name not in hits)):
        signal = signals[name]
        rows.append(
            {
                "Signal": signal.title,
                "Counts as seen": signal.threshold,
                "Status": _status(name, signals, facts, as_of),
                "Where to look": signal.where,
            }
        )
    frame = pd.DataFrame(rows)
    used = (
        fact
        for signal in signals.values()
        for fact in (*seen_in(signal, facts, as_of), *short_of(signal, facts, as_of))
    )
    return Exhibit(
        id="E37",
        title=f"By {as_of.day} {as_of:%B %Y} {len(hits) or 'none'} of {len(frame)} signals "
        f"{'has' if len(hits) <= 1 else 'have'} been seen"
        + (f", the newest “{signals[_newest(hits, signals, facts, as_of)].title}”" if hits else ""),
        body=table(frame, stub="Signal"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        facts=tuple(facts[name] for name in dict.fromkeys(used)),
        notes=(
            "A signal counts as seen when a fact of the ledger that it names is known by the "
            "briefing's date, or when the newest figure of a series, or the sum of its parts, "
            "reaches a stated level. What was published and not read is missing "
            f"here{_ends(facts, as_of)}.",
            "Short of it: facts that point to the signal and do not reach its threshold.",
        ),
    )


def _ends(facts: Ledger, as_of: date) -> str:
    stale = facts.reach(as_of).stale_money(as_of)
    if not stale:
        return ""
    return f": facts about the partners' money end on {stale[0][1]}, so “not seen” may be late"


def _since(name: str, signals: Signals, facts: Ledger, as_of: date) -> date:
    return min(facts[each].known_since for each in seen_in(signals[name], facts, as_of))


def _newest(hits: tuple[str, ...], signals: Signals, facts: Ledger, as_of: date) -> str:
    return max(hits, key=lambda name: _since(name, signals, facts, as_of))


def _status(name: str, signals: Signals, facts: Ledger, as_of: date) -> str:
    if seen_in(signals[name], facts, as_of):
        return f"Seen, known since {_since(name, signals, facts, as_of)}"
    short = [facts[each] for each in short_of(signals[name], facts, as_of)]
    if not short:
        return "Not seen"
    newest: Fact = max(short, key=lambda fact: fact.known_since)
    return f"Not seen; short of it: {len(short)}, newest {newest.known_since}"


def signal_effects(
    signals: Signals,
    facts: Ledger,
    as_of: date,
    equity_value_usd: Array,
    equity_value_usd_by_signal: BySignal,
    microsoft_bundle_npv_usd: Array,
    microsoft_bundle_npv_usd_by_signal: BySignal,
    nvidia_bundle_npv_usd: Array,
    nvidia_bundle_npv_usd_by_signal: BySignal,
    azure_receipts_total_usd: Array,
    azure_receipts_total_usd_by_signal: BySignal,
    last_round_value_usd: Array,
    lowest_cash_usd: Array,
    lowest_cash_usd_by_signal: BySignal,
    lower_self_funded_revenue_share: Array,
    lower_self_funded_revenue_share_by_signal: BySignal,
    upper_self_funded_revenue_share: Array,
    upper_self_funded_revenue_share_by_signal: BySignal,
) -> Exhibit:
    """E37b: what each signal would settle, what moves at both ends, and which conclusion flips."""
    parties = {
        "Anthropic": (equity_value_usd, equity_value_usd_by_signal),
        "Microsoft": (microsoft_bundle_npv_usd, microsoft_bundle_npv_usd_by_signal),
        "Nvidia": (nvidia_bundle_npv_usd, nvidia_bundle_npv_usd_by_signal),
    }
    columns = parties | {
        "Paid to Azure": (azure_receipts_total_usd, azure_receipts_total_usd_by_signal)
    }
    round_usd = last_round_value_usd.item()

    def stances(key: tuple[str, str] | None) -> Mapping[str, str]:
        def at(own: Array, by_signal: BySignal) -> float:
            return (by_signal[key] if key else own).item()

        return dict(
            _stances(
                at(*parties["Anthropic"]) - round_usd,
                at(*parties["Microsoft"]),
                at(*parties["Nvidia"]),
                at(lowest_cash_usd, lowest_cash_usd_by_signal),
                at(lower_self_funded_revenue_share, lower_self_funded_revenue_share_by_signal),
                at(upper_self_funded_revenue_share, upper_self_funded_revenue_share_by_signal),
            )
        )

    before = stances(None)
    rows, widest = [], dict.fromkeys(signals, 0.0)
    for name, signal in signals.items():
        told = []
        for outcome in signal.outcomes:
            key = name, outcome.label
            moved = {
                head: by_signal[key].item() - own.item()
                for head, (own, by_signal) in columns.items()
            }
            after = stances(key)
            flipped = [said for what, said in after.items() if said != before[what]]
            told.append(
                {"If it turns out": outcome.label}
                | {head: _change(usd) for head, usd in moved.items()}
                | {"What flips": "; ".join(flipped) or "—"}
            )
            widest[name] = max(widest[name], *(abs(moved[party]) for party in parties))
        if not any(row[head] != "0" for row in told for head in columns):
            why = signal.why_no_number
            told = [
                {"If it turns out": f"No number: {why}" if why else "Either way"}
                | dict.fromkeys([*columns, "What flips"], "—")
            ]
        rows += [{"Signal": signal.title} | row for row in told]
    frame = pd.DataFrame(rows)
    seen = fired(signals, facts, as_of)
    ahead = [name for name in signals if name not in seen] or [*signals]
    titles = [signals[name].title for name in ahead]
    flips = frame.loc[(frame["What flips"] != "—") & frame["Signal"].isin(titles), "Signal"]
    most = max(ahead, key=lambda name: widest[name])
    return Exhibit(
        id="E37b",
        title=f"{'Of signals not seen yet ' if len(ahead) < len(signals) else ''}"
        f"“{signals[most].title}” would move most, by up to {money(widest[most])} for one "
        f"party; {flips.nunique() or 'none'} of {len(ahead)} signals "
        f"{'not seen yet ' if len(ahead) < len(signals) else ''}could flip a conclusion",
        body=table(frame, numbers=list(columns), groups="Signal", stub="If it turns out"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Each row computes the whole model again with the assumptions that the signal would "
            "settle at an end of their range, or as far as a risk of E38 moves them where it may "
            "become one, all else as in this set. Changes of the point case: "
            "Anthropic's value by discounted cash flow; Microsoft's and Nvidia's gain from "
            "shares and margin together (E21, E22); all that Anthropic pays for Azure in the "
            "years of the model. “Either way” stands where none of these moves, because the signal "
            "touches only what other chapters show or its range is closed in this set. Of a signal "
            "that has been seen both ends stand here too, as far as its range leaves them open.",
            "Conclusions watched: whether the value exceeds the last round, whether money in "
            "sight lasts, whether each investor gains, whether the commitment is mostly "
            "Microsoft's own money. They are read from the point case, where the front page reads "
            "some from the draws.",
        ),
    )


def _change(usd: float) -> str:
    if abs(usd) < SMALL_USD:
        return "0"
    return money(usd) if usd < 0 else f"+{money(usd)}"


def _stances(
    over_round_usd: float,
    microsoft_usd: float,
    nvidia_usd: float,
    lowest_cash_usd: float,
    lower_share: float,
    upper_share: float,
) -> Iterator[tuple[str, str]]:
    """The conclusions of the point case, by what they are about."""
    side = "above" if over_round_usd > 0 else "below"
    yield "round", f"value {side} the last round"
    yield "cash", "money in sight runs out" if lowest_cash_usd < 0 else "money in sight lasts"
    yield "microsoft", f"Microsoft {'gains' if microsoft_usd > 0 else 'loses'}"
    yield "nvidia", f"Nvidia {'gains' if nvidia_usd > 0 else 'loses'}"
    half = "may be" if upper_share > 0.5 else "is not"
    yield "own money", f"it {'is' if lower_share > 0.5 else half} mostly Microsoft's own money"
