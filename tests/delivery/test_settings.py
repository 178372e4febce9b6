"""What is wrong with the settings of the mail is told before anything is sent, without secrets."""

import pytest

from briefing.delivery.settings import load_mail
from briefing.inputs.files import BadInput

GOOD = """
sender: Analyst desk <desk@example.org>
owner: owner@example.org
server:
  host: smtp.example.org
  user: desk
  password: env:BRIEFING_SMTP_PASSWORD
"""


@pytest.fixture
def loaded(tmp_path):
    (tmp_path / "delivery").mkdir()

    def load(text):
        (tmp_path / "delivery" / "mail.yaml").write_text(text)
        return load_mail(tmp_path)

    return load


def test_the_shortest_settings_are_safe_ones(loaded):
    mail = loaded(GOOD)
    assert (mail.server.security, mail.server.door) == ("starttls", 587)
    assert mail.domain == "example.org"
    assert mail.dkim is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("env:BRIEFING_SMTP_PASSWORD", "hunter2hunter2", "server.password"),
        ("  user: desk\n", "", "user and password are given together"),
        ("host: smtp.example.org", "host: smtp.example.org\n  security: none", "clear text"),
        ("host: smtp.example.org", "host: smtp.example.org\n  port: 0", "server.port"),
        ("host: smtp.example.org", "host: smtp.example.org\n  certificate: none", "certificate"),
        ("owner: owner@example.org", "owner: nobody", "one mail address"),
        ("owner: owner@example.org", "owner: a@x.org, b@x.org", "one mail address"),
        ("owner: owner@example.org", 'owner: "a@x.org\\nBcc: b@x.org"', "one mail address"),
        ("owner: owner@example.org", 'owner: "=?q?=0d=0a?= <a@x.org>"', "none of them encoded"),
        ("owner: owner@example.org", f"owner: {'a' * 400} <a@x.org>", "at most 400 characters"),
        ("owner: owner@example.org\n", "", "owner"),
        ("owner: owner@example.org", "owner: owner@straße.example", "one mail address"),
        ("server:", "unsubscribe: {mailto: 'Desk <out@x.org>'}\nserver:", "an address alone"),
        ("server:", "unsubscribe: {https: 'http://x.org'}\nserver:", "begins with https://"),
        ("server:", "unsubscribe: {https: 'https://x.org/out'}\nserver:", "must hold {letter}"),
        ("server:", "pages: http://x.org/{build}\nserver:", "begins with https://"),
        ("server:", "pages: https://x.org/briefing.html\nserver:", "must hold {build}"),
        (
            "server:",
            "pages: https://x.org/{build}/{bild}\nserver:",
            "knows no {bild}, only {build}",
        ),
        ("server:", "pages: https:///{build}\nserver:", "and a host"),
    ],
)
def test_a_fault_names_file_entry_rule_and_consequence(loaded, old, new, told):
    assert old in GOOD
    with pytest.raises(BadInput) as refused:
        loaded(GOOD.replace(old, new))
    message = "\n".join(refused.value.messages)
    assert "mail.yaml" in message
    assert told in message
    assert "nothing was sent" in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    "password",
    ["'hunter2\\u200b'", '"hunter2\\u200b"', "!hunter2 x", "hunter2\n  hunter2: 1\n  hunter2"],
)
def test_a_secret_in_the_wrong_place_is_never_repeated(tmp_path, password):
    file = tmp_path / "delivery" / "mail.yaml"
    file.parent.mkdir()
    text = f"sender: a@example.org\nserver:\n  host: smtp.example.org\n  password: {password}\n"
    file.write_text(text.replace("\\u200b", "\u200b"), encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        load_mail(tmp_path)
    assert "hunter2" not in str(refused.value)
    assert str(file) in str(refused.value)


def test_without_a_file_there_is_no_mail(tmp_path):
    with pytest.raises(BadInput, match="is not there"):
        load_mail(tmp_path)
