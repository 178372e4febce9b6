"""Secrets come from where they are named, and nothing that is sent holds one."""

import html
import io
import json
import sys
from email.message import EmailMessage
from types import SimpleNamespace

import pandas as pd
import pikepdf
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


def test_a_secret_comes_from_the_keyring_where_its_package_is(monkeypatch):
    rung = SimpleNamespace(
        get_password=lambda service, user: f"{service} of {user}",
        errors=SimpleNamespace(KeyringError=OSError),
    )
    monkeypatch.setitem(sys.modules, "keyring", rung)
    monkeypatch.setitem(sys.modules, "keyring.errors", rung.errors)
    assert secret("keyring:smtp/desk") == "smtp of desk"
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(BadInput, match=r"needs the package keyring .*; nothing was sent"):
        secret("keyring:smtp/desk")


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


HELD = 'päss"word<&>42'


def in_mail(file):
    mail = EmailMessage()
    mail.set_content("x" * 70 + HELD, cte="quoted-printable")
    mail.add_attachment(b"a" + HELD.encode(), "text", "csv", filename="a.csv")
    file.write_bytes(mail.as_bytes())


def in_attached_mail_part(file):
    mail = EmailMessage()
    mail.set_content("nothing")
    mail.add_attachment(b"a" + HELD.encode(), "text", "csv", filename="a.csv")
    file.write_bytes(mail.as_bytes())


def in_pdf_attachment(file):
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments["briefing.ipynb"] = pikepdf.AttachedFileSpec(pdf, HELD.encode())
        pdf.save(file, recompress_flate=True, compress_streams=True)


def in_pdf_title(file):
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = HELD
        pdf.save(file)


def in_parquet(file):
    words = pd.DataFrame({"id": ["a"] * 50, "label": [f"gap {HELD}"] * 50})
    words.to_parquet(file, engine="fastparquet", compression="gzip")


def in_notebook(file):
    file.write_text(json.dumps({"cells": [{"source": ["a\n", HELD[:5], HELD[5:]]}]}))


def in_page(file):
    file.write_text(f"<p>{html.escape(HELD)}</p>", encoding="utf-8")


def in_log(file):
    file.write_bytes(b"\xff\xfe" + HELD.encode())


@pytest.mark.parametrize(
    ("name", "hide"),
    [
        ("briefing.eml", in_mail),
        ("briefing.eml", in_attached_mail_part),
        ("briefing.pdf", in_pdf_attachment),
        ("briefing.pdf", in_pdf_title),
        ("figures.parquet", in_parquet),
        ("03.ipynb", in_notebook),
        ("run.json", in_notebook),
        ("briefing.html", in_page),
        ("told.log", in_log),
    ],
)
def test_a_secret_is_found_in_packed_and_encoded_parts(tmp_path, name, hide):
    file = tmp_path / name
    hide(file)
    (told,) = leaks([file], [HELD])
    assert told == f"{name}: holds a secret that delivery uses; nothing was sent"
    assert leaks([file], ["another secret"]) == []


def test_a_key_of_many_lines_is_known_by_any_of_them(tmp_path):
    key = "-----BEGIN PUBLIC KEY-----\nMIIBaaaaaaaaaaaa\nbbbbbbbbbbbbbbb\n-----END PUBLIC KEY-----"
    file = tmp_path / "a.html"
    file.write_text("x bbbbbbbbbbbbbbb x")
    assert len(leaks([file], [key])) == 1
    file.write_text("-----BEGIN PUBLIC KEY-----")
    assert leaks([file], [key]) == []


@pytest.mark.parametrize("name", ["a.pdf", "a.parquet", "a.ipynb", "a.json"])
def test_a_file_that_cannot_be_unpacked_is_not_passed_over(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(io.BytesIO(b"{ no such thing").getvalue())
    (told,) = leaks([file], [HELD])
    assert told.startswith(f"{name}: cannot be searched for secrets")


@pytest.mark.parametrize(
    ("content", "is_token"),
    [
        (b"postgresql://desk:s3cretword@db.example/ledger", True),
        (b"https://www.sec.gov:443/a@b and https://x.org/?q=a:b@c", False),
        (b"glpat-" + b"a" * 20, True),
        (b"AIza" + b"b" * 35, True),
        (b"eyJ" + b"a" * 12 + b".eyJ" + b"b" * 12 + b"." + b"c" * 20, True),
        (b"risk-" + b"a" * 40, False),
    ],
)
def test_addresses_with_passwords_and_tokens_are_known_by_their_shape(tmp_path, content, is_token):
    file = tmp_path / "a.html"
    file.write_bytes(b"<p>" + content + b"</p>")
    assert len(leaks([file], [])) == is_token
