"""The files of all modules, listed once by the template instead of by each of its kernels.

A kernel of ipykernel lists them when it starts, for a debugger that steps over them. Merely to ask
a module writes to it, for Python counts who refers to what; so each kernel would copy a fifth of
its memory in order to read what the template knows.
"""

import os
import sys
from types import SimpleNamespace
from typing import Any

from ipykernel import ipkernel


class _Listed:
    """`sys` as it is, but that its modules lie side by side and have a file and nothing else."""

    def __init__(self) -> None:
        told = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        # Encoded and decoded, a name is a copy of its own, away from the module's.
        copies = [os.fsdecode(os.fsencode(file)) for file in told if file]
        self.modules = {file: SimpleNamespace(__file__=file) for file in copies}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


def list_modules() -> None:
    """Let kernels that are forked from now on read what is listed now."""
    ipkernel.sys = _Listed()  # pyright: ignore[reportPrivateImportUsage, reportAttributeAccessIssue]
