"""A whole briefing, built once and read back: by a browser, and each product against the others."""

import csv
import email
import functools
import json
import re
import shutil
import subprocess
import sys
from email.policy import default
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from unicodedata import normalize

import nbformat
import pandas as pd
import pikepdf
import pytest
from fastparquet import ParquetFile
from nbconvert import HTMLExporter
from pypdf import PdfReader

from briefing.case import exhibit_ids
from briefing.exhibits.words import quantity_text

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
AXE = files("axe_playwright_python").joinpath("axe.min.js")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
# All on the light page; of the others, what could differ there.
RULES = {
    "light": {
        "runOnly": {"type": "tag", "values": WCAG},
        "rules": {rule: {"enabled": False} for rule in COLOURS},
    },
    "light colours": {"runOnly": {"type": "rule", "values": COLOURS}},
    "dark colours": {"runOnly": {"type": "rule", "values": COLOURS}},
    "phone": {
        "runOnly": {
            "type": "rule",
            "values": ["target-size", "scrollable-region-focusable", "meta-viewport"],
        }
    },
}
ALIKE = "tbody tr:nth-child(n+4), svg"
SIGHTS = {"light": (1440, "light"), "dark": (1440, "dark"), "phone": (390, "light")}


@pytest.fixture(scope="module")
def built(tmp_path_factory, environment):
    """The documents of `latest`, and of it for one audience, as the command makes them."""
    reports = tmp_path_factory.mktemp("reports")
    command = [Path(sys.executable).parent / "briefing", "build", "latest", "--audience", "cfo"]
    subprocess.run([*command, "--reports", reports], env=environment, check=True)
    (folder,) = (each.parent for each in reports.glob("latest/*/run.json"))
    mail = email.message_from_bytes((folder / "briefing.eml").read_bytes(), policy=default)
    html = mail.get_body(("html",)).get_content()
    (folder / "mail.html").write_text(html, "utf-8")
    return SimpleNamespace(
        page=folder / "briefing.html",
        lens=folder / "briefing.cfo.html",
        home=reports / "index.html",
        mail=folder / "mail.html",
        pdfs=[folder / "briefing.pdf", folder / "briefing.cfo.pdf"],
        text=mail.get_body(("plain",)).get_content(),
        record=json.loads((folder / "run.json").read_text("utf-8")),
        figures=ParquetFile(folder / "figures.parquet").to_pandas(),
    )


def test_every_exhibit_is_known_by_its_number_to_those_who_ask_for_it(built):
    shown = re.findall(r">Exhibit (E\d\d[a-z]?)</a>", built.page.read_text("utf-8"))
    assert len(shown) == len(set(shown))
    assert set(shown) == exhibit_ids()


def test_the_front_page_has_room_for_every_answer(built, latest):
    front = " ".join(PdfReader(built.pdfs[0]).pages[0].extract_text().split())
    last_words = latest.key_takeaways.data["What would overturn it"]
    assert [each for each in last_words if each not in front] == []


# In a browser


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def opened(browser):
    """Open a document, scroll through it, and note what it asks for and what it complains of."""
    contexts = []

    def open_(path, sight="light", **settings):
        width, scheme = SIGHTS[sight]
        screen = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
        contexts.append(browser.new_context(**screen, **settings))
        page = contexts[-1].new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda said: page.complaints.append(said.text))
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()


def enlivened(page, within=""):
    """The page with every chart of it, or within a part of it, scrolled to and alive."""
    for picture in page.locator(f"{within} [data-chart]").all():
        if picture.is_visible():
            picture.scroll_into_view_if_needed()
            page.wait_for_function("(e) => e.matches('.enlivened')", arg=picture.element_handle())
    return page


ALIGNED = """[...document.querySelectorAll("tbody tr:last-child")].map((row) => [
  row.closest("table").className, [...row.children].map((cell) => getComputedStyle(cell).textAlign)
])"""


@pytest.mark.parametrize("where", ["page", "stock"])
def test_numbers_stand_right_and_words_left_in_the_page_and_in_stock_tools(
    built, opened, tmp_path, where
):
    path = built.page
    if where == "stock":
        path = tmp_path / "stock.html"
        notebook = nbformat.read(built.page.parent / "04_risk.ipynb", 4)
        path.write_text(HTMLExporter().from_notebook_node(notebook)[0], "utf-8")
    found = opened(path).evaluate(ALIGNED)
    assert len(found) > 7
    for names, aligned in found:
        for column, side in enumerate(aligned, start=1):
            assert side == ("right" if f"n{column}" in names.split() else "left")


