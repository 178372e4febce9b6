import io

from rich.console import Console

from briefing.runs.build import Event
from briefing.runs.progress import Progress


def told(*events, terminal=False):
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=100)
    with Progress(console, workers=2, counted="notebooks").shown() as progress:
        for event in events:
            progress(event)
        return progress.summary, out.getvalue()


def ran(name):
    return [Event("started", "set", name), Event("ended", "set", name), Event("ran", "set", name)]


def test_the_summary_counts_what_is_done_runs_waits_and_failed():
    summary, _ = told(
        Event("queued", "set", count=5),
        *ran("a"),
        Event("reused", "set", "b"),
        Event("failed", "set", "c"),
        Event("started", "set", "d"),
    )
    assert summary.startswith("3 of 5 notebooks done, 1 running, 1 waiting, 1 failed")


def test_a_failure_is_a_plain_line_at_once_where_there_is_no_terminal():
    _, lines = told(Event("queued", "set", count=2), Event("failed", "set", "02_circularity"))
    assert lines.splitlines() == [
        "set/02_circularity failed; 1 of 2 notebooks done, 0 running, 1 waiting, 1 failed"
    ]


def test_nothing_is_printed_line_by_line_on_a_terminal():
    _, shown = told(Event("queued", "set", count=2), *ran("a"), terminal=True)
    assert "running" not in shown.replace("1 of 2 notebooks done, 0 running, 1 waiting", "")


def test_time_left_is_told_once_something_has_run():
    before, _ = told(Event("queued", "set", count=3))
    assert "left" not in before
