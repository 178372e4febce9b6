"""The terminal: answers go to standard output, all else to standard error."""

import os

from rich.console import Console

# rich would print nothing at all on a terminal that claims to have no columns.
WIDTH = 80 if os.environ.get("COLUMNS") == "0" else None

output = Console(width=WIDTH)
errors = Console(width=WIDTH, stderr=True)
