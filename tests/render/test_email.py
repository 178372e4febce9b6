import email
import json
import re
import shutil
import subprocess
import sys
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pandas as pd
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets import TraitError

from briefing.exhibits.exhibit import Exhibit, Tile
from briefing.exhibits.tables import table as table_of
from briefing.inputs.signals import fired
from briefing.render.document import FailedNotebook
from briefing.render.email import BriefingEmailExporter
from briefing.render.html import BriefingHTMLExporter
from briefing.render.templates import TEMPLATES
from briefing.runs.notebooks import joined

PAGE_URL, PDF_URL = "https://example.org/b.html", "https://example.org/b.pdf"

HEADERS = [
    "From", "Subject", "Date", "List-Id", "Auto-Submitted", "Message-ID", "MIME-Version",
    "Content-Type",
]  # fmt: skip

# What Gmail, Outlook and Apple Mail show, by caniemail.com. Nothing here can fetch or run.
TAGS = {
    "html", "head", "meta", "title", "style", "body",
    "div",  # the hidden preview alone
    "table", "thead", "tbody", "tr", "td", "th",  # the only layout that Outlook's Word knows
    "h1", "h2", "h3", "p", "br", "span", "strong", "a", "img",
}  # fmt: skip

PROPERTIES = {
    # Type and colour are shown everywhere.
    "font-family", "font-size", "font-weight", "line-height", "letter-spacing", "text-transform",
    "text-align", "vertical-align", "color", "background-color", "white-space",
    # Space: margins only to take a program's own away, padding for the rest.
    "margin", "padding", "padding-top", "padding-bottom", "padding-left",
    "border", "border-top", "border-bottom", "border-collapse",
    # Where Word ignores these, width attributes stand beside them.
    "width", "max-width", "height", "table-layout",
    # Long words; a program that knows none of it shows them all the same.
    "word-break",
    # The preview: display for most, the others for programs that drop it.
    "display", "max-height", "overflow", "mso-hide",
    "-webkit-text-size-adjust",
}  # fmt: skip

VOID = {"meta", "img", "br"}


class Read(HTMLParser):
    """A page or mail read back: its tags, and its texts by the block that holds them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts = [], [""]
        self._hidden = 0
        self.feed(text)
        self.texts = [" ".join(text.split()) for text in self.texts if text.strip()]

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self._hidden += tag == "style"
        words = attributes.get("alt") or attributes.get("aria-label")
        self.texts += [words, ""] if words else []
        self._end_block(tag)

    def handle_endtag(self, tag):
        self._hidden -= tag == "style"
        self._end_block(tag)

    def _end_block(self, tag):
        if tag not in {"a", "span", "strong", "sup", "time"}:
            self.texts.append("")

    def handle_data(self, data):
        if not self._hidden:
            self.texts[-1] += data

    def all(self, *names):
        return [attributes for tag, attributes in self.tags if tag in names]


def export(notebook, **options):
    return BriefingEmailExporter(**options).from_notebook_node(notebook)[0]


def opened(written):
    return email.message_from_bytes(written, policy=default)


def body(message, kind):
    return message.get_body((kind,)).get_content()


def figures(text):
    """Words that hold a digit, without the punctuation around them."""
    return {word.strip(".,;:()[]“”") for word in text.split() if re.search(r"\d", word)}


@pytest.fixture(scope="module")
def executed(root, tmp_path_factory):
    """Four of the briefing's own notebooks, run and joined as a build does it."""
    folder = tmp_path_factory.mktemp("executed")
    notebooks = []
    for name in ("00_summary", "03_valuation", "04_risk", "09_watch"):
        papermill.execute_notebook(
            root / "notebooks" / f"{name}.ipynb", folder / f"{name}.ipynb",
            parameters={"parameter_set": "latest"}, engine_name="briefing-exec",
            progress_bar=False,
        )  # fmt: skip
        notebooks.append(nbformat.read(folder / f"{name}.ipynb", as_version=4))
    return joined(notebooks, "3f9a12")


@pytest.fixture(scope="module")
def written(executed):
    return export(executed, page_url=PAGE_URL, pdf_url=PDF_URL)


@pytest.fixture(scope="module")
def message(written):
    return opened(written)


@pytest.fixture(scope="module")
def source(message):
    return body(message, "html")


@pytest.fixture(scope="module")
def mail(source):
    return Read(source)


