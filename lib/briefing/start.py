"""Where the command begins, before anything that takes long is loaded."""

import os
import signal
import sys


def main() -> None:
    """Run the command; while it loads, Ctrl-C ends it without a word, as it ends any program."""
    answer = signal.getsignal(signal.SIGINT)
    if answer is signal.default_int_handler:  # and not ignored, as in the background of a script
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    _open_what_is_closed()
    from briefing.cli import main as command

    signal.signal(signal.SIGINT, answer)
    command()


def _open_what_is_closed() -> None:
    """Whoever closes a stream wants to read nothing of it; most libraries expect it to be there."""
    from pathlib import Path

    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
