"""What a notebook may hold: prose and one-line calls, no figures, no formulas, no paths."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from briefing.inputs.digests import notebook_parts
from briefing.inputs.files import BadInput
from briefing.runs.documents import EXHIBIT_MIME, KEY_FIGURES

if TYPE_CHECKING:  # a build that has nothing to do does without it
    from nbformat import NotebookNode

CONSEQUENCE = "nothing was executed"

FRONT = (KEY_FIGURES, "key_takeaways")
"""Exhibits with which a briefing begins."""

PARAMETERS = frozenset({"parameter_set", "overrides"})

NAMES_WITH_DIGITS = re.compile(r"\bE\d{2}[a-z]?\b|\b20\d{2}(Q[1-4]|-\d{2}(-\d{2})?)?\b")
"""Digits that prose may hold: exhibit numbers and dates. Every other figure must be computed."""

_FORBIDDEN = {
    ast.FunctionDef: "defines a function",
    ast.AsyncFunctionDef: "defines a function",
    ast.Lambda: "defines a function",
    ast.ClassDef: "defines a class",
    ast.BinOp: "holds model maths",
    ast.For: "holds a loop",
    ast.While: "holds a loop",
    ast.comprehension: "holds a loop",
}


def notebook_files(folder: Path) -> tuple[Path, ...]:
    """The notebooks of a briefing in reading order; raises BadInput when there are none.

    Neither may what is named like one be something else, such as a folder or a pipe.
    """
    files = notebook_parts(folder)
    if not files:
        raise BadInput([f"{folder}: holds no notebooks (00_….ipynb); {CONSEQUENCE}"])
    if odd := [file for file in files if not file.is_file()]:  # a pipe would be waited for
        raise BadInput(f"{file}: must be a file; {CONSEQUENCE}" for file in odd)
    return files


def check_notebooks(files: tuple[Path, ...]) -> None:
    """Raise BadInput with every rule that a notebook breaks, before any kernel starts."""
    messages = [message for file in files for message in _messages(file)]
    if messages:
        raise BadInput(messages)


def joined(
    notebooks: Iterable["NotebookNode"],
    key: str,
    home: str = "",
    changed: Mapping[str, Any] | None = None,
) -> "NotebookNode":
    """The notebooks of one briefing as one, in the given order.

    `key` names the build, and `home` is where the page of all builds lies, seen from there. What
    `changed` since the build before is an output that no notebook can have; it stands after the
    answers, or where there are none after the key figures.
    """
    from nbformat import NotebookNode
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    cells = [cell for notebook in notebooks for cell in notebook.cells]
    front = [place for place, cell in enumerate(cells, start=1) if _is_front(cell)]
    if changed and front:
        shown = new_output("display_data", data=changed)
        cells.insert(front[-1], new_code_cell("# Put in by the build.", outputs=[shown]))
    renamed = [NotebookNode({**cell, "id": f"cell-{n}"}) for n, cell in enumerate(cells, start=1)]
    return new_notebook(cells=renamed, metadata={"briefing": {"key": key, "home": home}})


def _is_front(cell: "NotebookNode") -> bool:
    """Whether a cell shows what a front page begins with."""
    described = (output.get("data", {}).get(EXHIBIT_MIME, {}) for output in cell.get("outputs", ()))
    return any(each.get("name") in FRONT for each in described)


def _messages(file: Path) -> Iterator[str]:
    import nbformat

    try:
        notebook = nbformat.read(file, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        detail = str(error).splitlines()[0]
        yield f"{file}: is no valid notebook ({detail}); {CONSEQUENCE}"
        return
    for fault in faults(notebook):
        yield f"{file}: {fault}; {CONSEQUENCE}"


def faults(notebook: "NotebookNode") -> Iterator[str]:
    """Each rule that `notebook` breaks, with its cell."""
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        yield f"must have exactly one cell tagged parameters, has {len(tagged)}"
    for number, cell in enumerate(notebook.cells, start=1):
        find = _prose_faults if cell.cell_type == "markdown" else _code_faults
        yield from (f"cell {number} ({cell.get('id', 'no id')}) {fault}" for fault in find(cell))


def _prose_faults(cell: "NotebookNode") -> Iterator[str]:
    rest = NAMES_WITH_DIGITS.sub("", cell.source)
    for found in re.findall(r"\S*\d\S*", rest):
        yield f"states the figure {found!r}; figures come from the graph"


def _code_faults(cell: "NotebookNode") -> Iterator[str]:
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        yield f"is no valid Python ({error.msg})"
        return
    if len(cell.source.strip().splitlines()) > 4:
        yield "is longer than four lines; move the work to lib/"
    is_parameters = "parameters" in cell.metadata.get("tags", [])
    if is_parameters and set(_assigned(tree)) != PARAMETERS:
        yield f"must set exactly the parameters {' and '.join(sorted(PARAMETERS))}"
    for node in ast.walk(tree):
        if type(node) in _FORBIDDEN:
            yield f"{_FORBIDDEN[type(node)]}; it belongs in lib/"
        elif isinstance(node, ast.Constant) and not is_parameters:
            yield from _constant_faults(node.value)


def _assigned(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _constant_faults(value: object) -> Iterator[str]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield f"holds the number {value}; numbers live in params/"
    elif isinstance(value, str) and re.search(r"[/\\]", value):
        yield f"holds the path {value!r}; paths belong in lib/"
