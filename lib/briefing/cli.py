"""The command line: build briefings, look up facts, ask where a number comes from."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from briefing.inputs.files import BadInput, project_root

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
facts_app = typer.Typer(help="Look up facts: list and filter them, or show one.")
app.add_typer(facts_app, name="facts")

output = Console()
errors = Console(stderr=True)

AsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="As known on that day.")
]
SetName = Annotated[str, typer.Option("--set", help="Parameter set.")]


def main() -> None:
    """Run the command; wrong input ends with one message per fault and status 2."""
    try:
        app()
    except BadInput as error:
        for message in error.messages:
            errors.print(Text(message), soft_wrap=True)
        sys.exit(2)
    except OSError as error:
        errors.print(Text(f"{error}; nothing was lost"), soft_wrap=True)
        sys.exit(1)


@app.command()
def build(
    sets: Annotated[list[str], typer.Argument(help="Parameter sets, e.g. deal_day latest.")],
    jobs: Annotated[int | None, typer.Option(min=1, help="Notebooks at a time.")] = None,
    reports: Annotated[Path | None, typer.Option(help="Folder for the reports.")] = None,
) -> None:
    """Check, execute and render briefings; print where the HTML and the PDF lie."""
    from briefing.runs.build import FORMATS, plan
    from briefing.runs.build import build as build_all

    plans = plan(tuple(sets), reports)
    for each in plans:
        _print_notes(each.parameters)
    steps = sum(len(each.notebooks) + len(FORMATS) for each in plans if not each.is_built)
    with _progress() as progress:
        bar = progress.add_task("Building", total=steps or 1, completed=0 if steps else 1)

        def report(name: str, done: str) -> None:
            progress.update(bar, advance=1, description=f"{name}: {done}")

        try:
            outcomes = list(build_all(plans, jobs, report))
        except KeyboardInterrupt:
            errors.print("Stopped; what had been built before stays as it was.")
            raise typer.Exit(130) from None
        progress.update(bar, description="Built")
    for outcome in outcomes:
        _print_outcome(outcome)
    if any(outcome.failure for outcome in outcomes):
        raise typer.Exit(1)


def _print_notes(parameters: Any) -> None:
    for note in parameters.notes:
        errors.print(Text(f"note: {note}", style="yellow"), soft_wrap=True)


def _progress() -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=errors)


def _print_outcome(outcome: Any) -> None:
    name = outcome.plan.parameters.name
    if outcome.failure:
        errors.print(Text(f"{name}: not built\n{outcome.failure}"), soft_wrap=True)
        errors.print(Text(f"  kept for you: {_short(outcome.folder)}"), soft_wrap=True)
        return
    note = " (nothing had changed)" if outcome.was_built else ""
    output.print(Text(f"{name}, as of {outcome.plan.parameters.as_of}{note}"))
    for file in outcome.plan.outputs:
        output.print(Text(f"  {_short(file)}"), soft_wrap=True)


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


@app.command()
def check(
    sets: Annotated[list[str] | None, typer.Argument(help="Parameter sets; all if none.")] = None,
) -> None:
    """Check facts, parameter sets and notebooks without executing anything."""
    from briefing.inputs.parameters import parameter_set_names
    from briefing.runs.build import plan

    names = tuple(sets or parameter_set_names(project_root() / "params"))
    for each in plan(names):
        output.print(Text(f"{each.parameters.name}: {each.parameters.title}"))
        _print_notes(each.parameters)


@app.command()
def explain(
    quantity: Annotated[str, typer.Argument(help="Name of a quantity or an assumption.")],
    parameter_set: SetName = "latest",
    as_of: AsOf = None,
) -> None:
    """Show where a number comes from: formula, assumptions, facts, links."""
    from briefing.case import Case

    case = Case(parameter_set, as_of=as_of.date() if as_of else None)
    output.print(Text(repr(case), style="dim"))
    try:
        output.print(case.explain(quantity))
    except KeyError as error:
        raise BadInput([f"explain: {error.args[0]}; nothing to explain"]) from None


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
    found = _facts(as_of).matching(text, topic=topic, subject=subject, kind=kind, status=status)
    table = Table("Fact", "Amount", "Known since", "Grade", "What was said", box=None)
    for fact in found.values():
        amount = _amount(fact)
        table.add_row(fact.id, amount, str(fact.known_since), fact.grade, Text(fact.note))
    output.print(table)
    output.print(f"{len(found)} fact{'' if len(found) == 1 else 's'}")


@facts_app.command("show")
def show_fact(fact_id: Annotated[str, typer.Argument(help="Id of the fact.")]) -> None:
    """Show one fact with its source."""
    try:
        fact = _facts(None)[fact_id]
    except KeyError as error:
        raise BadInput([f"facts show: {error.args[0]}; nothing to show"]) from None
    for name, value in {**fact.model_dump(), "grade": fact.grade}.items():
        if value not in (None, ""):
            shown = json.dumps(value, default=str) if isinstance(value, dict) else str(value)
            output.print(Text.assemble((f"{name:<13}", "bold"), shown), soft_wrap=True)


def _facts(as_of: datetime | None) -> Any:
    from briefing.inputs.facts import load_facts

    ledger = load_facts(project_root() / "params" / "facts")
    return ledger.known_on(as_of.date()) if as_of else ledger


def _amount(fact: Any) -> str:
    ends = [fact.low, fact.value, fact.high]
    shown = " … ".join(f"{end:,.10g}" for end in dict.fromkeys(ends) if end is not None)
    return f"{shown} {fact.unit or ''}".strip()


@app.command()
def sets() -> None:
    """List the parameter sets and what each assumes."""
    from briefing.inputs.parameters import load_parameter_set, parameter_set_names

    folder = project_root() / "params"
    ledger = _facts(None)
    for name in parameter_set_names(folder):
        each = load_parameter_set(name, folder, ledger)
        output.print(Text.assemble((f"{name:<18}", "bold"), f"{each.as_of}  {each.title}"))


@app.command()
def schema() -> None:
    """Write params/schema.json, with which editors complete the names of assumptions."""
    from briefing.inputs.parameters import parameter_schema

    folder = project_root() / "params"
    text = json.dumps(parameter_schema(folder), indent=1, ensure_ascii=False) + "\n"
    (folder / "schema.json").write_text(text, encoding="utf-8")
    output.print(Text(str(_short(folder / "schema.json"))))


if __name__ == "__main__":
    main()
