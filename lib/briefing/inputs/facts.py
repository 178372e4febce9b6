"""The ledger of facts: what somebody stated, where, and since when a reader could know it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from briefing.inputs.files import (
    BadInput,
    did_you_mean,
    iso_day,
    read_yaml,
    remembered_by_content,
    validation_messages,
    yaml_files,
)
from briefing.inputs.parties import (
    CONSEQUENCE,
    PERIOD,
    REGISTER,
    Party,
    day_after,
    faults,
    first_day,
    load_parties,
    payment_kind,
    payments,
)
from briefing.inputs.terms import DETAILS, Price, Score, Term

MODEL_START = date(2025, 10, 1)
"""First day of the first quarter of the model, from which fact dates are counted in years."""

DEAL_DAY = date(2025, 11, 21)
"""End of the week of the announcement: what was known by then is what the deal was judged by."""

TIERS = ("primary", "press", "secondary")
"""How near a source is to what happened, nearest first."""

PARTNERS = ("anthropic", "microsoft", "nvidia")

PRICES = ("list_price", "unit_cost", "cost")
"""Kinds of facts in dollars that tell what things cost, and of nobody's money."""

STALE_DAYS = 92
"""A quarter: from then on a company has reported again."""

Unit = Literal[
    "USD", "USD/year", "USD/GW", "USD/GW/year", "USD/rack", "USD/GPU-hour", "USD/kWh",
    "USD/share", "GW", "MW", "kW/rack", "racks/GW", "dies/GW", "L/kWh", "kgCO2/kWh", "ratio",
    "years", "shares", "TWh/year", "tCO2/year", "m3/year", "USD/tCO2", "USD/Mtoken", "days",
]  # fmt: skip


Rung = Literal["intent", "ceiling", "announced", "cancellable", "take_or_pay", "paid"]
"""Where a promise stands by its evidence, from a letter of intent or press report to money paid."""


def _amount(given: Any) -> Any:
    if given is not None and (isinstance(given, bool) or not isinstance(given, int | float)):
        raise ValueError("must be a plain number (YAML wants 3.0e+10, not 3e10)")
    return given


Amount = Annotated[float, BeforeValidator(_amount), Field(allow_inf_nan=False)]


def _day(given: Any) -> Any:
    # YAML reads an unquoted day as a date and an unquoted year as a number.
    return str(given) if isinstance(given, date | int) else given


Day = Annotated[str, BeforeValidator(_day), Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]
Period = Annotated[str, BeforeValidator(_day), Field(pattern=PERIOD)]


