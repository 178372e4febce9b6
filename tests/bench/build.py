"""How long a briefing takes beside the stock tools: `python tests/bench/build.py [rounds]`.

Stock: papermill for each notebook, one after another, then nbconvert's own HTML of each. Ours:
`briefing build`, which runs the same notebooks and renders one HTML page and one PDF. Rounds are
interleaved, ratios taken round by round, medians printed: absolute times of a shared machine say
little.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from briefing.runs.notebooks import notebook_files

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def stock(folder: Path) -> None:
    """Execute and convert a briefing's notebooks with the stock papermill and nbconvert."""
    for source in notebook_files(ROOT / "notebooks"):
        target = folder / source.name
        _run(BIN / "papermill", source, target, "-p", "parameter_set", "deal_day")
        _run(BIN / "jupyter", "nbconvert", "--to", "html", target)


def ours(folder: Path) -> None:
    """Build the same parameter set into an empty folder."""
    _run(BIN / "briefing", "build", "deal_day", "--reports", folder)


def up_to_date(folder: Path) -> None:
    """Build it again, with nothing changed."""
    ours(folder)


def _seconds(action: Callable[[Path], None], folder: Path) -> float:
    started = time.perf_counter()
    action(folder)
    return time.perf_counter() - started


def main(rounds: int) -> None:
    """Print medians and the ratios stock / ours."""
    taken: dict[str, list[float]] = {"stock": [], "ours": [], "up to date": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            taken["stock"].append(_seconds(stock, Path(one)))
            taken["ours"].append(_seconds(ours, Path(two)))
            taken["up to date"].append(_seconds(up_to_date, Path(two)))
    for name, seconds in taken.items():
        ratios = [a / b for a, b in zip(taken["stock"], seconds, strict=True)]
        print(
            f"{name:<11} median {statistics.median(seconds):6.1f} s"
            f"   stock / this {statistics.median(ratios):5.1f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
