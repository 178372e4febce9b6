"""The command line: build briefings, look up facts, ask where a number comes from."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from textwrap import TextWrapper
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from briefing.delivery.commands import app as delivery_app
from briefing.delivery.send_command import app as send_app
from briefing.inputs.files import BadInput, did_you_mean, misnamed, project_root, source_date_epoch
from briefing.terminal import errors, output

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # panels around help and mistakes cost a third of the start
)
facts_app = typer.Typer(help="Look up facts: list and filter them, or show one.")
app.add_typer(facts_app, name="facts")
app.add_typer(delivery_app)
app.add_typer(send_app)


AsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="As known on that day.")
]
SetName = Annotated[str, typer.Option("--set", help="Parameter set.")]


def main() -> None:
    """Run the command; wrong input ends with one message per fault and status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal may know fewer letters than we write
            stream.reconfigure(errors="replace")
    try:
        source_date_epoch()  # NumPy reads it too, and would end in a traceback
        app()
    except BadInput as error:
        for message in error.messages:
            errors.print(Text(message), soft_wrap=True)
        sys.exit(2)
    except OSError as error:
        errors.print(Text(f"{error}; nothing was lost"), soft_wrap=True)
        sys.exit(1)


WIDEST_TABLES = 160
"""Columns that tables fill where nothing says how wide the reader's screen is."""

Names = Annotated[list[str], typer.Argument(help="Parameter sets and sweeps, e.g. latest.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Notebooks at a time, else one per core.")]
Reports = Annotated[str, typer.Option(help="Folder or address (s3://…); by default reports/.")]
Lane = Annotated[str, typer.Option(help="kernel (forked, the default on Linux), exec or fresh.")]
CellTimeout = Annotated[float | None, typer.Option(min=0.1, help="Seconds that a cell may run.")]
RunTimeout = Annotated[float | None, typer.Option(min=0.1, help="Seconds for a whole notebook.")]
Scheduler = Annotated[str, typer.Option(help="Dask scheduler, e.g. tcp://host:8786.")]
Why = Annotated[bool, typer.Option("--why", help="Say what would run and why; run nothing.")]
Audiences = Annotated[
    list[str] | None,
    typer.Option("--audience", help="Also in the order of cfo, investor, …; may be repeated."),
]
Formats = Annotated[
    list[str] | None,
    typer.Option("--format", help="html, pdf, eml or parquet; may be repeated; else all."),
]
Audit = Annotated[bool, typer.Option("--audit", help="Run all, report files outside the keys.")]


@app.command()
def build(
    names: Names,
    jobs: Jobs = None,
    reports: Reports = "",
    lane: Lane = "",
    cell_timeout: CellTimeout = None,
    run_timeout: RunTimeout = None,
    scheduler: Scheduler = "",
    why: Why = False,
    audit: Audit = False,
    audience: Audiences = None,
    format_: Formats = None,
) -> None:
    """Build what is stale as HTML, PDF and e-mail. Everything is checked first."""
    from briefing.runs.documents import FORMATS

    kinds = tuple(dict.fromkeys(format_ or FORMATS))
    known = ", ".join(FORMATS)
    unknown = [each for each in kinds if each not in FORMATS]
    if unknown:
        raise BadInput(
            [f"--format {each}: must be one of {known}; nothing was built" for each in unknown]
        )
    if audience:
        from briefing.render.lenses import refuse_unknown_exhibits

        for name in audience:
            refuse_unknown_exhibits(name)
    lenses = (f"{name}.{kind}" for name in audience or () for kind in ("html", "pdf"))
    formats = (*kinds, *(each for each in lenses if each.rpartition(".")[2] in kinds))
    _build(names, formats, jobs, reports, lane, (cell_timeout, run_timeout), scheduler, why, audit)