class Source(BaseModel):
    """The page that was read; `primary_url` is the announcement that it relays, not read itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    publisher: str
    url: str | None = Field(pattern=r"^https?://", default=None)
    tier: Literal["primary", "press", "secondary"]
    relays: str | None = None
    primary_url: str | None = Field(pattern=r"^https?://", default=None)


class Fact(BaseModel):
    """One stated fact. A ceiling ("up to") has `high` and no `value`; a range has both ends.

    Dates other than `known_since` may be as coarse as the source: a year, a month or a day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    topic: str
    subject: str
    counterparty: str | None
    kind: Literal[
        "purchase_commitment", "capacity_option", "equity_investment", "loan", "guarantee",
        "milestone", "funding_round", "product", "unit_cost", "accounting", "valuation", "revenue",
        "revenue_projection", "cost", "energy", "stake", "capex", "market_reaction", "regulatory",
        "service_term", "list_price", "benchmark",
    ]  # fmt: skip
    value: Amount | None = None
    low: Amount | None = None
    high: Amount | None = None
    unit: Unit | None
    binding: (
        Literal["firm", "conditional", "up_to", "option", "letter_of_intent", "unknown"] | None
    ) = None
    rung: Rung | None = None
    notice_days: Amount | None = Field(default=None, gt=0)
    period: str | None = None
    start: Period | None = None
    end: Period | None = None
    as_of: Day | None
    published: Day | None
    known_since: Annotated[date, BeforeValidator(iso_day)]
    status: Literal["confirmed", "reported", "estimate", "disputed", "undisclosed"]
    source: Source
    note: str
    priority: Literal["core", "supporting"]
    supersedes: tuple[str, ...] = ()
    term: Term | None = None
    price: Price | None = None
    score: Score | None = None

    @field_validator("start", "end")
    @classmethod
    def _is_period(cls, given: str | None) -> str | None:
        if given is not None:
            first_day(given)
        return given

    @field_validator("as_of", "published")
    @classmethod
    def _is_date(cls, given: str | None) -> str | None:
        if given is not None:
            _middle(given)
        return given

    @model_validator(mode="after")
    def _ends_in_order(self) -> "Fact":
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low:g} must not exceed high {self.high:g}")
        return self

    @model_validator(mode="after")
    def _ends_on_notice(self) -> "Fact":
        if (self.rung == "cancellable") != (self.notice_days is not None):
            raise ValueError(
                "rung cancellable and notice_days go together: what can be cancelled is owed for "
                "the time of notice"
            )
        return self

    @model_validator(mode="after")
    def _has_its_details(self) -> "Fact":
        for kind, name in DETAILS.items():
            if (self.kind == kind) != (getattr(self, name) is not None):
                raise ValueError(f"kind {kind} and {name} go together: one is of no use alone")
        if self.price is not None and (not self.value or self.unit != "USD/Mtoken"):
            raise ValueError("a list price needs a value above zero in USD/Mtoken")
        if self.score is not None and (self.value is None or not 0 < self.value <= 1):
            raise ValueError(
                "a score needs a value above 0 and at most 1, the share that was solved"
            )
        return self

    @property
    def grade(self) -> str:
        """How good the evidence is, from A to E, by what was said and where it was read.

        A: confirmed, read in a primary source. B: confirmed, read through a relay. C: reported.
        D: an estimate or disputed. E: undisclosed, so that only the absence is known.
        """
        if self.status == "confirmed":
            return "A" if self.source.tier == "primary" else "B"
        return {"reported": "C", "estimate": "D", "disputed": "D", "undisclosed": "E"}[self.status]

    @property
    def tells_of_money(self) -> bool:
        """Whether a page with a date tells of its subject's dollars, and not of what things cost.

        A page without one is known since it was read, which says nothing of its age.
        """
        is_usd = (self.unit or "").startswith("USD")
        return is_usd and self.published is not None and self.kind not in PRICES

    @property
    def as_of_years(self) -> float:
        """Years from the model's first day to the middle of the period that `as_of` names."""
        if self.as_of is None:
            raise ValueError(f"fact {self.id} has no as_of date")
        return (_middle(self.as_of) - MODEL_START).days / 365.25

    @property
    def payment_kind(self) -> str:
        """`equity`, `loan` or `purchase` where the fact promises money, else nothing."""
        return payment_kind(self)

    @property
    def start_years(self) -> float:
        """Years from the model's first day to the first day of `start`, else of `as_of`."""
        begins = self.start or self.as_of
        if begins is None:
            raise ValueError(f"fact {self.id} has neither start nor as_of")
        return (first_day(begins) - MODEL_START).days / 365.25

    @property
    def end_years(self) -> float | None:
        """Years from the model's first day to the day after `end`; none where no end is stated."""
        return None if self.end is None else (day_after(self.end) - MODEL_START).days / 365.25


def day_of(years: float) -> date:
    """The day that lies so many years after the model's first, to the nearest.

    >>> str(day_of(0.0)), str(day_of(0.5))
    ('2025-10-01', '2026-04-02')
    """
    return MODEL_START + timedelta(days=round(years * 365.25))


def _middle(as_of: str) -> date:
    """Middle of a year or month, or the day itself."""
    year, month, day = ([int(part) for part in as_of.split("-")] + [0, 0])[:3]
    return date(year, month or 7, day or (15 if month else 1))


class Reach(NamedTuple):
    """How near to a day a ledger's facts come; days as text."""

    newest: str
    """On which the newest fact of all became known; empty without facts."""

    money: Mapping[str, str]
    """The same of each partner's money, by a page with a date."""

    later_pages: int

    def stale_money(self, day: date) -> list[tuple[str, str]]:
        """`money`, the newest first, if a partner has reported again by `day`; else nothing."""
        newest = sorted(self.money.items(), key=lambda each: each[1], reverse=True)
        is_stale = newest and (day - date.fromisoformat(newest[-1][1])).days > STALE_DAYS
        return newest if is_stale else []


