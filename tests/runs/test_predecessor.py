"""Which build another one is told beside, and that nothing else depends on it."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from briefing.exhibits.exhibit import EXHIBIT_MIME
from briefing.runs import build as building
from briefing.runs import kernels
from briefing.runs.build import Options, Outcome, build
from briefing.runs.comparing import compare_here, compared
from briefing.runs.places import Folder, place
from briefing.runs.plan import plan
from briefing.runs.predecessor import CHANGES, Predecessor, kept, newest

ROOT = Path(__file__).parents[2]

SET = "deal_day"


# --- Which one it is ---


def record(folder, built="2026-01-01", **more):
    name, _, own = folder.rpartition("/")
    files = {"briefing.html": "", "inputs.json": ""}
    return {"name": name, "key": own[11:], "built": built, "sha256": files, "bytes": {}} | more


def put_down(somewhere, folder, told, files=("briefing.html",)):
    staged = somewhere.stage(folder)
    for file in files:
        (staged / file).write_text("a page")
    (staged / "run.json").write_text(told if isinstance(told, str) else json.dumps(told))
    somewhere.publish(staged, folder)


A, B, C, D = (f"{SET}/2025-11-2{n}-{n:012x}" for n in range(1, 5))


@pytest.fixture(params=["disk", "memory"])
def somewhere(request, tmp_path):
    return place(tmp_path if request.param == "disk" else f"memory://{tmp_path.name}")


def test_it_is_the_one_built_last_and_not_the_one_of_the_latest_date(somewhere):
    for folder, built in ((A, "2026-01-03"), (B, "2026-01-02"), (C, "2026-01-01")):
        put_down(somewhere, folder, record(folder, built, figures=[{"id": folder}]))
    assert newest([A, B, C], somewhere, but="").folder == A
    assert newest([A, B, C], somewhere, but=A).figures == [{"id": B}]
    assert newest([A], somewhere, but=A) is None


def test_what_readers_could_not_read_is_none(somewhere):
    put_down(somewhere, A, record(A, "2026-01-01"))
    put_down(somewhere, B, record(B, "2026-01-05"), files=())
    put_down(somewhere, C, record(C, "2026-01-05", sha256={"00_summary.ipynb": ""}))
    put_down(somewhere, D, "{")
    assert newest([A, B, C, D], somewhere, but="").folder == A


def test_a_record_that_speaks_of_another_folder_is_none(somewhere):
    put_down(somewhere, A, record(A, name="latest"))
    put_down(somewhere, f"{SET}/2025-11-20-<b>", record(f"{SET}/2025-11-20-<b>"))
    assert newest([A, f"{SET}/2025-11-20-<b>"], somewhere, but="") is None


def test_a_folder_without_all_that_its_record_names_is_none_in_a_store(tmp_path):
    store = place(f"memory://{tmp_path.name}-torn")
    put_down(store, A, record(A, bytes={"briefing.html": 6}))
    put_down(store, B, record(B, "2026-02-01", bytes={"briefing.html": 6, "briefing.pdf": 9}))
    assert newest([A, B], store, but="").folder == A


@pytest.mark.parametrize(
    ("told", "is_settled", "folder"),
    [
        (record(A, predecessor=B), True, B),
        (record(A, predecessor=None), True, ""),
        (record(A, predecessor=7), True, ""),
        (record(A), False, ""),
        (record(A, predecessor=B, sha256={}), False, ""),
        ({}, False, ""),
    ],
)
def test_a_folder_that_was_read_keeps_what_was_recorded(told, is_settled, folder):
    assert kept(told) == (is_settled, folder)


def test_builds_are_called_by_date_and_key_and_lie_beside_each_other():
    assert Predecessor(A).called == "2025-11-21, build 000000000001"
    assert Predecessor(A).page == "../2025-11-21-000000000001/briefing.html"


# --- Real builds ---


class Desk(NamedTuple):
    root: Path
    place: Folder
    first: Outcome
    second: Outcome
    again: Outcome
    """The first one's inputs once more, after the second."""
    added: Outcome
    """A document more for the second one, after the first was removed."""
    before: dict[str, bytes]
    """Files of the second one before that."""