@app.command()
def run(
    names: Names,
    jobs: Jobs = None,
    reports: Reports = "",
    lane: Lane = "",
    cell_timeout: CellTimeout = None,
    run_timeout: RunTimeout = None,
    scheduler: Scheduler = "",
    why: Why = False,
    audit: Audit = False,
) -> None:
    """Run notebooks of sets and sweeps without rendering them. Those up to date are kept."""
    _build(names, (), jobs, reports, lane, (cell_timeout, run_timeout), scheduler, why, audit)


def _build(
    names: list[str],
    formats: tuple[str, ...],
    jobs: int | None,
    reports: str,
    lane: str,
    seconds: tuple[float | None, float | None],
    scheduler: str,
    why: bool,
    audit: bool,
) -> None:
    from briefing.runs.places import place
    from briefing.runs.settled import settle, settled, state_of

    target = place(reports or project_root() / "reports")
    state = "" if why or audit else state_of(project_root(), (names, lane, formats))
    known = settled(state, target)
    if known and (not formats or _home_lists(known, target)):
        _print_settled(known, target, formats)
        return

    from briefing.runs.build import Options, build
    from briefing.runs.execute import LANES, Limits
    from briefing.runs.plan import default_lane, plan

    lane = lane or default_lane()
    if lane not in LANES:
        raise BadInput([f"--lane {lane}: must be one of {', '.join(LANES)}; nothing was built"])
    plans = plan(names, lane)
    notes = [note for each in plans for note in _notes(each.parameters)]
    _print_notes(notes)
    if why:
        _print_why(plans, target, formats)
        return
    options = Options(formats, lane, jobs, Limits(*seconds), audit, scheduler)
    _end_politely()
    from briefing.runs.progress import Progress

    outcomes = []
    try:
        counted = "notebooks and documents" if formats else "notebooks"
        with Progress(errors, options.workers, counted).shown() as progress:
            for outcome in build(plans, target, options, progress):
                outcomes.append(outcome)
    except KeyboardInterrupt:
        errors.print("Stopped. What had run is remembered, and the next build goes on from there.")
        raise typer.Exit(130) from None
    finally:
        for outcome in outcomes:
            _print_outcome(outcome, target, formats)
        if formats:
            _renew_home(outcomes, target)
    if audit and not any(outcome.undeclared for outcome in outcomes):
        output.print("Audit: no notebook read a file that its key does not hold.")
    if len(outcomes) > 1:
        _print_table([(each.plan.name, each.ran, each.reused, _result(each)) for each in outcomes])
    if any(outcome.failure for outcome in outcomes):
        raise typer.Exit(1)
    if not notes and len(outcomes) == len(plans) and not any(each.warnings for each in outcomes):
        settle(state, target, [_settled(each, formats) for each in outcomes])


def _settled(outcome: Any, formats: tuple[str, ...]) -> Any:
    """What is to be said of a set that was built and has not changed since."""
    from briefing.runs.documents import documents
    from briefing.runs.plan import SUMMARY
    from briefing.runs.settled import Settled

    plan = outcome.plan
    files = tuple(file for _, _, file in documents(plan.briefings, formats))
    if plan.sweep and not files:
        files = (f"{SUMMARY}.ipynb",)
    return Settled(plan.name, str(plan.parameters.as_of), outcome.folder, len(plan.jobs), files)


def _print_settled(known: Sequence[Any], target: Any, formats: tuple[str, ...]) -> None:
    from briefing.runs.home import HOME

    for each in known:
        _print_built(each, UNCHANGED, target)
    if formats:
        output.print(Text(f"all builds\n  {target.shown(HOME)}"), soft_wrap=True)
    if len(known) > 1:
        _print_table([(each.name, 0, each.notebooks, "unchanged") for each in known])


