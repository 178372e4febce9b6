"""Snapshots: what a build was made from, whole enough to compute its figures again.

    inputs.json    the set's settings, every assumption, every fact known by then, the parties,
                   the signals that had fired by then, and digests of the files that the build was
                   made with

Equal inputs give equal bytes. Where an order decides a result, it is kept as a list.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from briefing.inputs.assumptions import Assumption
from briefing.inputs.correlations import Correlation
from briefing.inputs.facts import Fact, Ledger
from briefing.inputs.files import BadInput
from briefing.inputs.parameters import ParameterSet
from briefing.inputs.parties import Party

INPUTS = "inputs.json"

SIGNALS_FIRED = "signals_fired"

FORM = 1
"""Of the file; a reader refuses one that it does not know."""

CONSEQUENCE = "its figures cannot be computed again"


@dataclass(frozen=True)
class Snapshot:
    """The inputs of a build: a parameter set as it was, and digests of the files by their kind."""

    name: str
    parameters: ParameterSet
    digests: Mapping[str, str]
    signals_fired: tuple[str, ...] = ()
    """Names of the signals that the ledger shows as seen by the set's date."""


def written(snapshot: Snapshot) -> str:
    """The text of `inputs.json`."""
    parameters, ledger = snapshot.parameters, snapshot.parameters.facts
    sections = {
        "form": FORM,
        "name": snapshot.name,
        "parameter_set": parameters.name,
        "title": parameters.title,
        "summary": parameters.summary,
        "as_of": str(parameters.as_of),
        "seed": parameters.seed,
        "draws": parameters.draws,
        "scenarios": list(parameters.scenarios),
        "correlations": [vars(each) for each in parameters.correlations],
        "parties": [_fields(party) for party in ledger.parties.values()],
        "facts_in_order": [fact.id for fact in ledger.facts],
        "digests": dict(snapshot.digests),
        SIGNALS_FIRED: list(snapshot.signals_fired),
    }
    texts = {name: _text(section) for name, section in sections.items()}
    texts["assumptions"] = _block({k: _stated(a) for k, a in parameters.assumptions.items()})
    texts["facts"] = _block({fact.id: _entry(fact) for fact in ledger.facts})
    return _block(texts) + "\n"


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _block(texts: Mapping[str, str]) -> str:
    """Texts of values as an object, a line each, so that two files can be compared by line."""
    return "{\n" + ",\n".join(f"{_text(name)}: {texts[name]}" for name in sorted(texts)) + "\n}"


def _stated(assumption: Assumption) -> str:
    facts = [fact.id for fact in assumption.facts]
    # Which draw takes which option depends on their order.
    options = None if assumption.options is None else [list(o) for o in assumption.options.items()]
    return _text({**vars(assumption), "facts": facts, "options": options})


_entries: dict[int, tuple[Fact, str]] = {}


def _entry(fact: Fact) -> str:
    """Text of a fact. Facts never change and stand in many builds: each is written once."""
    if id(fact) not in _entries:
        fields = _fields(fact)
        digest = hashlib.sha256(_text(fields).encode()).hexdigest()[:16]
        _entries[id(fact)] = fact, _text({**fields, "grade": fact.grade, "digest": digest})
    return _entries[id(fact)][1]


def _fields(entry: Fact | Party) -> dict[str, Any]:
    return entry.model_dump(mode="json", exclude_defaults=True)


def read(text: str, place: str) -> Snapshot:
    """The snapshot that `text` holds; raises BadInput naming `place` when it is none of ours."""
    try:
        content = json.loads(text)
        if content.get("form") != FORM:
            told = f"form must be {FORM}, given: {content.get('form')!r}; {CONSEQUENCE}"
            raise BadInput([f"{place}: {told}"])
        return Snapshot(
            content["name"],
            _parameters(content),
            content["digests"],
            # Builds of before the watch list was recorded do not say.
            tuple(content.get(SIGNALS_FIRED, ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        if isinstance(error, BadInput):
            raise
        told = " ".join(str(error).split())
        raise BadInput([f"{place}: is no record of inputs ({told}); {CONSEQUENCE}"]) from None


def _parameters(content: Mapping[str, Any]) -> ParameterSet:
    facts = [_fact(content["facts"][fact_id]) for fact_id in content["facts_in_order"]]
    parties = [Party.model_validate(entry) for entry in content["parties"]]
    ledger = Ledger(tuple(facts), {party.id: party for party in parties})
    return ParameterSet(
        name=content["parameter_set"],
        title=content["title"],
        summary=content["summary"],
        as_of=date.fromisoformat(content["as_of"]),
        seed=content["seed"],
        draws=content["draws"],
        scenarios=tuple(content["scenarios"]),
        assumptions={
            name: _assumption(stated, ledger) for name, stated in content["assumptions"].items()
        },
        facts=ledger,
        # Builds of before correlations drew every assumption on its own.
        correlations=tuple(
            Correlation(**{**stated, "between": tuple(stated["between"])})
            for stated in content.get("correlations", ())
        ),
    )


def _fact(entry: Mapping[str, Any]) -> Fact:
    return Fact.model_validate({k: v for k, v in entry.items() if k not in ("grade", "digest")})


def _assumption(stated: Mapping[str, Any], ledger: Ledger) -> Assumption:
    options = None if stated["options"] is None else dict(stated["options"])
    facts = tuple(ledger[fact_id] for fact_id in stated["facts"])
    return Assumption(**{**stated, "facts": facts, "options": options})
