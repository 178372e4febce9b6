"""Where the templates are: one folder per medium, beside the fonts that all media share."""

from pathlib import Path

import briefing

TEMPLATES = Path(briefing.__file__).parents[2] / "templates"
"""The package runs from its repository, so templates stay where designers look for them."""

FONTS = TEMPLATES / "fonts"
