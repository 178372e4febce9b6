"""The home page in its place: made by builds, whole at any moment, complete in the end."""

import json
import shutil
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from briefing.runs.home import HOME, renew
from briefing.runs.places import Folder, place

BRIEFING = Path(sys.executable).parent / "briefing"


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.found.append(dict(attrs)["href"])


def publish(reports, name):
    staged = reports.stage(name)
    (staged / "run.json").write_text("{}")
    reports.publish(staged, name)


def listed(records):
    return "\n".join(records) + "\nend"


@pytest.fixture
def build(small_project, environment):
    def run(*names, formats=("html",)):
        wanted = [part for each in formats for part in ("--format", each)]
        command = [BRIEFING, "build", *names, "--lane", "exec", *wanted]
        env = {**environment, "BRIEFING_ROOT": str(small_project)}
        return subprocess.run(command, env=env, check=False, capture_output=True, text=True)

    return run


def test_a_page_is_made_of_what_was_published(tmp_path):
    reports = Folder(tmp_path)
    for name in ("set/two", "set/one", "other/one"):
        publish(reports, name)
    renew(reports, listed)
    assert (tmp_path / HOME).read_text() == "other/one\nset/one\nset/two\nend"
    assert {file.name for file in tmp_path.iterdir()} == {HOME, "set", "other"}


def test_a_page_can_be_made_wherever_reports_can_be_put():
    reports = place("memory://desk")
    publish(reports, "set/one")
    renew(reports, listed)
    publish(reports, "set/two")
    renew(reports, listed)
    assert reports.files.cat_file("/desk/index.html") == b"set/one\nset/two\nend"


def test_a_build_that_another_published_meanwhile_is_not_lost(tmp_path):
    reports = Folder(tmp_path)
    publish(reports, "set/one")

    def slowly(records):
        if len(records) == 1:
            # Another build publishes, and writes its page, before this one does.
            publish(reports, "set/two")
            renew(reports, listed)
        return listed(records)

    renew(reports, slowly)
    assert (tmp_path / HOME).read_text() == "set/one\nset/two\nend"


def test_builds_at_once_leave_a_whole_page_with_all_of_them(tmp_path):
    reports, seen, over = Folder(tmp_path), set(), threading.Event()

    def look():
        while not over.is_set():
            if (tmp_path / HOME).exists():
                seen.add((tmp_path / HOME).read_text()[-4:])

    def build(number):
        for turn in range(5):
            publish(reports, f"set{number}/{turn}")
            renew(reports, listed)

    reader = threading.Thread(target=look)
    builders = [threading.Thread(target=build, args=[number]) for number in range(4)]
    for thread in (reader, *builders):
        thread.start()
    for thread in builders:
        thread.join()
    over.set()
    reader.join()
    assert seen == {"\nend"}
    assert len((tmp_path / HOME).read_text().split()) == 21


def test_a_build_makes_a_home_page_whose_links_lead_to_its_documents(build, small_project):
    reports = small_project / "reports"
    built = build("deal_day", "latest", formats=())
    assert built.returncode == 0, built.stderr
    assert str(reports / HOME) in built.stdout
    text = (reports / HOME).read_text("utf-8")
    files = [unquote(link) for link in Links(text).found if not link.startswith("#")]
    assert [file.rpartition("/")[2] for file in files] == [
        "briefing.html", "briefing.pdf", "briefing.eml",
    ] * 2  # fmt: skip
    assert all((reports / file).is_file() for file in files)
    assert "As known on deal day" in text
    pages = [reports / file for file in files if file.endswith(".html")]
    assert all('<a href="../../index.html">All briefings</a>' in page.read_text() for page in pages)


def test_a_build_with_nothing_to_do_leaves_the_page_alone_unless_it_is_gone_or_not_right(
    build, small_project
):
    reports = small_project / "reports"
    page = reports / HOME
    build("deal_day")
    made = page.read_bytes()
    (folder,) = (record.parent.relative_to(reports) for record in reports.glob("*/*/run.json"))
    as_it_was = f"as it was, with {folder.as_posix()}"
    page.write_text(as_it_was)
    assert "nothing had changed" in build("deal_day").stdout
    assert page.read_text() == as_it_was
    page.unlink()
    assert "nothing had changed" in build("deal_day").stdout
    assert page.read_bytes() == made
    page.write_text("")
    assert "nothing had changed" in build("deal_day").stdout
    assert page.read_bytes() == made
    page.write_text(f'{as_it_was} and <a href="{folder.parent}/removed/briefing.html">')
    assert "nothing had changed" in build("deal_day").stdout
    assert page.read_bytes() == made
    # As a build leaves it that is killed when it has published and not told the page yet.
    page.write_text("without it")
    shutil.rmtree(reports / ".runs")
    assert "nothing had changed" in build("deal_day").stdout
    assert page.read_bytes() == made


def test_what_failed_is_not_shown_to_readers(build, small_project):
    build("deal_day")
    page = small_project / "reports" / HOME
    made = page.read_bytes()
    file = small_project / "notebooks" / "00_summary.ipynb"
    notebook = json.loads(file.read_text("utf-8"))
    notebook["cells"][-1] |= {"cell_type": "code", "source": "case.no_such_number"}
    notebook["cells"][-1] |= {"outputs": [], "execution_count": None}
    file.write_text(json.dumps(notebook), "utf-8")
    failed = build("deal_day")
    assert failed.returncode == 1
    assert str(page) not in failed.stdout
    assert page.read_bytes() == made


def test_a_page_that_cannot_be_written_fails_no_build(build, small_project):
    page = small_project / "reports" / HOME
    page.mkdir(parents=True)
    (page / "occupied").touch()
    built = build("deal_day")
    assert built.returncode == 0
    assert f"{page}: cannot be written" in built.stderr
    assert "Traceback" not in built.stderr
    assert "briefing.html" in built.stdout


def test_damaged_and_foreign_folders_fail_no_build_and_are_not_shown(build, small_project):
    reports = small_project / "reports"
    for name, text in {"old/2026-01-01-a": "torn {", "mine/notes": '{"name": "mine"}'}.items():
        (reports / name).mkdir(parents=True)
        (reports / name / "run.json").write_text(text)
    built = build("deal_day")
    assert built.returncode == 0, built.stderr
    documents = {file.name for file in (reports / "deal_day").rglob("briefing.*")}
    assert documents == {"briefing.html"}
    text = (reports / HOME).read_text("utf-8")
    assert "1 build of 1 parameter set" in text
    assert "mine/notes" not in text
