"""Where the project's files are."""

import pytest

from briefing.inputs.files import BadInput, templates_folder


def test_a_projects_own_templates_are_taken_whole_or_not_at_all(monkeypatch, tmp_path, root):
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    assert templates_folder() == root / "templates"
    for name in ("email", "html"):
        (tmp_path / "templates" / name).mkdir(parents=True)
    with pytest.raises(BadInput, match="templates: holds no fonts and no pdf; copy all of"):
        templates_folder()
    for name in ("fonts", "pdf"):
        (tmp_path / "templates" / name).mkdir()
    assert templates_folder() == tmp_path / "templates"
