"""Cells in an IPython shell of this process: the lane without sockets.

Outputs are those that a kernel would send, but for what programs write past Python to the
standard streams. Each finished cell is a line of JSON at once, so that a killed process leaves
what it had done.
"""

import io
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.jsonutil import encode_images, json_clean
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

Output = dict[str, Any]


class _Outputs:
    """Outputs of the cell that runs, and where those with a display id stand in all cells."""

    def __init__(self) -> None:
        self.by_cell: dict[int, list[Output]] = {}
        self.cell = -1
        self.changed: set[int] = set()
        self.clear_before_next = False
        self._places: dict[str, list[tuple[int, Output]]] = {}
        self._written: dict[str, list[str]] = {"stdout": [], "stderr": []}

    def start(self, cell: int) -> None:
        self.cell = cell
        self.by_cell[cell] = []
        self.clear_before_next = False

    def add(self, output: Output, display_id: str | None = None) -> None:
        self.flush()
        self._append(output)
        if display_id is not None:
            self._places.setdefault(display_id, []).append((self.cell, output))

    def write(self, name: str, text: str) -> None:
        self._written[name].append(text)

    def flush(self) -> None:
        """Append what was written: each stream in one piece up to the next other output, as a
        kernel sends it."""
        for name, pieces in self._written.items():
            text = "".join(pieces)
            pieces.clear()
            last = self.by_cell[self.cell][-1:] if not self.clear_before_next else []
            if text and last and last[0].get("name") == name:
                last[0]["text"] += text
            elif text:
                self._append({"output_type": "stream", "name": name, "text": text})

    def _append(self, output: Output) -> None:
        if self.clear_before_next:
            self.by_cell[self.cell].clear()
            self.clear_before_next = False
        self.by_cell[self.cell].append(output)

    def update(self, display_id: str, data: Any, metadata: Any) -> None:
        self.flush()
        for cell, output in self._places.get(display_id, ()):
            output.update(data=data, metadata=metadata)
            self.changed.add(cell)

    def clear(self, wait: bool) -> None:
        """Forget the cell's outputs, now or when the next one comes."""
        self.flush()
        self.clear_before_next = wait
        if not wait:
            self.by_cell[self.cell].clear()


class _Stream(io.TextIOBase):
    encoding = "utf-8"

    def __init__(self, name: str, outputs: _Outputs):
        self._name, self._outputs = name, outputs

    def write(self, text: str) -> int:
        if text:
            self._outputs.write(self._name, text)
        return len(text)

    def writable(self) -> bool:
        return True


class _Results(DisplayHook):
    """What a cell's last line shows."""

    shell: "NotebookShell"

    def write_output_prompt(self) -> None: ...

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.shell.outputs.add(
            {
                "output_type": "execute_result",
                "execution_count": self.prompt_count,
                "data": json_clean(encode_images(format_dict)),
                "metadata": json_clean(md_dict or {}),
            }
        )

    def finish_displayhook(self) -> None: ...


class _Displays(DisplayPublisher):
    """What a cell displays on its way."""

    shell: "NotebookShell"

    def publish(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        data: Any,
        metadata: Any = None,
        *,
        transient: Mapping[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        content = {
            "data": json_clean(encode_images(data)),
            "metadata": json_clean(metadata or {}),
        }
        display_id = (transient or {}).get("display_id")
        if update:
            self.shell.outputs.update(str(display_id), **content)
        else:
            self.shell.outputs.add({"output_type": "display_data", **content}, display_id)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear(wait)


class NotebookShell(InteractiveShell):
    """IPython whose outputs go to a list."""

    displayhook_class = Type(_Results)
    display_pub_class = Type(_Displays)
    compiler_class = Type(XCachingCompiler)
    outputs: _Outputs

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.outputs.add(
            {
                "output_type": "error",
                "ename": etype.__name__,
                "evalue": str(evalue),
                "traceback": list(stb),
            }
        )


def new_shell() -> NotebookShell:
    """The shell of this process."""
    config = Config()
    config.HistoryManager.enabled = False  # it would keep a thread and a database
    shell = NotebookShell.instance(config=config)
    shell.outputs = _Outputs()
    shell.outputs.start(0)
    return shell


def forget_shell() -> None:
    """Make room for a shell of another kind; there is one in a process."""
    shell = NotebookShell.instance()
    shell.restore_sys_module_state()
    NotebookShell.clear_instance()


def run(cells: Path, outputs: Path, report: Callable[[int], None]) -> None:
    """Run the cells listed in one file until one fails, and write their outputs to another.

    `cells` is a list of [number, source, may fail]; `report` hears each number before it runs.
    """
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    process, shell = os.getpid(), new_shell()
    sys.stdout, sys.stderr = _Stream("stdout", shell.outputs), _Stream("stderr", shell.outputs)
    try:
        with outputs.open("a", encoding="utf-8") as file:
            _write(file, {"language_info": IPythonKernel.language_info})
            for number, source, may_fail in json.loads(cells.read_text("utf-8")):
                report(number)
                failed = not _ran(shell, number, source)
                for changed in sorted(shell.outputs.changed - {number}):
                    _write(file, {"cell": changed, "outputs": shell.outputs.by_cell[changed]})
                shell.outputs.changed.clear()
                _write(
                    file,
                    {
                        "cell": number,
                        "outputs": shell.outputs.by_cell[number],
                        "execution_count": shell.execution_count - 1,
                        "failed": failed,
                    },
                )
                if os.getpid() != process:
                    os._exit(0)  # a copy that the cell has made of this process
                if failed and not may_fail:
                    return
            _write(file, {"end": True})
    finally:
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__


def _ran(shell: NotebookShell, number: int, source: str) -> bool:
    shell.outputs.start(number)
    try:
        return bool(shell.run_cell(source, store_history=True).success)
    except KeyboardInterrupt:
        shell.showtraceback()
        return False
    finally:
        shell.outputs.flush()


def _write(file: Any, line: Mapping[str, Any]) -> None:
    file.write(json.dumps(line) + "\n")
    file.flush()
