"""The home page of a reports place: made anew when something was published, never seen torn."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from briefing.runs.places import Place

HOME = "index.html"

ATTEMPTS = 10


def renew(place: Place, page: Callable[[Mapping[str, Mapping[str, Any]]], str]) -> None:
    """Put the page that `page` makes of all records in the place of the one before.

    Several builds may do this at once, and the last one wins. So whoever writes looks again at
    what is there: otherwise a page begun earlier and written later would lack the other's build.
    """
    with TemporaryDirectory(prefix="briefing-staged-") as folder:
        file = Path(folder) / HOME
        for _ in range(ATTEMPTS):
            names = place.folders()
            file.write_text(page(place.records(names)), encoding="utf-8")
            place.put(HOME, file)
            if place.folders() == names:
                return
