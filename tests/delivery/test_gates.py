"""Each thing that keeps a build from its readers keeps this one, which may otherwise go out."""

import hashlib
import json
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP

import pandas as pd
import pytest

from briefing.delivery.gates import EXHIBIT_MIME, objections
from briefing.delivery.settings import Limits

TODAY = date(2026, 11, 26)


def exhibit(**changes):
    usual = {
        "id": "E03", "name": "scorecard", "kind": "table", "title": "Customers pay 78%",
        "alt": "Customers 78%", "standing": "Estimate", "notes": [], "sources": ["a page"],
        "data": {"columns": ["Share"], "data": [["78%"]]},
    }  # fmt: skip
    return usual | changes


def cell(*exhibits, status="completed", failed=False):
    shown = [{"output_type": "display_data", "data": {EXHIBIT_MIME: each}} for each in exhibits]
    error = [{"output_type": "error", "ename": "ValueError"}] if failed else []
    return {
        "cell_type": "code",
        "metadata": {"papermill": {"status": status}},
        "outputs": shown + error,
    }


class Folder:
    """A build folder that a test spoils before it is sealed and looked at."""

    def __init__(self, path):
        self.path = path
        self.cells = [cell(exhibit())]
        self.figures = [{"id": "lowest_cash_usd", "shown": "$112bn", "value": 1.1e11}]
        self.page = "<p>Customers pay 78%</p>"
        self.as_of = "2026-11-22"
        self.further = {}
        self.headlines = []

    def seal(self):
        mail = EmailMessage(policy=SMTP)
        mail.set_content("Customers pay 78%")
        mail.add_alternative(self.page, subtype="html")
        notebook = json.dumps({"cells": self.cells})
        (self.path / "03.ipynb").write_text(notebook)
        (self.path / "briefing.eml").write_bytes(mail.as_bytes())
        pd.DataFrame(self.figures).to_parquet(self.path / "figures.parquet", engine="fastparquet")
        for name, content in self.further.items():
            (self.path / name).write_bytes(content)
        digests = {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in self.path.iterdir()
        }
        record = {"as_of": self.as_of, "sha256": digests, "figures": self.headlines}
        (self.path / "run.json").write_text(json.dumps(record))
        return self

    def objections(self, **limits):
        return objections(self.path, Limits(**limits), TODAY, ["correct-horse"])


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def test_a_sound_build_may_go_out(folder):
    assert folder.seal().objections() == ()


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([cell(exhibit(), failed=True)], "03.ipynb: a cell failed"),
        ([cell(exhibit(), status="pending")], "03.ipynb: a cell did not run to its end"),
        ([cell(exhibit(alt=" "))], "03.ipynb: E03 has no words for those who cannot see it"),
        ([cell(exhibit(title=""))], "03.ipynb: E03 has no title"),
        ([cell(exhibit(sources=[]))], "03.ipynb: E03 names no source"),
        ([cell(exhibit(data={"columns": ["Share"], "data": []}))], "03.ipynb: E03 is empty"),
        ([cell(exhibit(kind="prose", text="", data=None))], "03.ipynb: E03 is empty"),
        ([cell(exhibit(title="It is $nanbn"))], "03.ipynb: E03 prints a number that is none"),
        ([cell(exhibit(title="It is nan%"))], "03.ipynb: E03 prints a number that is none"),
        ([cell(exhibit(alt="Banana, infinite, nance"))], None),
        ([cell()], "there is no exhibit in it"),
    ],
)
def test_what_is_wrong_in_a_notebook_is_told(folder, cells, told):
    folder.cells = cells
    wanted = (f"{told}; it does not go out",) if told else ()
    assert folder.seal().objections() == wanted


def test_a_table_may_name_its_pages_itself(folder):
    rows = [[[["A page", "https://example.org/page"]]]]
    linked = {"heads": ["Read at"], "numbers": [], "groups": [["", rows]]}
    folder.cells = [cell(exhibit(sources=[], table=linked))]
    assert folder.seal().objections() == ()


