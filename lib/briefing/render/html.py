"""The briefing on a screen: a notebook to one HTML file that asks nothing of the network.

Without scripts it shows charts as pictures; with them they answer the pointer. The style sheet and
both scripts are named by hash in the page's security policy, so text from a notebook or a fact
could not run or style anything even if it slipped through escaping.
"""

import base64
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import repeat
from typing import Any

import mistune
from jinja2 import Environment
from markupsafe import Markup, escape
from mistune.core import BlockState
from nbformat import NotebookNode
from traitlets import Unicode

from briefing.exhibits import tables
from briefing.exhibits.palette import STILL_INK
from briefing.inputs.audiences import load_audience
from briefing.render.charts import compiled, drawing, drawn, written
from briefing.render.columns import column_rules
from briefing.render.data import csv_rows
from briefing.render.document import (
    CHANGES,
    FIGURES,
    REGISTER,
    Document,
    ExhibitBlock,
    Mark,
    Token,
    document,
)
from briefing.render.document import FACTS as FACTS_REGISTER
from briefing.render.drawings import kept
from briefing.render.exporter import ReadingExporter, uncollected
from briefing.render.homes import ROWS, Homes, Leads, fact_anchor, figure_anchor, link
from briefing.render.lenses import params, seen_by
from briefing.render.page import ITALIC, STYLE, UPRIGHT, WEB, bare, policy, style
from briefing.render.svg import in_html, inline_svg, short_path
from briefing.render.templates import environment


