"""Where the templates are: one folder per medium, beside the fonts that all media share."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

import briefing

TEMPLATES = Path(briefing.__file__).parents[2] / "templates"
"""The package runs from its repository, so templates stay where designers look for them."""

FONTS = TEMPLATES / "fonts"


def environment(medium: str) -> Environment:
    """Templates of a medium in HTML: all text is escaped, and a name without a value is refused."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES / medium),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