@pytest.fixture(scope="module")
def text(message):
    return body(message, "plain")


@pytest.fixture(scope="module")
def page(executed):
    return Read(BriefingHTMLExporter().from_notebook_node(executed)[0])


def test_the_mail_is_text_or_html_with_its_picture(message):
    text, related = message.iter_parts()
    assert message.get_content_type() == "multipart/alternative"
    assert text.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    assert [part.get_content_type() for part in related.iter_parts()] == ["text/html", "image/png"]


def test_the_mail_is_small(written, source):
    assert len(source.encode()) < 80_000
    assert len(written) < 300_000


def test_equal_notebooks_give_equal_bytes(executed, written):
    assert export(executed, page_url=PAGE_URL, pdf_url=PDF_URL) == written


def test_another_process_writes_the_same_bytes(notebook, tmp_path):
    file = tmp_path / "out.ipynb"
    nbformat.write(notebook, file)
    jupyter = Path(sys.executable).parent / "jupyter"
    option = f"--BriefingEmailExporter.page_url={PAGE_URL}"
    command = [jupyter, "nbconvert", "--to", "briefing-email", option, file]
    subprocess.run(command, check=True, capture_output=True)
    assert file.with_suffix(".eml").read_bytes() == export(notebook, page_url=PAGE_URL)


def test_another_content_is_another_message(executed, message):
    other = opened(export(executed))
    assert other["Message-ID"] != message["Message-ID"]
    assert other.get_boundary() != message.get_boundary()


def test_the_mail_has_the_headers_of_a_list_and_no_reader(message):
    assert list(message.keys()) == HEADERS
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "<latest.briefing.invalid>"
    assert message["From"].addresses[0].domain == "briefing.invalid"


def test_the_subject_names_title_set_and_day(message, mail, page):
    as_of = message["Subject"].rpartition("as of ")[2]
    (title,) = [text for text in page.texts if text == message["Subject"].partition(":")[0]][:1]
    assert title in mail.texts
    assert f"As known today · As of {as_of}" in mail.texts


def test_the_mail_is_dated_as_of_the_briefing(notebook):
    assert opened(export(notebook))["Date"] == "Fri, 21 Nov 2025 00:00:00 +0000"