def set_term(root, years):
    file = root / "params" / "deal_day.yaml"
    plain = (ROOT / "params" / "deal_day.yaml").read_text("utf-8")
    term = f"assumptions: {{azure_term_years: {{value: {years}, reason: as told by the test}}}}\n"
    file.write_text(plain + (term if years else ""), "utf-8")


def built(somewhere, *formats):
    (outcome,) = build(plan([SET]), somewhere, Options(formats=formats or ("html",), lane="exec"))
    assert outcome.failure == ""
    return outcome


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    for folder in ("params", "notebooks", "templates"):
        shutil.copytree(ROOT / folder, root / folder)
    for file in (root / "notebooks").glob("*.ipynb"):
        if file.stem not in {"00_summary", "sweep"}:
            file.unlink()
    somewhere = Folder(root / "reports")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BRIEFING_ROOT", str(root))
        # Processes of their own would load all of rendering once more.
        patched.setattr(building, "Renderers", ThreadPoolExecutor)
        first = built(somewhere)
        set_term(root, 4)
        second = built(somewhere, "html", "eml")
        set_term(root, 0)
        again = built(somewhere)
        set_term(root, 4)
        shutil.copytree(somewhere.path / first.folder, root / "kept")
        shutil.rmtree(somewhere.path / first.folder)
        before = files_of(somewhere, second)
        added = built(somewhere, "html", "eml", "pdf")
        yield Desk(root, somewhere, first, second, again, added, before)


def files_of(somewhere, outcome):
    folder = somewhere.path / outcome.folder
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def record_of(somewhere, outcome):
    return json.loads(somewhere.read(f"{outcome.folder}/run.json"))


def page(somewhere, outcome):
    return somewhere.read(f"{outcome.folder}/briefing.html").decode()


def test_the_first_build_of_a_set_tells_nothing_of_one_before(desk):
    told = json.loads((desk.root / "kept" / "run.json").read_text("utf-8"))
    assert told["predecessor"] is None
    assert CHANGES not in told["sha256"]
    assert "Exhibit E42" not in (desk.root / "kept" / "briefing.html").read_text("utf-8")


def test_the_second_leads_to_the_first_and_records_it(desk):
    assert record_of(desk.place, desk.second)["predecessor"] == desk.first.folder
    told = page(desk.place, desk.second)
    assert f"href=../{Path(desk.first.folder).name}/briefing.html>" in told
    assert told.index("id=e00>") < told.index("id=e42>")
    assert "Azure term 5 years → 4 years" in told


def test_going_back_has_nothing_to_do_and_turns_no_predecessor_round(desk):
    assert desk.again.was_built
    assert desk.again.folder == desk.first.folder


def test_a_document_made_after_the_predecessor_is_gone_tells_the_same(desk):
    assert (desk.added.ran, desk.added.warnings) == (0, ())
    after = files_of(desk.place, desk.added)
    same = set(desk.before) - {"run.json"}
    assert {name: after[name] for name in same} == {name: desk.before[name] for name in same}


@pytest.fixture
def inputs_of_second(desk, monkeypatch):
    monkeypatch.setenv("BRIEFING_ROOT", str(desk.root))
    monkeypatch.setattr(building, "Renderers", ThreadPoolExecutor)


def with_first(desk, somewhere, **edited):
    """The first build put into another place, some of its files with another text."""
    staged = somewhere.stage(desk.first.folder)
    shutil.copytree(desk.root / "kept", staged, dirs_exist_ok=True)
    told = json.loads((staged / "run.json").read_text("utf-8"))
    for name, text in edited.items():
        file = staged / f"{name}.json"
        file.write_text(text, encoding="utf-8")
        told["bytes"][file.name] = len(text)
    (staged / "run.json").write_text(json.dumps(told), "utf-8")
    somewhere.publish(staged, desk.first.folder)


def test_equal_inputs_and_an_equal_predecessor_give_equal_bytes_anywhere(
    desk, inputs_of_second, tmp_path
):
    store = place(f"memory://{tmp_path.name}")
    with_first(desk, store)
    outcome = built(store, "html", "eml")
    assert outcome.warnings == ()
    assert record_of(store, outcome)["predecessor"] == desk.first.folder
    for name in ("briefing.html", "briefing.eml", CHANGES, "00_summary.ipynb", "inputs.json"):
        assert store.read(f"{outcome.folder}/{name}") == desk.before[name], name