@dataclass(frozen=True, eq=False)
class Ledger(Mapping[str, Fact]):
    """Facts by id, in the order of the files. `known_on` hides what nobody could know yet."""

    facts: tuple[Fact, ...]
    parties: Mapping[str, Party] = field(default_factory=dict)

    __eq__ = object.__eq__  # a mapping's would compare every fact
    __hash__ = object.__hash__  # pyright: ignore[reportAssignmentType]

    @cached_property
    def _by_id(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in self.facts}

    def __getitem__(self, fact_id: str) -> Fact:
        if fact_id not in self._by_id:
            raise KeyError(f"no fact {fact_id!r}{did_you_mean(fact_id, self._by_id)}")
        return self._by_id[fact_id]

    # A mapping's own two would make up the message above each time.
    def __contains__(self, fact_id: object) -> bool:
        return fact_id in self._by_id

    def get(self, key: str, default: Any = None) -> Any:
        """The fact of that id, else `default`."""
        return self._by_id.get(key, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self.facts)

    def known_on(self, day: date) -> "Ledger":
        """The ledger as a reader could have known it on `day`."""
        known = tuple(fact for fact in self.facts if fact.known_since <= day)
        return replace(self, facts=known)

    def matching(self, text: str = "", **fields: str | None) -> "Ledger":
        """Facts whose words contain `text` and whose named fields equal what is given."""
        wanted = {name: value for name, value in fields.items() if value is not None}
        found = tuple(
            fact
            for fact in self.facts
            if all(getattr(fact, name) == value for name, value in wanted.items())
            and text.casefold() in _words(fact)
        )
        return replace(self, facts=found)

    @cached_property
    def payments(self) -> tuple[Fact, ...]:
        """Facts that promise money from one party to another, each promise once."""
        return payments(self.values())

    def payments_by(self, payer: str) -> tuple[Fact, ...]:
        """Those of them that one party has promised."""
        return tuple(fact for fact in self.payments if fact.subject == payer)

    @cached_property
    def superseded(self) -> frozenset[str]:
        """Ids of facts that another fact restates, replaces or includes."""
        return frozenset(other for fact in self.facts for other in fact.supersedes)

    def reach(self, day: date) -> Reach:
        """How near to `day` the facts come, and how many were read on pages after it.

        Such a page relays what was known earlier.
        """
        pages = (fact.published or "" for fact in self.facts)
        money: dict[str, str] = {}
        for fact in self.facts:
            if fact.subject in PARTNERS and fact.tells_of_money:
                newest = max(money.get(fact.subject, ""), str(fact.known_since))
                money[fact.subject] = newest
        return Reach(
            newest=str(max((fact.known_since for fact in self.facts), default="")),
            money=money,
            later_pages=sum(page > str(day)[: len(page)] for page in pages),
        )

    @property
    def newest_day(self) -> date:
        """The day on which the newest fact became known."""
        return max(fact.known_since for fact in self.facts)


@remembered_by_content(lambda folder: folder.glob("*.y*ml"))
def load_facts(folder: Path) -> Ledger:
    """Read every `*.yaml` of `folder`; a file's name is the topic of its facts.

    The register of parties beside them says who everybody is.

    Raises BadInput with every message at once: file, entry, rule and consequence.
    """
    facts: dict[str, Fact] = {}
    messages: list[str] = []
    for file in _fact_files(folder):
        for number, entry in enumerate(_entries(file), start=1):
            name = str(entry.get("id", f"entry {number}"))
            try:
                fact = Fact.model_validate({**entry, "topic": file.stem})
            except ValidationError as error:
                messages += validation_messages(file, error, Fact, CONSEQUENCE, entry=name)
                continue
            if fact.id in facts:
                messages.append(
                    f"{file}: {fact.id}: an id must be unique, and {facts[fact.id].topic}.yaml "
                    f"has it too; {CONSEQUENCE}"
                )
            facts[fact.id] = fact
    if not facts and not messages:
        messages.append(f"{folder}: holds no facts (*.yaml); nothing can be sourced")
    if messages:
        raise BadInput(messages)
    parties = load_parties(folder)
    messages = [
        f"{folder / fact.topic}.yaml: {fact.id}: {fault}; {CONSEQUENCE}"
        for fact in facts.values()
        for fault in faults(fact, facts, parties)
    ]
    if messages:
        raise BadInput(messages)
    return Ledger(tuple(facts.values()), parties)


def _fact_files(folder: Path) -> Iterable[Path]:
    return (file for file in yaml_files(folder) if file.name != REGISTER)


def _entries(file: Path) -> Iterable[dict]:
    entries = read_yaml(file)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadInput([f"{file}: must be a list of facts (- id: …); {CONSEQUENCE}"])
    return entries


def _words(fact: Fact) -> str:
    parts = (fact.id, fact.note, fact.subject, fact.counterparty or "", fact.source.title)
    return " ".join(parts).casefold()


def by_tier(facts: Iterable[Fact]) -> list[Fact]:
    """Those read in the nearest sources first, otherwise in the same order."""
    return sorted(facts, key=lambda fact: TIERS.index(fact.source.tier))
