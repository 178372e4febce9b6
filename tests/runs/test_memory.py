import pytest

from briefing.runs.memory import Memory, Remembered

RECIPE = {"the notebook": "n1", "the library": "l1"}
NOTES = {("fact", "s", "a"): "1", ("assumption", "s", "b"): "2"}
RUN = Remembered("s/x/a.ipynb", "sha")


@pytest.fixture
def memory(tmp_path):
    opened = Memory(tmp_path / "deep" / "memory.sqlite")
    yield opened
    opened.close()


def answers(**changed):
    known = {question[-1]: answer for question, answer in NOTES.items()} | changed
    return lambda question: known[question[-1]]


def recalled(memory, recipe=RECIPE, **changed):
    return list(memory.recall(recipe, answers(**changed)))


def test_a_run_is_recalled_by_its_recipe_and_answers(memory):
    memory.remember(RECIPE, NOTES, "s/a.ipynb", RUN)
    assert recalled(memory) == [RUN]
    assert recalled(memory, {**RECIPE, "the library": "l2"}) == []
    assert recalled(memory, a="9") == []


def test_runs_of_one_recipe_with_other_answers_are_all_remembered(memory):
    other = Remembered("s/y/a.ipynb", "other")
    memory.remember(RECIPE, NOTES, "s/a.ipynb", RUN)
    memory.remember(RECIPE, {**NOTES, ("fact", "s", "a"): "9"}, "s/a.ipynb", other)
    assert recalled(memory) == [RUN]
    assert recalled(memory, a="9") == [other]


def test_a_question_that_cannot_be_put_any_more_counts_as_changed(memory):
    memory.remember(RECIPE, NOTES, "s/a.ipynb", RUN)

    def unknown(question):
        raise KeyError(question)

    assert list(memory.recall(RECIPE, unknown)) == []


def test_why_names_each_part_and_each_answer_that_changed(memory):
    assert memory.why(RECIPE, "s/a.ipynb", answers()) == ["it has never run"]
    memory.remember(RECIPE, NOTES, "s/a.ipynb", RUN)
    assert memory.why(RECIPE, "s/a.ipynb", answers()) == []
    assert memory.why({**RECIPE, "the lock": "new"}, "s/a.ipynb", answers(b="9")) == [
        "the lock changed", "assumption b of s changed",
    ]  # fmt: skip


def test_a_moved_notebook_is_found_at_its_new_place(memory):
    memory.remember(RECIPE, NOTES, "s/a.ipynb", RUN)
    memory.moved({RUN.file: "s/z/a.ipynb"})
    assert recalled(memory) == [Remembered("s/z/a.ipynb", "sha")]


def test_a_file_is_read_again_only_when_its_stamp_has_changed(memory):
    read = []

    def hashed():
        read.append(1)
        return "sha"

    assert memory.is_intact("f", "sha", "stamp 1", hashed)
    assert memory.is_intact("f", "sha", "stamp 1", hashed)
    assert len(read) == 1
    assert memory.is_intact("f", "sha", "stamp 2", hashed)
    assert len(read) == 2
    assert not memory.is_intact("f", "another", "stamp 2", hashed)
    assert not memory.is_intact("f", "sha", None, hashed)


def test_a_file_that_cannot_be_read_is_not_intact(memory):
    def hashed():
        raise FileNotFoundError

    assert not memory.is_intact("f", "sha", "stamp", hashed)


def test_a_file_is_intact_though_it_cannot_be_noted(memory, monkeypatch):
    def full(_):
        raise OSError("the disk is full")

    monkeypatch.setattr(memory, "stamped", full)
    assert memory.is_intact("f", "sha", "stamp", lambda: "sha")
    assert not memory.is_intact("f", "another", "stamp", lambda: "sha")


def test_what_was_remembered_is_there_after_a_restart(tmp_path):
    first = Memory(tmp_path / "memory.sqlite")
    first.remember(RECIPE, NOTES, "s/a.ipynb", RUN)
    first.close()
    again = Memory(tmp_path / "memory.sqlite")
    assert recalled(again) == [RUN]
    again.close()