def test_without_a_predecessor_notebooks_and_key_are_the_same_and_documents_are_not(
    desk, inputs_of_second, tmp_path
):
    alone = Folder(tmp_path)
    outcome = built(alone)
    assert outcome.folder == desk.second.folder
    files = files_of(alone, outcome)
    assert files["00_summary.ipynb"] == desk.before["00_summary.ipynb"]
    assert files["briefing.html"] != desk.before["briefing.html"]
    assert b"Exhibit E42" not in files["briefing.html"]


def test_a_predecessor_with_damaged_inputs_is_one_line_and_no_section(
    desk, inputs_of_second, tmp_path
):
    somewhere = Folder(tmp_path)
    with_first(desk, somewhere, inputs="{")
    outcome = built(somewhere)
    (warning,) = outcome.warnings
    assert desk.first.folder in warning
    assert warning.endswith("what changed since is left out")
    assert record_of(somewhere, outcome)["predecessor"] is None
    assert "Exhibit E42" not in page(somewhere, outcome)
    assert built(somewhere).was_built


@pytest.mark.parametrize("damage", ["[]", '{"form": 1}', '{"form": 99, "digests": {}}', "\x00"])
def test_every_kind_of_damage_is_a_failure_in_words(desk, inputs_of_second, tmp_path, damage):
    somewhere = Folder(tmp_path)
    with_first(desk, somewhere, inputs=damage)
    made_from = desk.before["inputs.json"].decode()
    before = Predecessor(desk.first.folder)
    failure = compared(before, somewhere, "x", made_from, "fresh", compare_here)["failure"]
    assert desk.first.folder in failure
    assert "\n" not in failure


def test_a_changed_template_moves_nothing_and_a_sentence_says_so(desk, inputs_of_second):
    style = desk.root / "templates" / "html" / "style.css"
    plain = style.read_text("utf-8")
    style.write_text(plain.replace("body", " body", 1), "utf-8")
    try:
        outcome = built(desk.place)
    finally:
        style.write_text(plain, "utf-8")
    assert outcome.ran == 0
    told = json.loads(desk.place.read(f"{outcome.folder}/{CHANGES}"))["shown"][EXHIBIT_MIME]
    assert told["title"].endswith("no conclusion flipped and no headline figure moved")
    assert told["notes"] == ["Changed: templates."]
    assert told["title"] in page(desk.place, outcome)


def test_a_process_of_its_own_and_this_one_give_the_same_answer(desk, inputs_of_second, tmp_path):
    somewhere = Folder(tmp_path)
    with_first(desk, somewhere)
    before = newest([desk.first.folder], somewhere, but="")
    made_from = desk.before["inputs.json"].decode()
    answer = compared(before, somewhere, desk.second.folder, made_from, "fresh", compare_here)
    assert answer == json.loads(desk.before[CHANGES])


def test_where_its_fork_is_killed_it_is_computed_all_the_same(desk, monkeypatch, tmp_path):
    somewhere = Folder(tmp_path)
    with_first(desk, somewhere)
    before = newest([desk.first.folder], somewhere, but="")
    made_from = desk.before["inputs.json"].decode()
    forked = kernels.lease

    def killed(request):
        child = forked(request)
        child.kill()
        return child

    monkeypatch.setattr(kernels, "lease", killed)
    answer = compared(before, somewhere, desk.second.folder, made_from, "exec", compare_here)
    assert answer == json.loads(desk.before[CHANGES])


def test_what_cannot_be_computed_is_a_failure_in_words(desk, tmp_path):
    somewhere = Folder(tmp_path)
    with_first(desk, somewhere)
    made_from = desk.before["inputs.json"].decode()

    def killed(_):
        """As if the process had been killed before it wrote anything."""

    answer = compared(Predecessor(desk.first.folder), somewhere, "x", made_from, "fresh", killed)
    assert "cannot be compared with" in answer["failure"]
