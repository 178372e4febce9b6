"""The outbox: messages that wait, are tried, and are sent once or end as dead letters.

    queued → sending (leased) → sent | queued again, not before … | dead

A message is `sent` as soon as a server has taken it. Whoever is killed between the server's answer
and that entry leaves the one window in which a message goes out twice, with the same Message-ID.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any, Protocol

from briefing.delivery.heart import Heart
from briefing.delivery.ledger import Ledger, Row, message_key, stamp
from briefing.delivery.ledger import outbox as messages
from briefing.delivery.transport import Unreachable


class Outcome(Protocol):
    """What became of one attempt: `sent`, `later` or `refused`, and the server's words."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def told(self) -> str: ...  # noqa: D102


class Connection(Protocol):
    """A way to a server that takes one message for one reader at a time."""

    def send(self, message: bytes, sender: str, recipient: str) -> Outcome: ...  # noqa: D102


Connect = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True)
class Pace:
    """How patient delivery is, and how fast; none of this changes what is sent."""

    lease_seconds: float = 300.0
    beat_seconds: float | None = None
    first_wait_seconds: float = 60.0
    longest_wait_seconds: float = 4 * 3600.0
    most_attempts: int = 14
    """Of a message: with the waits above, two days."""
    most_builds: int = 3
    most_begun: int = 6
    """Times that a slot may be begun: one that kills whoever builds it must not go on for ever."""
    strikes: int = 3
    """Refusals of the server itself after which this tick leaves it alone."""
    per_minute: int | None = None
    per_domain_minute: int | None = None


def wait(pace: Pace, key: str, attempts: int) -> timedelta:
    """How long to leave a message alone: twice as long each time, give or take a quarter.

    The scatter comes from the key, so that many messages do not come back at once, and yet each
    comes back when its test expects it.
    """
    whole = min(pace.first_wait_seconds * 2 ** (max(attempts, 1) - 1), pace.longest_wait_seconds)
    digest = hashlib.sha256(f"{key}/{attempts}".encode()).digest()
    return timedelta(seconds=whole * (0.75 + int.from_bytes(digest[:4], "big") / 2**33))


def letter(
    slot: str, recipient: str, content: str, message_id: str, now: datetime, **more: Any
) -> dict[str, Any]:
    """A message to one reader, as it is queued."""
    return {
        "id": message_key(slot, recipient, content),
        "kind": "briefing",
        "slot": slot,
        "recipient": recipient,
        "reader": recipient.casefold(),
        "domain": recipient.rpartition("@")[2].lower(),
        "content": content,
        "message_id": message_id,
        "state": "queued",
        "not_before": stamp(now),
        "queued": stamp(now),
        **more,
    }


@dataclass
class Tally:
    """What a round of sending came to."""

    sent: int = 0
    later: int = 0
    dead: list[tuple[str, str]] = field(default_factory=list)
    """Slot and reason of each dead letter."""
    trouble: str = ""
    """Why the server is left alone for now."""


def send(
    ledger: Ledger,
    compose: Callable[[Row], bytes],
    connect: Connect,
    sender: str,
    pace: Pace,
    clock: Callable[[], datetime],
    heart: Heart,
    host: str,
    redact: Callable[[str], str] = lambda text: text,
) -> Tally:
    """Send what may be sent now, one message after the other."""
    ledger.withdraw()
    tally, strikes = Tally(), 0
    with ExitStack() as opened:
        connection: Connection | None = None
        while strikes < pace.strikes:
            exhausted = _exhausted(ledger, pace, clock())
            row = None
            if exhausted is not None:
                row = ledger.lease_message(host, clock(), pace.lease_seconds, exhausted)
            if row is None:
                return tally
            if row["attempts"] > pace.most_attempts:
                # Begun again and again, and never recorded: each time a reader may have got it.
                told = f"begun {pace.most_attempts} times, and no end of it was ever recorded"
                ledger.give_back(row["id"], host, state="dead", told=told)
                tally.dead.append((row["slot"], told))
                continue
            with heart.holding(messages, row):
                try:
                    if connection is None:
                        connection = opened.enter_context(connect())
                    outcome = _tried(connection, compose, sender, row, heart)
                except (OSError, SMTPException, Unreachable) as error:
                    # The message is not to blame, so this is no attempt of its own.
                    ledger.give_back(row["id"], host, state="queued", attempts=row["attempts"] - 1)
                    tally.trouble = redact(f"no connection: {_words(error)}")
                    return tally
                if outcome is None:
                    continue  # somebody else has it by now
                # A server may say back what it was told at the login.
                outcome = _Attempt(outcome.kind, redact(outcome.told))
                _noted(ledger, pace, host, row, outcome, tally, clock())
            is_strike = outcome.kind == "later" and _is_of_the_server(outcome.told)
            strikes = strikes + 1 if is_strike else 0
            if is_strike:
                opened.close()
                connection = None
                tally.trouble = outcome.told
            elif outcome.kind == "sent":
                tally.trouble = ""
    return tally


@dataclass(frozen=True)
class _Attempt:
    kind: str
    told: str


def _tried(
    connection: Connection, compose: Callable[[Row], bytes], sender: str, row: Row, heart: Heart
) -> Outcome | None:
    try:
        message = compose(row)
    except Exception as error:  # whatever one message holds, the others go out
        return _Attempt("later", f"450 cannot be put together: {_words(error)}")
    if not heart.is_ours:
        return None
    try:
        return connection.send(message, sender, row["recipient"])
    except (OSError, SMTPException) as error:
        return _Attempt("later", _words(error))


def _noted(
    ledger: Ledger, pace: Pace, host: str, row: Row, outcome: Outcome, tally: Tally, now: datetime
) -> None:
    if outcome.kind == "sent":
        ledger.sent(row["id"], outcome.told, now)
        tally.sent += 1
    elif outcome.kind == "later" and row["attempts"] < pace.most_attempts:
        again = stamp(now + wait(pace, row["id"], row["attempts"]))
        ledger.give_back(row["id"], host, state="queued", not_before=again, told=outcome.told)
        tally.later += 1
    else:
        tried = f" after {row['attempts']} attempts" if outcome.kind == "later" else ""
        ledger.give_back(row["id"], host, state="dead", told=f"{outcome.told}{tried}")
        tally.dead.append((row["slot"], f"{outcome.told}{tried}"))


def _exhausted(ledger: Ledger, pace: Pace, now: datetime) -> list[str] | None:
    """Domains that get nothing more in this minute; None when nobody does."""
    if pace.per_minute is None and pace.per_domain_minute is None:
        return []
    tried: Mapping[str, int] = ledger.tried_since(now - timedelta(minutes=1), now)
    if pace.per_minute is not None and sum(tried.values()) >= pace.per_minute:
        return None
    most = pace.per_domain_minute
    return [] if most is None else [domain for domain, count in tried.items() if count >= most]


def _is_of_the_server(told: str) -> bool:
    """Whether the words are about the server and not about one reader: 421, 451, or no code."""
    return re.match(r"[245]\d\d\b", told) is None or asks_to_come_again(told)


def asks_to_come_again(told: str) -> bool:
    """Whether a server is busy, or greylists (RFC 5321, 4.2.2): what it says every day.

    >>> asks_to_come_again("451 greylisted")
    True
    """
    return re.match(r"(421|451)\b", told) is not None


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:500]