class BriefingHTMLExporter(ReadingExporter):
    """`jupyter nbconvert --to briefing-html` makes one HTML file of an executed notebook."""

    export_from_notebook = "Briefing (HTML)"
    output_mimetype = "text/html"

    audience = Unicode("", help="One of params/audiences, for its lens on the briefing.").tag(
        config=True
    )

    def _file_extension_default(self) -> str:
        return ".html"

    # nbconvert's own exporters return text or bytes here too, whatever the base class declares.
    @uncollected()
    def from_notebook_node(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[str, Any]:
        """The page as text."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        whole = document(notebook)
        if not self.audience:
            return html(whole), resources
        return html(seen_by(whole, load_audience(self.audience, params())), whole), resources


WHOLE = "briefing.html"
"""Where the page of the whole briefing lies, as seen from an audience's."""


def html(briefing: Document, whole: Document | None = None) -> str:
    """A document as one HTML page; a lens on a `whole` leads there for what it leaves out."""
    exhibits = [block for block in briefing.blocks if isinstance(block, ExhibitBlock)]
    sheet = style(UPRIGHT, ITALIC, more=column_rules(exhibits))
    charts = [each for block in exhibits for each in _charts(block)]
    pictures = {each.anchor: each.picture for each in charts}
    live = _live(exhibits, charts)
    anchors = _anchors(briefing, whole)
    return (
        _environment()
        .get_template("briefing.html.j2")
        .render(
            document=briefing,
            style=Markup(sheet),
            pictures=pictures,
            live=live,
            whole_page=WHOLE if whole else "",
            policy=policy(sheet, *(live["scripts"] if live else ())),
            register=REGISTER,
            facts=FACTS_REGISTER,
            figures=FIGURES,
            changes=CHANGES,
            anchors=anchors,
            homes=Homes(anchors),
            pages=_Pages(exhibits),
        )
    )


@dataclass(frozen=True)
class _Chart:
    """One picture of a page by the name that the page has for it, with its words."""

    anchor: str
    alt: str
    spec: Mapping[str, Any]

    @cached_property
    def _written(self) -> str:
        return written(self.spec)

    @cached_property
    def picture(self) -> Markup:
        inline = inline_svg(drawn(self._written), self.alt, self.anchor, tuple(_colours().items()))
        return Markup(in_html(inline))

    @property
    def live(self) -> str:
        """Its specification for a browser, whose readers of screens have the picture's words."""
        return _live_chart(self._written, _needs_paper(self.picture))


@lru_cache(maxsize=256)
def _live_chart(written: str, is_on_paper: bool) -> str:
    chart = json.loads(_with_short_names(compiled(written)))
    del chart["$schema"]
    for data in chart.get("data", ()):
        if "values" in data:
            data |= _in_columns(data.pop("values"))
    return _terse(_for_screens(chart, {} if is_on_paper else _colours()))


def _with_short_names(chart: str) -> str:
    """A compiled chart with data that are called by number, and not by 32 digits of a hash."""
    names = dict.fromkeys(_HASHED.findall(chart))
    numbers = {name: f"data-{number}" for number, name in enumerate(names)}
    return _HASHED.sub(lambda name: numbers[name[0]], chart)


_HASHED = re.compile(r"\bdata-[0-9a-f]{32}\b")


def _in_columns(rows: Any) -> Mapping[str, Any]:
    """Rows with their names said once and like beside like, which packs a quarter smaller."""
    names = [*rows[0]] if rows and isinstance(rows, list) and isinstance(rows[0], dict) else []
    if not names or any([*row] != names for row in rows):
        return {"values": rows}
    return {"columns": {name: [row[name] for row in rows] for name in names}}


def _charts(block: ExhibitBlock) -> Iterator[_Chart]:
    if block.kind == "chart":
        yield _Chart(block.anchor, block.alt, block.body)
        for number, (label, spec) in enumerate(block.steps):
            told = f"{block.title} {label}: " + "; ".join(_told(spec))
            yield _Chart(f"{block.anchor}-{number}", told, spec)


def _live(exhibits: Sequence[ExhibitBlock], charts: Sequence[_Chart]) -> Mapping[str, Any]:
    """The scripts that bring exhibits alive, with what they need packed.

    What the page has no use for is left out; nothing if it has no use for any.
    """
    choices = {block.anchor: block.choices for block in exhibits if block.choices}
    # Figures are a file of their own beside the page.
    files = {
        block.anchor: [*_file(block, block.data)]
        for block in exhibits
        if block.data and block.id != FIGURES
    }
    live = ",".join(f"{_terse(each.anchor)}:{each.live}" for each in charts)
    data = {
        "charts": f"{{{live}}}" if charts else "",
        "choices": _terse(choices) if choices else "",
        "files": _terse(files) if files else "",
    }
    if not any(data.values()):
        return {}
    starts = [*_ALWAYS, *(_SCRIPTS[name] for name in data if data[name])]
    start, library = "".join(map(_script, starts)), _library() if charts else ""
    packed = {name: text for name, text in {"library": library, **data}.items() if text}
    return {
        "start": Markup(start),
        "packed": {name: Markup(_packed(text)) for name, text in packed.items()},
        "scripts": tuple(filter(None, (start, library))),
    }


def _file(block: ExhibitBlock, data: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """The columns of a file, each text in them that the table beside it has by its place there.

    The registers are a third of all data, and their tables have every word of them.
    """
    head, *rows = csv_rows(data)
    shown = [*block.body.rows] if block.kind == "table" else []
    cells = shown if len(shown) == len(rows) else [()] * len(rows)
    told = ([*map(_place, row, repeat(beside))] for row, beside in zip(rows, cells, strict=True))
    return zip(head, *told, strict=True)


def _place(text: str, row: tables.Row) -> Any:
    """Which cell is this text, or has it from which letter to which, or leads to this page.

    Otherwise the text itself.
    """
    if len(text) <= LONGEST_TWICE or not text.isprintable():
        return text
    for at, cell in enumerate(row):
        start = tables.words(cell).find(text)
        if start >= 0:
            end = start + len(text)
            return at if end - start == len(tables.words(cell)) else (at, start, end)
        if [run.url for run in cell if run.url] == [text]:
            return (at,)
    return text


LONGEST_TWICE = 12
"""Characters of a text that is said twice more easily than found."""

_ALWAYS = ("contents.js", "pages.js", "unpacked.js")
_SCRIPTS = {"charts": "live.js", "choices": "moves.js", "files": "files.js"}
"""What brings each kind of packed data alive."""


def _for_screens(value: Any, colours: Mapping[str, str]) -> Any:
    """A specification, or part of one, in the page's colours, which turn with the light.

    Its numbers have six digits and its paths tenths of pixels, beyond what any screen shows.
    """
    match value:
        case dict():
            return {name: _for_screens(each, colours) for name, each in value.items()}
        case list():
            return [_for_screens(each, colours) for each in value]
        case str() if _PATH.fullmatch(value):
            return short_path(value)
        case str():
            return colours.get(value.lower(), value)
        case float():
            return float(f"{value:.6g}")
        case _:
            return value


_PATH = re.compile(r"M[-\d][-\d.,eMLHVCSQTAZ]{20,}")


@cache
def _script(name: str) -> str:
    """A script without what it says to those who read it here."""
    lines = map(str.strip, (WEB / name).read_text(encoding="utf-8").splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


@cache
def _library() -> str:
    return kept(_script("vega.js"), "js", lambda script: drawing().javascript_bundle(script))


def _terse(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


@lru_cache(maxsize=4)
def _packed(text: str) -> str:
    # In base 85 a twelfth less than in base 64; with a comma for what could begin a tag.
    packed = base64.b85encode(gzip.compress(text.encode(), mtime=0))
    return packed.decode().replace("<", ",")


def _anchors(briefing: Document, whole: Document | None) -> Mapping[str, str]:
    """Where each numbered exhibit stands, on this page or on that of the whole briefing."""
    places: dict[str, str] = {}
    for page, of in ((WHOLE, whole), ("", briefing)):
        shown = (block for block in of.blocks if isinstance(block, ExhibitBlock)) if of else ()
        places |= {block.id: f"{page}#{block.anchor}" for block in shown if block.id}
    return places


class _Pages:
    """Addresses of pages, which are long and stand on this page once: in the register of facts.

    Whatever else names such a page leads to the row there that does, and to the page itself as
    soon as a script has run.
    """

    def __init__(self, exhibits: Iterable[ExhibitBlock]) -> None:
        registers = (block for block in exhibits if block.id == FACTS_REGISTER)
        rows = [row for block in registers for row in block.body.rows]
        # The first address of a row is the one that the script finds there.
        told = [(fact_anchor(tables.words(row[0])), _addresses(row)[:1]) for row in rows]
        self._rows = {url: row for row, urls in reversed(told) for url in urls}
        self._untold = set(self._rows)
        named = Counter(url for _, urls in told for url in urls)
        self._shared = {url for url, facts in named.items() if facts > 1}

    def link(self, url: str, text: str) -> Markup:
        """A link outside the register."""
        if url in self._rows:
            return Markup('<a href="#{}">{}</a>').format(self._rows[url], text)
        return Markup('<a href="{}">{}</a>').format(url, text) if url else escape(text)

    def cell_link(self, url: str, text: str) -> Markup:
        """A link in a table, whose cell may tell of one fact where the page has several."""
        return Markup(tables.web_link(url, text)) if url in self._shared else self.link(url, text)

    def register_link(self, url: str, text: str) -> Markup:
        """A link in the register, where an address is told with the first fact that has it."""
        if url in self._untold:
            self._untold.remove(url)
            return Markup(tables.web_link(url, text))
        return self.link(url, text)


def _addresses(row: tables.Row) -> Sequence[str]:
    return [run.url for cell in row for run in cell if run.url]


@cache
def _environment() -> Environment:
    templates = environment("html")
    templates.filters |= {
        "bare": lambda markup: Markup(bare(str(markup))),
        "prose": _prose,
        "table": _table,
        "on_paper": _needs_paper,
        "is_narrow": _is_narrow,
        "home": figure_anchor,
        "leads": Leads,
    }
    return templates


def _prose(tokens: Iterable[Token], leads: Leads) -> Markup:
    return Markup(_ProseRenderer()(leads.tokens(tokens), BlockState()))


def _table(block: ExhibitBlock, leads: Leads, pages: _Pages) -> Markup:
    row_id = ROWS.get(block.id)
    linked = pages.register_link if block.id == FACTS_REGISTER else pages.cell_link
    return Markup(tables.html(block.body, leads.text, row_id, f"title-{block.anchor}", linked))


class _ProseRenderer(mistune.HTMLRenderer):
    """Markdown to HTML. Raw HTML shows as the text it is; a picture gives way to its words."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return text

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """A heading inside a list or a call-out belongs to no outline."""
        return f"<p><strong>{text}</strong></p>\n"

    def block_quote(self, text: str) -> str:
        return f'<div class="callout" role="note">{text}</div>\n'

    def number(self, text: str, url: str, title: str) -> str:
        return link(url, title, Markup(text))

    def note(self, number: int, occurrence: int) -> str:
        return _note_mark(Mark(number, occurrence))


def _note_mark(mark: Mark) -> Markup:
    """The raised number that calls a note at the end of the page."""
    return Markup(
        '<sup><a id="call-{0}-{1}" href="#note-{0}" aria-label="Note {0}">{0}</a></sup>'
    ).format(mark.number, mark.occurrence)


def _told(spec: Mapping[str, Any]) -> Iterator[str]:
    """Descriptions that a chart's rows carry, such as who pays whom."""
    for part in (spec, *spec.get("layer", ())):
        data = part.get("data", {})
        rows = data.get("values") or spec.get("datasets", {}).get(data.get("name"), ())
        yield from (row["description"] for row in rows if "description" in row)


@cache
def _colours() -> Mapping[str, str]:
    """Charts' colours to the page's custom properties, which turn with the light.

    The style sheet's first palette, the light one, has the charts' own colours.
    """
    light = STYLE.read_text(encoding="utf-8").partition("}")[0]
    named = {hex_: f"var(--{name})" for name, hex_ in re.findall(r"--(\w+): (#\w{6});", light)}
    return named | {"white": "var(--page)", "#fff": "var(--page)", "#000": "var(--ink)"}


NARROW = 500
"""Width of a picture beside which notes have room in a column of text, in pixels."""


def _is_narrow(svg: str) -> bool:
    width = re.search(r'<svg[^>]* width="?([\d.]+)', svg)
    return bool(width) and float(width[1]) <= NARROW


def _needs_paper(svg: str) -> bool:
    """Whether a chart has colours besides the palette's, and on them inks that turn with the light.

    Such a chart stays on white even in the dark. Our heat maps write in inks that do not turn.
    """
    if STILL_INK in svg:
        return False
    fills = set(re.findall(r' fill="?([^"\s>]*)', str(svg)))
    turning = ("var(", "none", "transparent", "url(", *_colours())
    return any(not fill.lower().startswith(turning) for fill in fills)
