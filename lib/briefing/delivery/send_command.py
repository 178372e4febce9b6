"""The command `briefing send`: look at a letter before anybody gets one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from briefing.inputs.files import BadInput, project_root
from briefing.terminal import errors, output

app = typer.Typer()


SetNames = Annotated[list[str], typer.Argument(help="Parameter sets.")]


@app.command()
def send(
    names: SetNames,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write files, send nothing.")] = False,
    to_self: Annotated[bool, typer.Option("--to-self", help="Send to the owner alone.")] = False,
    out: Annotated[
        str, typer.Option(help="Folder of the files; by default beside the build.")
    ] = "",
    reports: Annotated[str, typer.Option(help="Folder of the reports.")] = "",
    audience: Annotated[
        str, typer.Option(help="Attach the briefing in the order of cfo, investor, ….")
    ] = "",
) -> None:
    """Build sets and show the letter that readers would get. As files, or mailed to the owner."""
    if dry_run == to_self:
        raise BadInput(
            [
                "send: say --dry-run (files to look at) or --to-self (a mail to the owner); "
                "readers get mail by schedules and `briefing tick`; nothing was built or sent"
            ]
        )
    from briefing.delivery.desk import reports_folder
    from briefing.delivery.sending import sent_to_owner, trial, written
    from briefing.delivery.settings import EXAMPLE, FILE, load_mail
    from briefing.render.lenses import refuse_unknown_exhibits
    from briefing.runs.build import Options, build
    from briefing.runs.places import Folder
    from briefing.runs.plan import default_lane, plan

    if audience:
        refuse_unknown_exhibits(audience)
    root = project_root()
    mail, folder = load_mail(root / "params", dry_run), reports_folder(reports, root)
    if dry_run and not (root / "params" / "delivery" / FILE).exists():
        told = f"note: params/delivery/{FILE} is not there; the letter is from {EXAMPLE}'s sender"
        errors.print(Text(told, style="yellow"), soft_wrap=True)
    # Files to look at need neither a password nor a signature.
    secrets = mail.secrets() if to_self else ()
    mail = mail if to_self else mail.model_copy(update={"dkim": None})
    lane = default_lane()
    plans = plan(names, lane)
    lens = [f"{audience}.html", f"{audience}.pdf"] if audience else []
    formats = ("html", "pdf", "eml", "parquet", *lens)
    attached = f"briefing.{audience}.pdf" if audience else "briefing.pdf"
    is_well = True
    for outcome in build(plans, Folder(folder), Options(formats, lane)):
        if outcome.failure:
            errors.print(Text(f"{outcome.plan.name}: {outcome.failure}"), soft_wrap=True)
            is_well = False
            continue
        made = folder / outcome.folder
        found = trial(made, mail, mail.owner, datetime.now(UTC), (attached,), secrets, audience)
        for told in found.objections:
            errors.print(Text(f"{outcome.folder}: {told}"), soft_wrap=True)
        is_well = is_well and not found.objections
        if dry_run:
            place = Path(out) / outcome.plan.name if out else made.with_name(f"{made.name}-letter")
            for file in written(found, place):
                output.print(Text(f"  {file}"), soft_wrap=True)
            table = Table("Part", "Bytes", box=None)
            for size in found.sizes:
                table.add_row(Text(size.part), f"{size.size_bytes:,}")
            output.print(table)
        elif not found.objections:
            if trouble := sent_to_owner(found, mail):
                errors.print(Text(trouble), soft_wrap=True)
                is_well = False
            else:
                output.print(Text(f"{outcome.folder}: sent to {mail.owner}"), soft_wrap=True)
    if not is_well:
        raise typer.Exit(1)
