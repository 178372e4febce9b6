"""What tests of builds do again and again: spoil a project a little, build, and ask why."""

from dataclasses import replace

import nbformat
from nbformat.v4 import new_code_cell

from briefing.runs.build import Options, build
from briefing.runs.documents import FORMATS
from briefing.runs.places import Folder
from briefing.runs.plan import plan
from briefing.runs.stale import why


def built(project, *names, reports="reports", formats=(), lane="exec", **options):
    """Outcomes of a build of these sets, without documents unless asked; folders are paths."""
    place = Folder(project / reports)
    outcomes = build(plan(names), place, Options(formats=formats, lane=lane, **options))
    return [replace(outcome, folder=place.path / outcome.folder) for outcome in outcomes]


def reasons(project, *names):
    return dict(why(plan(names), Folder(project / "reports"), tuple(FORMATS)))


def runs(outcome):
    return outcome.ran, outcome.reused


def one(outcomes):
    (outcome,) = outcomes
    return outcome


def edit_notebook(project, name, source):
    file = project / "notebooks" / f"{name}.ipynb"
    notebook = nbformat.read(file, as_version=4)
    notebook.cells.append(new_code_cell(source))
    nbformat.write(notebook, file)


def edit_text(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