def test_assumptions_need_no_page(folder):
    folder.cells = [cell(exhibit(standing="Assumptions", sources=[]))]
    assert folder.seal().objections() == ()


@pytest.mark.parametrize(("shown", "passes"), [("beyond 2035", True), ("nan", False), ("", False)])
def test_a_figure_may_have_no_value_and_must_say_so(folder, shown, passes):
    folder.figures = [{"id": "runway_years", "shown": shown, "value": float("nan")}]
    found = folder.seal().objections()
    assert (found == ()) == passes
    assert passes or found[0].startswith("figures.parquet: runway_years is no number")


@pytest.mark.parametrize("end", ["value", "high"])
def test_a_figure_without_end_stays_whatever_its_words(folder, end):
    folder.figures = [{"id": "multiple", "shown": "a lot", "value": 1.0, "high": 2.0}]
    folder.figures[0][end] = float("inf")
    (told,) = folder.seal().objections()
    assert told == "figures.parquet: multiple is infinite (a lot); it does not go out"


def test_a_headline_of_the_record_is_looked_at_too(folder):
    folder.headlines = [{"id": "gap_usd", "shown": "$9bn", "value": 9e9, "range": "$1bn to nan"}]
    (told,) = folder.seal().objections()
    assert told.startswith("run.json: gap_usd is no number ($9bn $1bn to nan)")


@pytest.mark.parametrize(("residual", "passes"), [("1.0e-12", True), ("2.0e-03", False)])
def test_an_account_that_does_not_balance_stays(folder, residual, passes):
    rows = {"columns": ["Identity", "Largest residual"], "data": [["Cash rolls", residual]]}
    folder.cells = [cell(exhibit(name="identity_table", data=rows))]
    found = folder.seal().objections()
    assert (found == ()) == passes
    assert passes or "03.ipynb: does not hold: Cash rolls (off by 2.0e-03" in found[0]


@pytest.mark.parametrize("name", ["03.ipynb", "figures.parquet"])
def test_a_file_that_is_damaged_is_named_and_nothing_breaks(folder, name):
    folder.further = {name: b"{ no such thing"}
    found = folder.seal().objections()
    assert any(told.startswith(f"{name}: cannot be read (") for told in found)


def test_old_facts_are_not_sent_as_news(folder):
    folder.as_of = "2026-10-01"
    assert folder.seal().objections(facts_days=56) == ()
    (told,) = folder.objections(facts_days=55)
    assert told == "its facts are as of 56 days ago, and the limit is 55; it does not go out"


def test_tomorrow_may_have_come_elsewhere(folder):
    folder.as_of = "2026-11-27"
    assert folder.seal().objections() == ()


def test_facts_that_nobody_can_know_yet_are_not_sent(folder):
    folder.as_of = "2026-11-28"
    (told,) = folder.seal().objections()
    assert told.startswith("its facts are as of 2 days from now, which nobody can know")


def test_a_page_over_its_budget_stays(folder):
    folder.page = "<p>" + "x" * 1000 + "</p>"
    # Three and four bytes of mark-up, and a line's end of two.
    assert folder.seal().objections(html_bytes=1009) == ()
    (told,) = folder.objections(html_bytes=1008)
    assert "its page has 1,009 bytes, and the limit is 1,008" in told


def test_a_secret_in_any_file_stays(folder):
    folder.further = {"briefing.html": b"<p>correct-horse</p>"}
    (told,) = folder.seal().objections()
    assert told.startswith("briefing.html: holds a secret")


def test_a_file_that_was_changed_or_lost_since_is_told_and_not_looked_into(folder):
    folder.seal()
    (folder.path / "03.ipynb").write_text("{")
    (folder.path / "briefing.eml").unlink()
    assert set(folder.objections()) == {
        "03.ipynb: is not the file that was built; it does not go out",
        "briefing.eml: is gone; it does not go out",
    }


@pytest.mark.parametrize("record", ["{", "[]", "{}", '{"sha256": 1}'])
def test_a_record_that_says_nothing_is_an_objection(folder, record):
    (folder.path / "run.json").write_text(record)
    (told,) = folder.objections()
    assert told.startswith("run.json: ")
