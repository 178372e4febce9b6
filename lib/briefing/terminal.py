"""The terminal: answers go to standard output, all else to standard error."""

import os
import sys

from rich.console import Console

# rich would print nothing at all on a terminal that claims to have no columns.
WIDTH = 80 if os.environ.get("COLUMNS") == "0" else None

PIPE = 10_000
"""Columns of what is no terminal: whoever reads it there wants addresses and rows whole."""

HAS_COLUMNS = bool(os.environ.get("COLUMNS")) or sys.stdout.isatty()

output = Console(width=WIDTH or (None if HAS_COLUMNS else PIPE))
errors = Console(width=WIDTH, stderr=True)
