"""What changed, told: for people in a terminal, and as plain values for machines."""

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from briefing.exhibits.terms import amount_text
from briefing.inputs.assumptions import Assumption
from briefing.inputs.facts import Fact
from briefing.inputs.parameters import ParameterSet
from briefing.runs.attribution import CODE, CORRELATIONS, DATE_AND_FACTS, DRAWS, Cause, correlated
from briefing.runs.changes import (
    AssumptionChange,
    ExhibitChange,
    FactChange,
    by_weight,
    moves_figures,
)
from briefing.runs.difference import Content, Difference, Move
from briefing.runs.stances import Answer
from briefing.runs.wording import ends_of, range_text, signed, value_text

MOST_ROWS = 12
"""Of one table in a terminal, unless everything is asked for."""

BAR_WIDTH = 16

MOST_CAUSES = 8

SMALLEST_PART = 0.02
"""Of the largest part of a move; causes below it are told as one."""


# --- For people ---


def shown(difference: Difference, is_whole: bool = False) -> RenderableType:
    """The difference for a terminal, the conclusions first; `is_whole` leaves out no row."""
    most = None if is_whole else MOST_ROWS
    sections = [
        _ends(difference),
        _conclusions(difference),
        _figures(difference),
        _assumptions(_by_effect(difference), most),
        _facts(difference, most),
        _made_with(difference.made_with),
        _exhibits(difference, most),
        *(_text(f"Note: {note}.", style="yellow") for note in difference.notes),
    ]
    return Group(*(part for each in sections if each is not None for part in (each, Text())))


def _text(words: str, style: str = "") -> Text:
    """Words as they are: no markup is read in them, and nothing can steer the terminal."""
    return Text("".join(c for c in words if c.isprintable() or c == "\n"), style)


def _line(*parts: str | tuple[str, str] | Text) -> Text:
    line = Text()
    for part in parts:
        match part:
            case Text():
                line.append_text(part)
            case str():
                line.append_text(_text(part))
            case (words, style):
                line.append_text(_text(words, style))
    return line


def _ends(difference: Difference) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for word, each in (("from", difference.before), ("to", difference.after)):
        named = f"{each.name}, as of {each.as_of}" + (f": {each.title}" if each.title else "")
        built = each.built.replace("T", " ")[:16]
        table.add_row(
            _text(word, style="dim"), _text(named, style="bold"), _text(f"built {built} UTC")
        )
        table.add_row("", _text(each.place, style="dim"), "")
    return table


def _headed(title: str, *parts: RenderableType) -> Group:
    return Group(
        _text(title, style="bold underline"), *(Padding(each, (0, 0, 0, 2)) for each in parts)
    )