def test_source_date_epoch_dates_the_mail(notebook, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert opened(export(notebook))["Date"] == "Sun, 09 Sep 2001 01:46:40 +0000"


def test_every_text_with_a_figure_stands_word_for_word_on_the_page(mail, page):
    told = "\n".join(page.texts)
    own = r"^Sources: as above|^As known today · |^What would overturn it: |^Status: | …$"
    _, preview, *below = mail.texts  # the preview puts key figures together, each told below
    shown = [re.sub(own, "", text).strip() for text in below if re.search(r"\d", text)]
    assert all(each in told for each in re.split("; |: ", preview))
    assert len(shown) > 60
    assert [text for text in shown if text not in told] == []


def test_the_mail_tells_which_signals_have_been_seen(text, latest):
    facts, day = latest.parameters.facts, latest.parameters.as_of
    seen = [latest.signals[name].title for name in fired(latest.signals, facts, day)]
    parts = [part.splitlines() for part in text.split("\n* ") if "Status: Seen" in part]
    assert [first for first, *_ in parts] == seen
    assert "Not seen" not in text
    assert "Short of it" not in text


def test_the_plain_text_has_every_figure_of_the_html(mail, text):
    wanted = figures(" ".join(mail.texts))
    assert len(wanted) > 60
    assert wanted <= figures(text)


def test_the_plain_text_adds_no_figure_but_the_addresses(mail, text):
    without = text.replace(PAGE_URL, "").replace(PDF_URL, "")
    assert figures(without) <= figures(" ".join(mail.texts))


def test_no_line_can_end_between_a_minus_and_its_amount(source):
    shown = source[source.index("<body") :]
    minuses = [found.start() for found in re.finditer(r"−\$", re.sub(r'"[^"]*"', "", shown))]
    kept = re.findall(r'<span class="whole" style="[^"]*white-space: nowrap[^"]*">−\$', shown)
    assert len(kept) == len(minuses) > 0


def test_the_plain_text_keeps_to_72_columns(text):
    assert max(map(len, text.splitlines())) <= 72


def test_questions_are_told_one_below_another_with_grade_and_what_would_overturn_them(mail, latest):
    rows = latest.key_takeaways.data.to_dict("records")
    told = "\n".join(mail.texts)
    assert len(rows) == 7
    for row in rows:
        assert (
            "\n".join(
                [
                    f"{row['Question']} Evidence {row['Evidence']}",
                    row["Our answer"],
                    f"What would overturn it: {row['What would overturn it']}",
                ]
            )
            in told
        )


def test_the_grades_are_explained(mail, text):
    explained = "D estimate or assumption, E undisclosed"
    assert any(explained in each for each in mail.texts)
    assert explained in " ".join(text.split())


def test_key_figures_scenarios_and_disclosure_are_there(mail, latest):
    tiles = [
        text
        for tile in latest.headline_tiles.body
        for text in (tile.label, tile.value, tile.context)
    ]
    scenarios = latest.scenario_table.data
    cells = [str(cell) for row in scenarios.to_numpy() for cell in row]
    assert set(tiles) | set(cells) | set(scenarios.columns[1:]) <= set(mail.texts)
    assert any("is not investment advice" in text for text in mail.texts)


def test_a_long_disclosure_is_never_cut(case_cell):
    disclosure = "Conflicts of interest are many. " * 100 + "That is all."
    message = opened(export(new_notebook(cells=[case_cell(disclosure=disclosure)])))
    assert disclosure in Read(body(message, "html")).texts
    assert disclosure in " ".join(body(message, "plain").split())


def test_the_preview_is_as_many_key_figures_as_it_has_room_for(mail, latest):
    preview = mail.texts[mail.texts.index("The Microsoft–Nvidia–Anthropic alliance") + 1]
    told = [f"{tile.label}: {tile.value}" for tile in latest.headline_tiles.body]
    shown = preview.split("; ")
    assert shown == told[: len(shown)]
    assert len(preview) <= 140 < len("; ".join(told[: len(shown) + 1]))


def test_the_picture_travels_along_sharp_and_with_its_words(message, mail, latest):
    (image,) = mail.all("img")
    part = next(part for part in message.walk() if part.get_content_type() == "image/png")
    png = part.get_content()
    assert image["src"] == "cid:" + part["Content-ID"].strip("<>")
    assert image["alt"] == latest.football_field.alt
    assert int.from_bytes(png[16:20], "big") == 2 * int(image["width"])
    assert len(png) < 50_000


def test_the_mail_uses_only_what_mail_programs_show(mail, source):
    assert {tag for tag, _ in mail.tags} <= TAGS
    inline = [attributes["style"] for _, attributes in mail.tags if "style" in attributes]
    (rules,) = re.findall(r"<style>(.*?)</style>", source, re.DOTALL)
    styles = [*inline, *re.findall(r"{([^{}]*)}", rules)]
    used = {part.partition(":")[0].strip() for style in styles for part in style.split(";")}
    assert used - {""} <= PROPERTIES | {"border-top-color", "border-bottom-color"}


def test_the_mail_fetches_nothing(mail, source):
    assert all(x["src"].startswith("cid:") for _, x in mail.tags if "src" in x)
    assert not re.search(r"url\(|@import|@font-face|background=", source)


def test_layout_tables_are_no_tables_to_a_screen_reader_and_have_widths(mail):
    tables = mail.all("table")
    assert [x["class"] for x in tables if x.get("role") != "presentation"] == ["figures"]
    assert all("width" in x for x in tables)
    assert all(
        "bgcolor" in x for x in mail.all("td") if x.get("class") in {"tile", "room", "paper"}
    )


def test_outlook_gets_a_sheet_of_fixed_width(source):
    assert re.search(
        r"<!--\[if mso\]><table [^>]*width=\"600\"[^>]*><tr><td><!\[endif\]-->", source
    )
    assert "<!--[if mso]></td></tr></table><![endif]-->" in source


def test_dark_rooms_change_colours_and_nothing_else(source):
    rules = source.partition("@media (prefers-color-scheme: dark)")[2].partition("</style>")[0]
    changed = re.findall(r"([a-z-]+): (\S+) !important;", rules)
    assert len(changed) > 5
    assert all(name.endswith("color") and value.startswith("#") for name, value in changed)
    assert rules.count(";") == len(changed)


def palettes():
    """Light and dark colours of the page, by name."""
    style = (TEMPLATES / "html" / "style.css").read_text("utf-8")
    light, dark = re.findall(r":root[^{]*{(.*?)}", style, re.DOTALL)[:2]
    return [dict(re.findall(r"--(\w+): (#\w{6});", rules)) for rules in (light, dark)]


def test_the_mail_has_the_colours_of_the_page():
    style = (TEMPLATES / "email" / "style.css").read_text("utf-8")
    for rules, palette in zip(style.split("@media (prefers"), palettes(), strict=True):
        used = set(re.findall(r"#\w{6}", rules))
        assert used
        assert used <= set(palette.values())


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("palette", palettes(), ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "muted", "blue"])
@pytest.mark.parametrize("paper", ["page", "pale"])
def test_text_can_be_read_on_its_ground(palette, ink, paper):
    # WCAG 2.2, success criterion 1.4.3.
    darker, lighter = sorted([luminance(palette[ink]), luminance(palette[paper])])
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_mail_leads_to_the_page_and_the_pdf(mail, text):
    links = {x["href"] for x in mail.all("a")}
    assert {PAGE_URL, PDF_URL} <= links
    assert f"Full page: {PAGE_URL}" in text


