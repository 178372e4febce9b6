"""Where the command begins, before anything that takes long is loaded."""

import signal


def main() -> None:
    """Run the command; while it loads, Ctrl-C ends it without a word, as it ends any program."""
    answer = signal.getsignal(signal.SIGINT)
    if answer is signal.default_int_handler:  # and not ignored, as in the background of a script
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from briefing.cli import main as command

    signal.signal(signal.SIGINT, answer)
    command()