def _renew_home(outcomes: list[Any], target: Any) -> None:
    """Make the page of all builds anew when there is something new to say, and say where it is.

    It only points to briefings that are published by now, so it never makes a build fail.
    """
    from briefing.runs.home import HOME, renew

    good = [outcome for outcome in outcomes if not outcome.failure]
    if not good:
        return
    try:
        if any(not outcome.was_built for outcome in good) or not _home_lists(good, target):
            from briefing.render.home import home_page

            renew(target, home_page)
    except Exception as error:  # a store has its own kinds
        told = f"{target.shown(HOME)}: cannot be written ({error}); the briefings are complete"
        errors.print(Text(told, style="yellow"), soft_wrap=True)
    else:
        output.print(Text(f"all builds\n  {target.shown(HOME)}"), soft_wrap=True)


def _home_lists(outcomes: Sequence[Any], target: Any) -> bool:
    """Whether the page is there, knows these builds, and leads to none that somebody removed.

    A build that was killed has not told it.
    """
    from urllib.parse import quote

    from briefing.runs.home import HOME

    if target.stamp(HOME) is None:
        return False
    page = target.read(HOME).decode("utf-8", "replace")
    linked = set(re.findall(r'<a href="([^"/#]+/[^"/]+)/', page))
    gone = linked - {quote(folder) for folder in target.folders()}
    return not gone and all(quote(outcome.folder) in page for outcome in outcomes)


def _end_politely() -> None:
    """Let the signal that asks to end do what Ctrl-C does."""
    import signal

    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _print_why(plans: Any, target: Any, formats: tuple[str, ...]) -> None:
    from briefing.runs.stale import why

    for name, reason in why(plans, target, formats):
        output.print(Text.assemble((name, "bold"), f": {reason}"), soft_wrap=True)


def _notes(parameters: Any) -> list[str]:
    """What an owner should know of a set that is not wrong."""
    today = datetime.now(UTC).date()
    early = [
        f"params/facts/{fact.topic}.yaml: {fact.id}: known_since {fact.known_since} lies after "
        f"today, {today}; {parameters.name} is as of {parameters.as_of} and knows it already, and "
        "no reader is mailed what is dated ahead"
        for fact in parameters.facts.facts
        if fact.known_since > today
    ]
    return [*parameters.notes, *early]


def _print_notes(notes: Iterable[str]) -> None:
    for note in notes:
        errors.print(Text(f"note: {note}", style="yellow"), soft_wrap=True)


READ = (".html", ".pdf", ".eml", ".ipynb")
"""Endings of what people read."""


def _print_outcome(outcome: Any, target: Any, formats: tuple[str, ...]) -> None:
    name = outcome.plan.name
    for told in (*outcome.undeclared, *outcome.warnings):
        errors.print(Text(f"{name}: {told}", style="yellow"), soft_wrap=True)
    if outcome.failure:
        errors.print(Text(f"{name}: not built\n{outcome.failure}"), soft_wrap=True)
        if outcome.folder != outcome.plan.folder:
            errors.print(Text(f"  kept for you: {target.shown(outcome.folder)}"), soft_wrap=True)
        return
    note = UNCHANGED if outcome.was_built else _counted(outcome)
    _print_built(_settled(outcome, formats), note, target)


UNCHANGED = "nothing had changed"


def _print_built(built: Any, note: str, target: Any) -> None:
    """Where to find what people read of a folder, without that of a sweep's points."""
    output.print(Text(f"{built.name}, as of {built.as_of} ({note})"))
    shown = [each for each in built.files if "/" not in each and each.endswith(READ)]
    for file in shown or [""]:
        place = target.shown(f"{built.folder}/{file}".rstrip("/"))
        output.print(Text(f"  {place}"), soft_wrap=True)


def _counted(outcome: Any) -> str:
    """How many notebooks ran, and how many needed not."""
    ran = f"{outcome.ran} notebook{'' if outcome.ran == 1 else 's'} run"
    return f"{ran}, {outcome.reused} as before" if outcome.reused else ran


def _result(outcome: Any) -> str:
    return "failed" if outcome.failure else "unchanged" if outcome.was_built else "built"