def test_sources_lead_to_the_register_and_with_a_script_straight_to_their_pages(built, opened):
    to_the_register = """() => [...document.querySelectorAll("a[href^='#fact-']")].map(
      (link) => link.hash === `#fact-${link.textContent}`)"""
    still = opened(built.page, java_script_enabled=False)
    assert still.locator("a[href^='#fact-']").count() > 800
    by_id = opened(built.page).evaluate(to_the_register)
    assert len(by_id) > 200
    assert all(by_id)


@pytest.mark.parametrize("exhibit", ["E13", "E41b"])
def test_the_data_of_an_exhibit_are_saved_as_the_file_that_the_pdf_carries(built, opened, exhibit):
    page = opened(built.page)
    with page.expect_download() as saved:
        page.get_by_role("button", name=f"Data of exhibit {exhibit} as CSV", exact=True).click()
    name = saved.value.suggested_filename
    assert name == f"{exhibit.lower()}.csv"
    with pikepdf.open(built.pdfs[0]) as pdf:
        carried = pdf.attachments[name].get_file().read_bytes()
    assert Path(saved.value.path()).read_bytes() == carried
    rows = list(csv.reader(carried.decode("utf-8-sig").splitlines()))
    assert len(rows) > 3
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("document", ["page", "lens", "home", "mail"])
def test_axe_finds_no_barrier(built, opened, document, rules):
    sight, _, colours = rules.partition(" ")
    # Axe is a script from outside, which the page's own policy would refuse.
    page = opened(getattr(built, document), sight, bypass_csp=True)
    if colours:
        # Rows of a table look alike, and axe reads no letters in pictures: a quarter of the time.
        page.evaluate(f"document.querySelectorAll('{ALIKE}').forEach((each) => each.remove())")
    elif sight == "light":
        enlivened(page)
    page.evaluate(AXE.read_text("utf-8"))
    asked = {**RULES[rules], "resultTypes": ["violations"], "selectors": False}
    found = page.evaluate("(asked) => axe.run(document, asked)", asked)
    assert found["passes"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []


@pytest.mark.parametrize("document", ["page", "lens", "home"])
def test_a_page_asks_nobody_for_anything_and_keeps_its_own_policy(built, opened, document):
    page = enlivened(opened(getattr(built, document)))
    assert page.asked == [getattr(built, document).as_uri()]
    assert page.complaints == []


@pytest.mark.parametrize("document", ["page", "lens", "home", "mail"])
def test_nothing_runs_off_the_side_of_a_phone(built, opened, document):
    page = opened(getattr(built, document), "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIGHTS["phone"][0]


def test_on_a_phone_sentences_stand_below_each_other_under_the_names_of_their_columns(
    built, opened
):
    page = opened(built.page, "phone")
    answers = page.locator("#e00")
    assert answers.locator(".scroll").evaluate("(e) => e.scrollWidth <= e.clientWidth")
    assert answers.locator("thead").is_hidden()
    named = "(e) => getComputedStyle(e, '::before').content"
    assert answers.locator("tbody tr >> nth=0 >> td").nth(1).evaluate(named) == '"Our answer"'
    page.set_viewport_size({"width": 1440, "height": 900})
    assert answers.locator("thead").is_visible()


def test_rows_of_a_table_that_scrolls_keep_their_names_in_sight(built, opened):
    rows = opened(built.page, "phone").locator("#e13e .scroll")
    names = rows.locator("tbody th").first
    before = names.bounding_box()
    rows.evaluate("(e) => { e.scrollLeft = 100; }")
    assert rows.evaluate("(e) => e.scrollLeft") == 100
    assert names.bounding_box() == before


@pytest.mark.parametrize(
    ("exhibit", "is_whole"),
    [(each, True) for each in ("e06", "e10", "e13b", "e14e", "e24", "e38b")] + [("e06b", False)],
)
def test_a_phone_shows_a_chart_whole_unless_its_words_would_meet(built, opened, exhibit, is_whole):
    page = enlivened(opened(built.page, "phone"), f"#{exhibit}")
    picture = page.locator(f"#{exhibit} .picture")
    assert picture.evaluate("(e) => e.scrollWidth <= e.clientWidth") == is_whole
    assert picture.locator(".live svg").count() == 1
    still, live = picture.locator(":scope > svg"), picture.locator(".live svg")
    # A name in two lines has no space between them.
    told = "text.textContent.replace(/ /g, '')"
    in_words = f"(e) => [...e.querySelectorAll('text')].map((text) => {told})"
    words = set(live.evaluate(in_words))
    drawn = set(still.evaluate(in_words))
    assert len(words & drawn) > len(drawn) / 2  # of an axis there may be fewer


def test_a_chart_gets_its_width_back_when_the_phone_is_turned(built, opened):
    page = enlivened(opened(built.page, "phone"), "#e06")
    live = page.locator("#e06 .live svg")
    upright = live.bounding_box()["width"]
    page.set_viewport_size({"width": 844, "height": 390})
    enlivened(page, "#e06")
    assert upright <= SIGHTS["phone"][0] < live.bounding_box()["width"]


def test_the_contents_follow_the_reader(built, opened):
    page = opened(built.page)
    page.set_viewport_size({"width": 1440, "height": 900})
    heading = page.locator("main h3").last
    heading.evaluate("heading => heading.scrollIntoView()")
    current = page.locator(".contents [aria-current]")
    current.get_by_text(heading.inner_text(), exact=True).wait_for()
    assert current.count() == 1
    chapters, sections = page.locator(".contents .level-1"), page.locator(".contents .level-2")
    assert all(chapter.is_visible() for chapter in chapters.all())
    assert 0 < sections.locator("visible=true").count() < sections.count()

    listed = opened(built.page, java_script_enabled=False).locator(".contents li")
    assert all(entry.is_visible() for entry in listed.all())


def test_without_scripts_every_chart_is_a_picture(built, opened):
    page = opened(built.page, java_script_enabled=False)
    pictures = [each for each in page.locator("[data-chart] > svg").all() if each.is_visible()]
    assert len(pictures) >= 10
    assert all(each.bounding_box()["height"] > 50 for each in pictures)


# Product against product


class Words(HTMLParser):
    """All words of a page; and of each link to a figure, under the figure's address."""

    def __init__(self, path):
        super().__init__()
        self.all, self.linked, self._open = "", {}, ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        address = dict(attrs).get("href", "") or ""
        self._open = address.partition("#figure-")[2] if tag == "a" else ""

    def handle_endtag(self, tag):
        self._open = self._open if tag != "a" else ""

    def handle_data(self, data):
        self.all += data
        if self._open:
            self.linked.setdefault(self._open, set()).add(data)


@functools.cache
def words(path):
    if path.suffix == ".pdf":
        text = " ".join(page.extract_text() for page in PdfReader(path).pages)
        return normalize("NFKC", " ".join(text.split()))
    return Words(path).all


def headlines(built):
    assert len(built.record["figures"]) >= 7
    return built.record["figures"]


def test_a_headline_figure_is_the_same_in_the_table_and_in_the_record_of_the_build(built):
    rows = built.figures.set_index("id")
    shared = [each for each in headlines(built) if each["id"] in rows.index]
    assert len(shared) >= 4
    for each in shared:
        row = rows.loc[each["id"]]
        assert each["value"] in (pytest.approx(row["value"]), pytest.approx(row["median"]))
        assert row["headline"]


def test_every_product_prints_the_headline_figures_alike(built):
    tiles = Words(built.page).linked
    told = {each["id"]: each["shown"] for each in headlines(built)}
    for name in ("self_funded_revenue_share", "customer_funded_revenue_share", "equity_value_usd"):
        address = name.removesuffix("_usd").removesuffix("_share").replace("_", "-")
        near = {link for link in tiles if link.startswith(address)}
        printed = {text for link in near for text in tiles[link]}
        assert told[name] in printed
        for text in (*map(words, (built.page, built.lens, built.mail, *built.pdfs)), built.text):
            assert told[name] in text
    for each in headlines(built):
        assert each["shown"] in words(built.home)


def test_the_register_prints_what_the_table_holds(built):
    text, paper = words(built.page), words(built.pdfs[0])
    for row in built.figures.itertuples():
        if pd.notna(row.value):  # a time without end has no number in a table
            assert row.shown == quantity_text(row.id, row.value)
        assert row.shown in text
        assert normalize("NFKC", row.shown) in paper
