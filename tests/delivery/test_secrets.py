"""Secrets come from where they are named, and nothing that is sent holds one."""

import pytest

from briefing.delivery.secrets import leaks, secret
from briefing.inputs.files import BadInput


def test_a_secret_comes_from_the_environment_or_from_a_file(monkeypatch, tmp_path):
    monkeypatch.setenv("DESK_PASSWORD", "from-the-environment")
    file = tmp_path / "password"
    file.write_text("from-a-file\n")
    file.chmod(0o600)
    assert secret("env:DESK_PASSWORD") == "from-the-environment"
    assert secret(f"file:{file}") == "from-a-file"


def test_a_file_that_everybody_may_read_is_no_place_for_one(tmp_path):
    file = tmp_path / "password"
    file.write_text("from-a-file")
    file.chmod(0o644)
    with pytest.raises(BadInput, match="everybody may read it") as refused:
        secret(f"file:{file}")
    assert "from-a-file" not in str(refused.value)


@pytest.mark.parametrize("reference", ["env:NOT_SET_ANYWHERE", "file:/nowhere/at/all"])
def test_a_secret_that_is_not_there_is_told_by_its_reference(reference):
    with pytest.raises(BadInput, match=reference):
        secret(reference)


def test_a_secret_in_the_place_of_a_reference_is_not_repeated():
    with pytest.raises(BadInput) as refused:
        secret("hunter2hunter2")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"nothing of note, sk- and AKIA alone", None),
        (b"password is correct-horse", "holds a secret that delivery uses"),
        (b"-----BEGIN RSA PRIVATE KEY-----\n", "looks like a key"),
        (b"key AKIAABCDEFGHIJKLMNOP end", "looks like a key"),
        (b"ghp_" + b"a" * 36, "looks like a key"),
    ],
)
def test_a_file_with_a_secret_is_named_and_the_secret_is_not(tmp_path, content, told):
    file = tmp_path / "briefing.html"
    file.write_bytes(content)
    found = leaks([file], ["correct-horse"])
    assert (found == []) == (told is None)
    for message in found:
        assert message.startswith("briefing.html: ")
        assert told in message
        assert "correct-horse" not in message
        assert "AKIAABCDEFGHIJKLMNOP" not in message