def _print_table(rows: Iterable[tuple[str, int, int, str]]) -> None:
    """How each ended, in one look."""
    table = Table("", "Notebooks run", "as before", "Result", box=None)
    for name, ran, reused, result in rows:
        style = "red" if result == "failed" else ""
        table.add_row(Text(name), str(ran), str(reused), Text(result, style))
    errors.print(table)


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


@app.command()
def check(
    sets: Annotated[list[str] | None, typer.Argument(help="Sets and sweeps; all if none.")] = None,
) -> None:
    """Check params/ and the notebooks without executing anything."""
    from briefing.inputs.parameters import parameter_set_names
    from briefing.inputs.sweeps import sweep_names
    from briefing.runs.plan import plan

    params = project_root() / "params"
    if not sets:
        folders = (params, *(params / each for each in ("audiences", "delivery", "sweeps")))
        if unread := [told for folder in folders for told in misnamed(folder)]:
            raise BadInput(unread)
    faults = [] if sets else _faults_of_readers(params)
    try:
        plans = plan(sets or [*parameter_set_names(params), *sweep_names(params)])
    except BadInput as error:
        raise BadInput([*error.messages, *faults]) from None
    if faults:
        raise BadInput(faults)
    for each in plans:
        output.print(Text(f"{each.name}: {each.title}"))
        if each.parameters.held and not each.sweep:
            held = ", ".join(each.parameters.held)
            told = f"  {each.name}.yaml: assumptions: no low and high, so no longer drawn: {held}"
            output.print(Text(told), soft_wrap=True)
        _print_notes(_notes(each.parameters))
    output.print("Nothing is wrong.")


def _faults_of_readers(params: Path) -> list[str]:
    """What is wrong with audiences, schedules and the settings of the mail, where there are any."""
    from briefing.delivery.schedules import load_schedules
    from briefing.delivery.settings import FILE, load_mail
    from briefing.inputs.audiences import audience_names
    from briefing.render.lenses import refuse_unknown_exhibits

    faults = []
    for name in audience_names(params):
        try:
            refuse_unknown_exhibits(name)
        except BadInput as error:
            faults += error.messages
    _, bad = load_schedules(params)
    faults += [message for error in bad.values() for message in error.messages]
    if (params / "delivery" / FILE).exists():
        try:
            load_mail(params)
        except BadInput as error:
            faults += error.messages
    return list(dict.fromkeys(faults))


LOOKS = {"good": "green", "slow": "yellow", "broken": "bold red"}


@app.command()
def doctor(reports: Reports = "", scheduler: Scheduler = "") -> None:
    """Say what is slow or broken on this machine, and what to do."""
    from briefing.delivery.checks import delivery_findings
    from briefing.runs.doctor import examined

    with errors.status("Looking; this takes half a minute"):
        findings = list(examined(reports, scheduler))
        params, folder = project_root() / "params", Path(reports or project_root() / "reports")
        findings += delivery_findings(params, folder, datetime.now(UTC))
    table = Table("", "Checked", box=None)
    for name in ("Found", "What to do"):
        table.add_column(name, overflow="fold")
    for each in findings:
        level = Text(each.level, LOOKS[each.level])
        table.add_row(level, each.name, Text(each.told), Text(each.remedy))
    output.print(table)
    if any(each.level == "broken" for each in findings):
        raise typer.Exit(1)


