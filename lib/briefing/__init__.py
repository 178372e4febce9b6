"""An analyst desk for the Microsoft–Nvidia–Anthropic alliance: every number is a named function."""

from typing import Any

from briefing.lazily import start_late

start_late()


def __getattr__(name: str) -> Any:
    """Load `Case` on first use, so that small commands start without the whole model."""
    if name == "Case":
        from briefing.case import Case

        return Case
    raise AttributeError(f"module 'briefing' has no attribute {name!r}")
