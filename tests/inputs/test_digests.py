"""Digests of files: equal for equal content and names, and for nothing else."""

import hashlib

from briefing.inputs.digests import LOCK, files_digest, notebook_parts, project_digests


def test_a_digest_knows_names_and_contents_and_no_order(tmp_path):
    for name, text in (("a", "1"), ("b", "2")):
        (tmp_path / name).write_text(text)
    a, b = tmp_path / "a", tmp_path / "b"
    both = files_digest(tmp_path, [a, b])
    assert files_digest(tmp_path, [b, a]) == both
    assert files_digest(tmp_path, [a]) != both
    a.write_text("2")
    assert files_digest(tmp_path, [a, b]) != both


def test_each_notebook_of_a_briefing_has_the_digest_that_sha256sum_gives(root):
    found = project_digests(root)
    file = root / "notebooks" / "00_summary.ipynb"
    assert found["00_summary.ipynb"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert set(found) == {LOCK, *(each.name for each in notebook_parts(root / "notebooks"))}


def test_a_notebook_that_is_no_part_of_briefings_changes_no_digest(project):
    before = project_digests(project)
    own = project / "notebooks" / "00_start_here.ipynb"
    own.write_text(own.read_text("utf-8") + "\n", "utf-8")
    assert project_digests(project) == before
    other = project / "notebooks" / "04_risk.ipynb"
    other.write_text(other.read_text("utf-8") + "\n", "utf-8")
    assert project_digests(project) != before