def test_without_an_address_the_mail_promises_none(executed, mail):
    message = opened(export(executed))
    assert "Every chart, table and source" in mail.texts
    assert "Every chart, table and source" not in body(message, "html") + body(message, "plain")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "briefing.html", "https://example.org/\r\nBcc: a@b.c"]
)
def test_an_address_that_nobody_could_follow_is_refused(address):
    with pytest.raises(TraitError, match=r"page_url .* must be one address"):
        BriefingEmailExporter(page_url=address)


def test_a_mail_without_conclusions_tells_the_findings(notebook, chart, table):
    message = opened(export(notebook))
    told = Read(body(message, "html")).texts
    assert {f"Exhibit {x.id}" for x in (chart, table)} <= set(told)
    assert {chart.title, table.title} <= set(told)
    assert f"E02: {chart.title}" in " ".join(body(message, "plain").split())


def test_findings_without_a_number_are_told_and_none_is_told_twice(shown, tiles):
    sweep = Exhibit(title="The gap grows with the term", body=tiles.body, alt="Gap by term.")
    notebook = new_notebook(cells=[shown(tiles), shown(sweep)])
    message = opened(export(notebook))
    lines = body(message, "plain").splitlines()
    assert "* The gap grows with the term" in lines
    assert sum(tiles.title in line for line in lines) == 1
    first = tiles.body[0]
    assert Read(body(message, "html")).texts[1].startswith(f"{first.label}: {first.value}")


def test_a_mail_without_a_chart_has_no_picture(notebook):
    parts = [part.get_content_type() for part in opened(export(notebook)).walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]


def test_stock_notebooks_export():
    stock = new_notebook(cells=[new_markdown_cell("## Hello\n\nwords")])
    assert opened(export(stock))["Subject"] == "Hello"
    assert opened(export(new_notebook()))["Subject"] == "Briefing"


def test_a_failed_notebook_is_not_rendered(notebook):
    error = new_output("error", ename="KeyError", evalue="'gpu'", traceback=[])
    with pytest.raises(FailedNotebook):
        export(new_notebook(cells=[*notebook.cells, new_code_cell("x", outputs=[error])]))


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "markup": "</td></table><img src=x onerror=alert(1)> {{ 1 }} [bold] & &amp; \" '",
    "comment": "<!--[if mso]><b>x</b><![endif]--> -->",
    "line end": "Title\r\nBcc: victim@example.org\r\n\r\n<p>body",
    "encoded word": "=?utf-8?q?Title=0D=0ABcc:_victim=40example.org?=",
    "boundary": "--=_alternative-",
    "right to left": "\u202eevil\u202c עברית",
    "control": "nul\x00 bell\x07 escape\x1b[31m",
    "surrogate": "half \ud800 a pair",
    "long word": "W" * 10_000,
    "long text": "many words " * 900 + "the end",
}


def hostile_notebook(text, shown, case_cell, one_bar):
    rows = pd.DataFrame({"Question": [text], "Our answer": [text], "Evidence": [text], text: text})
    scenarios = pd.DataFrame({"Quantity": [text], text: [text], "Base": ["$1bn"]})
    exhibits = [
        Exhibit(title=text, body=(Tile(text, text, text),), notes=(text,)),
        Exhibit(title=text, id="E00", body=table_of(rows), alt=text, notes=(text,)),
        Exhibit(title=text, id="E08", body=one_bar(text), alt=text, notes=(text,)),
        Exhibit(title=text, id="E13", body=table_of(scenarios, ["Base"], "Quantity"), alt=text),
    ]
    about = case_cell(
        title=text, subtitle=text, set=text, set_title=text, as_of="2025-11-21", key=text,
        disclosure=text,
    )  # fmt: skip
    return new_notebook(cells=[about, *map(shown, exhibits)])