@app.command()
def explain(
    quantity: Annotated[
        str, typer.Argument(help="Name of a quantity, a number as printed, or an exhibit.")
    ],
    parameter_set: SetName = "latest",
    as_of: AsOf = None,
    depth: Annotated[
        int | None, typer.Option(min=1, help="Steps down; by default as many as stay readable.")
    ] = None,
) -> None:
    """Show where a number comes from, down to facts and links."""
    from briefing.case import Case
    from briefing.exhibits.explanation import readable

    case = Case(parameter_set, as_of=as_of.date() if as_of else None)
    output.print(Text(repr(case), style="dim"))
    try:
        asked = partial(case.explain, quantity)
        found = asked(depth) if depth else readable(asked)
    except KeyError as error:
        if any(map(str.isdigit, quantity)) and _print_meanings(case, quantity):
            return
        if quantity in case.value("facts"):
            told = f"explain: {quantity} is a fact; `briefing facts show {quantity}` shows it"
            raise BadInput([f"{told}; nothing to explain"]) from None
        if re.match(r"\W*\d", quantity):
            told = f"explain: no figure, assumption or fact is printed as {quantity}; {ELSEWHERE}"
            raise BadInput([f"{told}; nothing to explain"]) from None
        raise BadInput([f"explain: {error.args[0]}; nothing to explain"]) from None
    output.print(found)
    if not depth and found != asked():
        output.print(Text("--depth shows more steps, --depth 99 all", style="dim"))


ELSEWHERE = "what an exhibit works out itself is explained with it, as in briefing explain E12b"
"""Where to look for a number that is no figure's, no assumption's and no fact's."""


def _print_meanings(case: Any, text: str) -> bool:
    """List what is printed as `text`; whether anything is."""
    found = case.printed(text)
    for each in found.itertuples():
        told = Text.assemble((each.name, "bold"), f"  {each.which}\n    {each.about}")
        output.print(told, soft_wrap=True)
    if len(found):
        more = "briefing explain and briefing facts show tell more of each name"
        output.print(Text(f"printed as {text}; {more}; {ELSEWHERE}", style="dim"), soft_wrap=True)
    return len(found) > 0


@app.command()
def diff(
    earlier: Annotated[str, typer.Argument(help="A build: its folder, latest, or latest~1.")],
    later: Annotated[str, typer.Argument(help="The build to compare it with.")],
    reports: Reports = "",
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for machines.")] = False,
    whole: Annotated[bool, typer.Option("--all", help="Leave out no row of any table.")] = False,
) -> None:
    """Say what changed between two builds, and why figures moved. What flipped comes first."""
    from briefing.runs.builds import find
    from briefing.runs.places import place

    there = place(reports or project_root() / "reports")
    builds = find(earlier, there), find(later, there)
    with errors.status("Comparing; many causes take half a minute"):
        from briefing.runs.difference import difference
        from briefing.runs.told import as_json as told
        from briefing.runs.told import shown

        found = difference(*builds)
    if as_json:
        sys.stdout.write(json.dumps(told(found), indent=1, ensure_ascii=False) + "\n")
    else:
        output.print(shown(found, whole), width=min(output.width, WIDEST_TABLES))


@facts_app.callback(invoke_without_command=True)
def list_facts(
    context: typer.Context,
    text: Annotated[str, typer.Option(help="Words that the fact holds.")] = "",
    topic: Annotated[str | None, typer.Option(help="File in params/facts.")] = None,
    subject: Annotated[str | None, typer.Option(help="Who it is about.")] = None,
    kind: Annotated[str | None, typer.Option(help="What it states.")] = None,
    status: Annotated[str | None, typer.Option(help="How it is known.")] = None,
    as_of: AsOf = None,
) -> None:
    """List facts, filtered by words, topic, subject, kind, status and date."""
    if context.invoked_subcommand:
        return
    asked = {"topic": topic, "subject": subject, "kind": kind, "status": status}
    everything = _facts(None).values()
    for option, word in asked.items():
        known = {getattr(fact, option) for fact in everything}
        if word is not None and word not in known:
            hint = did_you_mean(word, known)
            raise BadInput([f"facts: --{option} {word}: no fact has it{hint}; nothing to show"])
    found = _facts(as_of).matching(text, **asked)
    # A table of rich's would take most of the time, and leave a narrow column to what matters.
    wrapped = TextWrapper(output.width, initial_indent="    ", subsequent_indent="    ")
    for fact in found.values():
        about = [_amount(fact, _in_short), f"known since {fact.known_since}", f"grade {fact.grade}"]
        told = f"  {' · '.join(filter(None, about))}\n{wrapped.fill(fact.note)}"
        output.print(Text.assemble((fact.id, "bold"), told), soft_wrap=True)
    output.print(f"{len(found)} fact{'' if len(found) == 1 else 's'}")