def _table(*columns: str, wide: str = "", named: str = "") -> Table:
    """`wide` takes the room that is left, and names in the column `named` stay whole."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim")
    for name in columns:
        ratio = 1 if name == wide else None
        table.add_column(name, overflow="fold", ratio=ratio, no_wrap=name == named)
    return table


def _conclusions(difference: Difference) -> RenderableType:
    flipped, reworded = difference.flipped, difference.reworded
    told = [_flip(each) for each in flipped] or [_text("No conclusion flipped.")]
    if not (difference.before.answers and difference.after.answers):
        told.append(_text("At least one build shows no answers (E00), so they are not compared."))
    elif not reworded:
        told.append(_text("No answer reads differently."))
    title = f"{_count(flipped, 'conclusion')} flipped, {_count(reworded, 'answer')} changed"
    return _headed(title, *told, *([_answers(reworded)] if reworded else []))


def _flip(answer: Answer) -> Text:
    return _line(
        ("flipped  ", "bold red"),
        (answer.question, "bold"),
        f" {answer.before} → ",
        (answer.after, "bold"),
        (f"\n         {answer.rule}", "dim"),
    )


def _answers(answers: Iterable[Answer]) -> Table:
    table = _table("Question", "Answer before", "Answer now")
    for each in answers:
        table.add_row(_text(each.question), _text(each.before or "—"), _text(each.after or "—"))
    return table


def _figures(difference: Difference) -> RenderableType | None:
    moved = [each for each in difference.moves if each.move != 0]
    still = [each.figure.label for each in difference.moves if each.move == 0]
    if not difference.moves:
        return None
    parts: list[RenderableType] = [_move(each, difference) for each in moved]
    if still:
        parts.append(_text(f"Not moved: {'; '.join(still)}.", style="dim"))
    printed = sum(each.is_printed for each in moved)
    told = f"{len(moved)} of {len(difference.moves)} headline figures moved"
    # The front page and the mail count these alone.
    told += f", {printed or 'none'} of them as printed" if printed < len(moved) else ""
    return _headed(told, *parts)


def _move(move: Move, difference: Difference) -> RenderableType:
    before = move.before.shown if move.before else "not printed"
    after = move.after.shown if move.after else "not printed"
    unit = move.figure.unit
    line = _line((move.figure.label, "bold"), f"  {before} → ", (after, "bold"))
    if isfinite(move.move):
        line.append_text(_text(f"  ({signed(move.move, unit, move.move)})"))
    attribution = move.attribution
    if attribution is None:
        return line
    if attribution.failure:
        return Group(line, _text(f"  no causes: {attribution.failure}", style="yellow"), Text())
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True, min_width=12)
    table.add_column(no_wrap=True, width=BAR_WIDTH)
    table.add_column(overflow="fold")
    largest = max((abs(cause.move) for cause in attribution.causes), default=1.0)
    named, rest = _named(attribution.causes)
    for cause in named:
        moved = signed(cause.move, unit, move.move)
        if cause.standard_error:
            moved += f" ± {signed(cause.standard_error, unit, move.move)[1:]}"
        bar = "━" * max(1, round(BAR_WIDTH * abs(cause.move) / largest))
        colour = "cyan" if cause.move > 0 else "magenta"
        table.add_row(moved, _text(bar, style=colour), _cause(cause, difference))
    if rest:
        sum_ = signed(sum(cause.move for cause in rest), unit, move.move)
        table.add_row(sum_, "", _text(f"{_count(rest, 'smaller cause')} together", style="dim"))
    return Group(line, Padding(table, (0, 0, 0, 2)), Text())


def _named(causes: tuple[Cause, ...]) -> tuple[tuple[Cause, ...], tuple[Cause, ...]]:
    """Causes worth a line of their own, and the others; a single other is worth its line."""
    least = SMALLEST_PART * max((abs(cause.move) for cause in causes), default=0.0)
    large = sum(abs(cause.move) >= least for cause in causes[:MOST_CAUSES])
    return (causes, ()) if len(causes) - large < 2 else (causes[:large], causes[large:])


def _cause(cause: Cause, difference: Difference) -> Text:
    old, new = difference.before, difference.after
    match cause.name:
        case name if name == DATE_AND_FACTS:
            told = f"{old.as_of} → {new.as_of}" if old.as_of != new.as_of else "facts alone"
        case name if name == DRAWS and old.snapshot and new.snapshot:
            told = " → ".join(
                f"{each.draws} from seed {each.seed}"
                for each in (old.snapshot.parameters, new.snapshot.parameters)
            )
        case name if name == CORRELATIONS and old.snapshot and new.snapshot:
            told = _pairs(old.snapshot.parameters, new.snapshot.parameters)
        case name if name == CODE:
            told = "what today's code does not repeat of the printed values"
        case name:
            told = next((ends_of(each) for each in difference.assumptions if each.name == name), "")
    return _line(cause.name, (f"  {told}", "dim"))


def _pairs(old: ParameterSet, new: ParameterSet) -> str:
    """Pairs whose correlation is another, with both; none where a build states none."""
    before, after = correlated(old), correlated(new)
    return "; ".join(
        f"{' and '.join(pair)} {before.get(pair, 0):g} → {after.get(pair, 0):g}"
        for pair in {**after, **before}
        if before.get(pair) != after.get(pair)
    )


def _assumptions(changes: tuple[AssumptionChange, ...], most: int | None) -> RenderableType | None:
    if not changes:
        return None
    table = _table(
        "Assumption",
        "Value",
        "Range",
        "Reason now",
        wide="Reason now",
        named="Assumption",
    )
    for each in changes[:most]:
        reason = " ".join(each.after.reason.split()) if each.after else "removed"
        style = "bold" if moves_figures(each) else ""
        table.add_row(
            _line((each.name, style), (f"\n{', '.join(each.what)}", "dim")),
            _text(_both(value_text(each.before), value_text(each.after), "\n→ ")),
            _text(_both(range_text(each.before), range_text(each.after), "\n→ ")),
            _text(reason + _facts_of(each), style="dim"),
        )
    seen = sum(moves_figures(each) for each in changes)
    title = f"{_count(changes, 'assumption')} changed, {seen} of them in value, range or shape"
    return _headed(title, table, *_more(changes, most))


def _by_effect(difference: Difference) -> tuple[AssumptionChange, ...]:
    """Assumptions that move figures most first, by their part beside the largest of a figure."""
    effects: dict[str, float] = {}
    for attribution in (each.attribution for each in difference.moves if each.attribution):
        for cause in attribution.causes:
            effect = abs(cause.move) / abs(attribution.causes[0].move)
            effects[cause.name] = max(effect, effects.get(cause.name, 0.0))
    return tuple(sorted(difference.assumptions, key=lambda each: -effects.get(each.name, 0.0)))


def _facts_of(change: AssumptionChange) -> str:
    """Facts that an assumption came to rest on, and those that it left."""
    if "facts" not in change.what or not (change.before and change.after):
        return ""
    old, new = ({fact.id for fact in each.facts} for each in (change.before, change.after))
    told = {"rests now on": sorted(new - old), "no longer on": sorted(old - new)}
    return "".join(f"\n{words} {', '.join(facts)}" for words, facts in told.items() if facts)


def _both(before: str, after: str, arrow: str = " → ") -> str:
    return before if before == after else f"{before}{arrow}{after}"


def _facts(difference: Difference, most: int | None) -> RenderableType | None:
    changes = by_weight(difference.facts, difference.assumptions)
    if not changes:
        return None
    table = _table(
        "Fact", "Changed", "Amount", "Grade", "What was said", wide="What was said", named="Fact"
    )
    for each in changes[:most]:
        table.add_row(
            _text(each.id),
            _text(", ".join(each.what)),
            _text(_both_of(each, amount_text)),
            _text(_both_of(each, lambda fact: fact.grade)),
            _wording(each),
        )
    kinds = ", ".join(f"{count} {word}" for word, count in _tally(changes).items())
    return _headed(f"{_count(changes, 'fact')} changed: {kinds}", table, *_more(changes, most))


def _both_of(change: FactChange, words: Any) -> str:
    sides = [words(fact) for fact in (change.before, change.after) if fact]
    return _both(sides[0], sides[-1])


def _wording(change: FactChange) -> Text:
    fact = change.after or change.before
    told = _text(fact.note if fact else "")
    if "wording" in change.what and change.before:
        told.append_text(_text(f"\nbefore: {change.before.note}", "dim"))
    return told


def _tally(changes: Iterable[FactChange]) -> Mapping[str, int]:
    """How many facts were added, withdrawn, re-graded, reworded or changed otherwise."""
    words = {
        "added": "added",
        "withdrawn": "withdrawn",
        "grade": "re-graded",
        "wording": "reworded",
    }
    counts: dict[str, int] = {}
    for each in changes:
        for what in [words[w] for w in each.what if w in words] or ["otherwise"]:
            counts[what] = counts.get(what, 0) + 1
    return counts


def _made_with(made_with: Mapping[str, bool]) -> RenderableType | None:
    if not made_with:
        return None
    changed = [kind for kind, is_so in made_with.items() if is_so]
    kept = [kind for kind, is_so in made_with.items() if not is_so]
    told = [f"Changed: {', '.join(changed)}."] if changed else []
    told += [f"As before: {', '.join(kept)}."] if kept else []
    return _headed("Code and notebooks", _text(" ".join(told)))


def _exhibits(difference: Difference, most: int | None) -> RenderableType | None:
    changes = difference.exhibits
    total = len({*difference.before.exhibits, *difference.after.exhibits})
    if not total:
        return None
    title = f"{len(changes)} of {_of(total, 'exhibit')} changed"
    if not changes:
        return _headed(title)
    table = _table("Id", "Title now", "", wide="Title now")
    for each in changes[:most]:
        table.add_row(
            _text(each.id), _text(each.title or each.title_before), _text(each.what, style="dim")
        )
    return _headed(title, table, *_more(changes, most))


def _more(rows: tuple[Any, ...], most: int | None) -> Iterator[Text]:
    if most is not None and len(rows) > most:
        yield _text(f"and {len(rows) - most} more; --all shows them", style="dim")


def _count(things: Iterable[Any], name: str) -> str:
    return _of(len(list(things)), name)


def _of(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


# --- For machines ---


def as_json(difference: Difference) -> dict[str, Any]:
    """The whole difference as plain values; what is no number is null."""
    return {
        "before": _end(difference.before),
        "after": _end(difference.after),
        "conclusions": {
            "flipped": [vars(each) for each in difference.flipped],
            "reworded": [_answer(each) for each in difference.reworded],
        },
        "figures": [_figure(each) for each in difference.moves],
        "assumptions": [_assumption(each) for each in difference.assumptions],
        "facts": [_fact(each) for each in difference.facts],
        "made_with": dict(difference.made_with),
        "exhibits": [_exhibit(each) for each in difference.exhibits],
        "notes": list(difference.notes),
    }


def _end(content: Content) -> dict[str, Any]:
    names = ("place", "name", "title", "as_of", "built")
    return {name: getattr(content, name) for name in names}


def _answer(answer: Answer) -> dict[str, str]:
    return {"question": answer.question, "before": answer.before, "after": answer.after}


def _figure(move: Move) -> dict[str, Any]:
    sides = {"before": move.before, "after": move.after}
    found: dict[str, Any] = {
        "id": move.figure.id,
        "label": move.figure.label,
        "unit": move.figure.unit,
        **{word: None if side is None else _finite(side.value) for word, side in sides.items()},
        **{f"{word}_shown": "" if side is None else side.shown for word, side in sides.items()},
        "move": _finite(move.move),
    }
    if move.attribution:
        found["causes"] = [vars(cause) for cause in move.attribution.causes]
        found["is_exact"] = move.attribution.is_exact
        found["no_causes_because"] = move.attribution.failure
    return found


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _assumption(change: AssumptionChange) -> dict[str, Any]:
    return {
        "name": change.name,
        "what": list(change.what),
        "before": _stated(change.before),
        "after": _stated(change.after),
    }


def _stated(assumption: Assumption | None) -> dict[str, Any] | None:
    if assumption is None:
        return None
    options = None if assumption.options is None else dict(assumption.options)
    return {**vars(assumption), "facts": [f.id for f in assumption.facts], "options": options}


def _fact(change: FactChange) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    return {
        "id": change.id,
        "what": list(change.what),
        **{word: _said(side) for word, side in sides.items()},
    }


def _said(fact: Fact | None) -> dict[str, Any] | None:
    if fact is None:
        return None
    return {"amount": amount_text(fact), "grade": fact.grade, **fact.model_dump(mode="json")}


def _exhibit(change: ExhibitChange) -> dict[str, str]:
    return dict(vars(change))
