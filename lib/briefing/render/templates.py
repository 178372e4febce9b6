"""Where the templates are: one folder per medium, beside the fonts that all media share."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from briefing.inputs.files import templates_folder

TEMPLATES = templates_folder()

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