@pytest.fixture(scope="module")
def one_bar():
    import altair as alt

    def bars(label):
        return alt.Chart(pd.DataFrame({"a": [label], "v": [1]})).mark_bar().encode(x="v", y="a")

    return bars


@pytest.fixture(scope="module", params=HOSTILE.values(), ids=HOSTILE)
def attack(request, shown, case_cell, one_bar):
    told = request.param
    return told, export(hostile_notebook(told, shown, case_cell, one_bar))


def visible(text):
    """As much of a hostile text as a mail can show, up to where it may be cut."""
    text = re.sub(r"[\x00\x07\x1b\u202e\u202c\ud800]", "", text)
    return " ".join(text.split())[:130].strip()


def test_hostile_text_adds_no_header_and_no_part(attack):
    message = opened(attack[1])
    assert list(message.keys()) == HEADERS
    assert not message.defects
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    assert all(len(line) <= 998 for line in attack[1].split(b"\r\n"))


def test_hostile_text_is_shown_as_text(attack):
    told, message = visible(attack[0]), opened(attack[1])
    mail = Read(body(message, "html"))
    assert {tag for tag, _ in mail.tags} <= TAGS
    assert len(mail.all("img")) == 1
    assert not [x for _, x in mail.tags if any(name.startswith("on") for name in x)]
    assert sum(told in text for text in mail.texts) >= 15
    assert told.replace(" ", "") in re.sub(r"\s", "", body(message, "plain"))
    assert message["Subject"].strip().replace("= ?", "=?").startswith(told)


def test_hostile_text_reverses_and_swells_nothing(attack):
    message = opened(attack[1])
    parts = body(message, "html") + body(message, "plain") + message["Subject"]
    assert not re.search(r"[\x00\x07\x1b\u202e]", parts)
    assert len(body(message, "html").encode()) < 80_000
    assert max(map(len, body(message, "plain").splitlines())) <= 72


# What programs know, by the tables of caniemail.com

CLIENTS = ["gmail.*", "outlook.*", "apple-mail.*"]

FORGIVEN = {
    "@media": "dark and narrow are niceties; without them the mail is light and as wide",
    "<style> element": "holds those niceties alone, all else is inlined",
    "<body> element": "only its background is lost",
    "display:none": "the preview text is hidden by size and colour as well",
    "transform": "it means text-transform, whose letters stay small where it is unknown",
    "overflow": "hides the rest of the preview text, which is hidden otherwise too",
    "table-layout": "column widths stand in attributes too",
    "white-space": "a line may break where it looks worse",
    "word-break": "a long word may run over its cell",
    "role attribute": "layout tables are read as tables by one program of the past",
}

READ_TABLES = """
import { caniemail } from "caniemail";
import { readFileSync } from "node:fs";
const html = readFileSync("mail.html", "utf8");
const found = caniemail({ clients: JSON.parse(process.argv[2]), html }).issues.errors;
const titles = (issues) => [...new Set(issues.map((issue) => issue.title))];
console.log(JSON.stringify([...found].map(([client, issues]) => [client, titles(issues)])));
"""


@pytest.fixture(scope="module")
def unsupported(message, tmp_path_factory):
    """What each program lacks of the mail's HTML. The tables come from npm's registry."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("no Node on this machine")
    folder = tmp_path_factory.mktemp("npm")
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "caniemail@1.0.5"]
    fetched = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
    if fetched.returncode:
        pytest.skip(f"npm cannot fetch caniemail: {fetched.stderr.strip()[-200:]}")
    (folder / "mail.html").write_text(body(message, "html"), "utf-8")
    (folder / "check.mjs").write_text(READ_TABLES)
    command = ["node", "check.mjs", json.dumps(CLIENTS)]
    return dict(json.loads(subprocess.check_output(command, cwd=folder, text=True)))


def test_no_program_lacks_what_the_mail_needs(unsupported):
    assert len(unsupported) >= 5  # the tables are there, and know of something
    assert {title for titles in unsupported.values() for title in titles} <= FORGIVEN.keys()