@facts_app.command("show")
def show_fact(fact_id: Annotated[str, typer.Argument(help="Id of the fact.")]) -> None:
    """Show one fact with its source."""
    try:
        fact = _facts(None)[fact_id]
    except KeyError as error:
        raise BadInput([f"facts show: {error.args[0]}; nothing to show"]) from None
    stated = fact.model_dump()
    source = stated.pop("source")
    amount = {name: stated.pop(name) for name in ("low", "value", "high", "unit")}
    told = {
        **{name: value for name, value in stated.items() if name != "note"},
        "amount": _amount(fact) if any(amount.values()) else "",
        "grade": fact.grade,
        "note": fact.note,
        **{f"source {name}": value for name, value in source.items()},
    }
    for name, value in told.items():
        if value not in (None, "", ()):
            if isinstance(value, dict):
                value = tuple(f"{part} {said}" for part, said in value.items())
            shown = ", ".join(value) if isinstance(value, tuple) else str(value)
            output.print(Text.assemble((f"{name:<20}", "bold"), shown), soft_wrap=True)


def _facts(as_of: datetime | None) -> Any:
    from briefing.inputs.facts import load_facts

    ledger = load_facts(project_root() / "params" / "facts")
    return ledger.known_on(as_of.date()) if as_of else ledger


def _amount(fact: Any, written: Callable[[float], str] = "{:,.15g}".format) -> str:
    if fact.term is not None:
        return fact.term.answer
    ends = [fact.low, fact.value, fact.high]
    shown = " … ".join(written(end) for end in dict.fromkeys(ends) if end is not None)
    return f"{shown} {fact.unit or ''}".strip()


def _in_short(amount: float) -> str:
    """For a list; `facts show` has every digit.

    >>> _in_short(30e9), _in_short(1.25e12), _in_short(0.39)
    ('30bn', '1.25tn', '0.39')
    """
    for size, word in ((1e12, "tn"), (1e9, "bn"), (1e6, "m")):
        if abs(amount) >= size:
            return f"{amount / size:.6g}{word}"
    return f"{amount:,.6g}"


@app.command()
def sets() -> None:
    """List the parameter sets and sweeps, and what each assumes."""
    from briefing.inputs.parameters import load_parameter_set, parameter_set_names
    from briefing.inputs.sweeps import load_sweep, sweep_names

    folder = project_root() / "params"
    ledger = _facts(None)
    for name in parameter_set_names(folder):
        each = load_parameter_set(name, folder, ledger)
        output.print(Text.assemble((f"{name:<18}", "bold"), f"{each.as_of}  {each.title}"))
    for name in sweep_names(folder):
        sweep = load_sweep(name, folder)
        told = f"sweep of {sweep.set}: {sweep.title}"
        output.print(Text.assemble((f"{name:<18}", "bold"), told))


@app.command()
def schema() -> None:
    """Write the schemas of params/, with which editors complete names."""
    from briefing.inputs.parameters import parameter_schema
    from briefing.inputs.risks import risk_schema
    from briefing.inputs.signals import signal_schema

    folder = project_root() / "params"
    schemas = {
        folder: parameter_schema(folder),
        folder / "risks": risk_schema(folder),
        folder / "watch": signal_schema(folder),
    }
    for place, content in schemas.items():
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        (place / "schema.json").write_text(text, encoding="utf-8")
        output.print(Text(str(_short(place / "schema.json"))))


if __name__ == "__main__":
    main()
