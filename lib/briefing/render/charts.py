"""Charts as pictures: a Vega-Lite specification in, SVG out, or PNG where no SVG is shown.

On the way it is compiled to Vega, which is what a page draws live.
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from io import BytesIO
from typing import Any

from briefing.render.document import printable
from briefing.render.drawings import kept
from briefing.render.templates import FONTS

FONT = "Inter"

PNG_SCALE = 2
"""Pixels of a PNG for each of a screen's, as sharp screens have them."""

PHONE_WIDTH = 270
"""Plot width of a chart that a phone shows whole."""

PHONE_TYPE = 15
"""Size of its letters, which a phone still shows at two thirds."""

CHATTY = ("swc_ecma_transforms_optimization", "tiny_skia")
"""Parts of the drawing library that log each step, or each line that is drawn straight."""

PNG_COLOURS = 128
"""Lines and bars have few; the rest are the edges of letters."""


def chart_svg(spec: Mapping[str, Any]) -> str:
    """The chart as an SVG document; equal specifications are drawn once."""
    return drawn(written(spec))


def written(spec: Mapping[str, Any]) -> str:
    """The specification as JSON, by which a chart is known to those who draw it."""
    return _written(_mute(spec))


@lru_cache(maxsize=256)
def drawn(written: str) -> str:
    """The chart that was `written` so as an SVG document."""
    return kept(written, "svg", _newly_drawn)


@lru_cache(maxsize=256)
def compiled(written: str) -> str:
    """The chart that was `written` so as Vega has it, which a page draws with half the code."""
    return kept(written, "json", _newly_compiled)


def _mute(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    # Vega writes labels for screen readers into its SVG unescaped; the page has its own.
    return {**spec, "config": {"font": FONT, **spec.get("config", {}), "aria": False}}


def _written(spec: Mapping[str, Any]) -> str:
    """The specification as JSON. A control character in it would end the process, not the call."""
    text = json.dumps(spec, sort_keys=True)
    return json.dumps(_printable(spec), sort_keys=True) if _DOUBTFUL.search(text) else text


_DOUBTFUL = re.compile(r"\\(?:[bf]|u(?:00[0-9]|d[89a-f]))")
"""How JSON writes what no medium can print, among other things."""


def _printable(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case Mapping():
            return {name: _printable(each) for name, each in value.items()}
        case list() | tuple():
            return [_printable(each) for each in value]
        case _:
            return value


@dataclass(frozen=True)
class Picture:
    """A PNG, and how wide and high it is meant to be shown."""

    png: bytes
    width: int
    height: int


def for_phones(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The same chart, narrower and in larger letters."""
    config = dict(spec.get("config", {}))
    for part in ("axis", "legend", "header"):
        sizes = {"labelFontSize": PHONE_TYPE, "titleFontSize": PHONE_TYPE}
        config[part] = {**config.get(part, {}), **sizes}
    config["text"] = {**config.get("text", {}), "fontSize": PHONE_TYPE}
    narrow = {"width": min(spec["width"], PHONE_WIDTH)} if "width" in spec else {}
    return {**spec, **narrow, "config": config}


def chart_png(spec: Mapping[str, Any]) -> Picture:
    """The chart on white, for readers whose programs draw no SVG."""
    config = {"font": FONT, **spec.get("config", {}), "background": "white"}
    return _pixels(_written({**spec, "config": config}))


@lru_cache(maxsize=16)
def _pixels(spec: str) -> Picture:
    from PIL import Image

    drawn = drawing().vegalite_to_png(spec, scale=PNG_SCALE)
    # A palette makes it nine times smaller, and nobody sees the difference.
    image = Image.open(BytesIO(drawn)).convert("RGB")
    written = BytesIO()
    image.quantize(PNG_COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    width, height = (round(pixels / PNG_SCALE) for pixels in image.size)
    return Picture(written.getvalue(), width, height)


def _newly_drawn(spec: str) -> str:
    return drawing().vega_to_svg(compiled(spec))


def _newly_compiled(spec: str) -> str:
    return json.dumps(drawing().vegalite_to_vega(spec), sort_keys=True)


@cache
def drawing() -> Any:
    """The library that draws, with our typeface, without which a chart loses all its text.

    It may fetch nothing: a chart brings its data along, and a briefing is built offline.
    """
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    library: Any = import_module("vl_convert")  # it states no types
    library.register_font_directory(str(FONTS))
    library.configure(base_url=False, allowed_base_urls=[], missing_fonts="error")
    return library
