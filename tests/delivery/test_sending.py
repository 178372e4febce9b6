"""A letter can be looked at before anybody gets one; it is signed, and the server is looked at."""

import hashlib
import json
import re
import shutil
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import dkim
import pikepdf
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from typer.testing import CliRunner

from briefing.cli import app
from briefing.delivery.checks import delivery_findings
from briefing.delivery.desk import Composer
from briefing.delivery.sending import sent_to_owner, trial, written
from briefing.delivery.settings import Mail, Server, Signature, load_mail
from briefing.delivery.transport import Connection
from briefing.inputs.files import BadInput

NOW = datetime(2026, 11, 26, 7, tzinfo=UTC)


@pytest.fixture
def build(tmp_path):
    folder = tmp_path / "build"
    folder.mkdir()
    made = EmailMessage(policy=SMTP)
    made["Subject"] = "The alliance"
    made.set_content("Customers pay 78 %.\n")
    made.add_alternative("<html><body><p>Customers pay</p></body></html>", subtype="html")
    (folder / "briefing.eml").write_bytes(made.as_bytes())
    with pikepdf.new() as pages:
        pages.add_blank_page()
        pages.save(folder / "briefing.pdf")
    digests = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()
    }
    (folder / "run.json").write_text(json.dumps({"as_of": "2026-11-22", "sha256": digests}))
    return folder


def mail(server, **changes):
    usual = {"sender": "Desk <desk@desk.example>", "owner": "owner@desk.example", "server": server}
    return Mail(**(usual | changes))


def test_a_dry_run_leaves_the_letter_its_page_its_text_and_their_sizes(build, tmp_path):
    found = trial(build, mail({"host": "nowhere.example"}), "owner@desk.example", NOW, ())
    letter, page, text = written(found, tmp_path / "out")
    assert letter.read_bytes() == found.message
    assert "<p>Customers pay</p>" in page.read_text()
    assert text.read_text().startswith("Customers pay 78 %.")
    assert [each.part for each in found.sizes] == ["text/plain", "text/html", "whole message"]
    assert found.sizes[-1].size_bytes == len(found.message)
    # A build without notebooks has nothing to say, and the gate says so.
    assert found.objections == ("there is no exhibit in it; it does not go out",)


def test_a_letter_leads_to_the_page_of_its_audience_where_there_is_one(build):
    sent = mail({"host": "a.example"}, pages="https://desk.example/{build}/briefing.html")
    compose = Composer(build.parent.parent, sent, {"weekly": "cfo"})
    folder = f"{build.parent.name}/{build.name}"
    row = {
        "kind": "briefing", "slot": "weekly/latest/1", "recipient": "a@b.example", "text": "",
        "message_id": "<1@desk.example>", "queued": NOW.isoformat(), "folder": folder,
        "attached": "",
    }  # fmt: skip

    def leads_to(page):
        by_hand = trial(build, sent, sent.owner, NOW, (), audience="cfo").message
        return all(
            f"{folder}/{page}"
            in message_from_bytes(each, policy=SMTP).get_body((kind,)).get_content()
            for each in (compose(row), by_hand)
            for kind in ("plain", "html")
        )

    assert leads_to("briefing.html")
    (build / "briefing.cfo.html").touch()
    assert leads_to("briefing.cfo.html")


def test_the_owner_gets_it_and_nobody_else(build, served):
    settings, sink = served()
    sent = mail(settings)
    found = trial(build, sent, sent.owner, NOW, ("briefing.pdf",))
    assert sent_to_owner(found, sent) == ""
    assert [to for _, to, _ in sink.received] == [["owner@desk.example"]]
    sink.says = {"RCPT": ["550 no such owner"]}
    assert sent_to_owner(found, sent) == "owner@desk.example: 550 no such owner"
    nowhere = mail(settings.model_copy(update={"port": 1}))
    assert "localhost:1" in sent_to_owner(found, nowhere)


def test_a_command_typed_in_a_hurry_writes_to_nobody():
    result = CliRunner().invoke(app, ["send", "latest"])
    assert isinstance(result.exception, BadInput)
    assert "readers get mail by schedules" in str(result.exception)


def test_an_audience_that_nobody_knows_is_refused_before_a_build():
    result = CliRunner().invoke(app, ["send", "latest", "--dry-run", "--audience", "cf0"])
    assert isinstance(result.exception, BadInput)
    assert "did you mean 'cfo'?" in str(result.exception)


def test_what_nobody_is_sent_needs_no_settings_of_a_mail(project):
    params = project / "params"
    assert not (params / "delivery" / "mail.yaml").exists()
    assert load_mail(params, may_be_example=True).sender.endswith("<desk@example.org>")
    with pytest.raises(BadInput, match="it names the sender, the owner and a server"):
        load_mail(params)
    (params / "delivery" / "mail.yaml").write_text("sender: nobody\n")
    with pytest.raises(BadInput, match=r"mail\.yaml: owner"):
        load_mail(params, may_be_example=True)


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path_factory.mktemp("key") / "dkim.pem"
    file.write_bytes(
        made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    file.chmod(0o600)
    public = made.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return file, "".join(public.decode().splitlines()[1:-1])


def test_a_signature_holds_until_anything_is_changed(build, key):
    file, public = key
    asked = []

    def dns(name, timeout=5):
        asked.append(name)
        return f"v=DKIM1; k=rsa; p={public}".encode()

    signature = Signature(domain="desk.example", selector="m1", key=f"file:{file}")
    found = trial(build, mail({"host": "x.example"}, dkim=signature), "a@b.example", NOW, ())
    assert dkim.verify(found.message, dnsfunc=dns)
    assert asked == [b"m1._domainkey.desk.example."]
    assert not dkim.verify(found.message.replace(b"78", b"87"), dnsfunc=dns)
    added = found.message.replace(b"Subject: ", b"Subject: Buy now\r\nSubject: ", 1)
    assert not dkim.verify(added, dnsfunc=dns)


def test_without_the_package_that_signs_nothing_is_sent(build, key, monkeypatch):
    monkeypatch.setitem(sys.modules, "dkim", None)
    signature = Signature(domain="desk.example", selector="m1", key=f"file:{key[0]}")
    with pytest.raises(BadInput, match=r"needs the package dkimpy .*; nothing was sent"):
        trial(build, mail({"host": "x.example"}, dkim=signature), "a@b.example", NOW, ())


def test_a_key_that_is_none_is_told_and_not_shown(build, tmp_path):
    file = tmp_path / "dkim.pem"
    file.write_text("hunter2hunter2")
    file.chmod(0o600)
    signature = Signature(domain="desk.example", selector="m1", key=f"file:{file}")
    with pytest.raises(BadInput, match="no key to sign by") as refused:
        trial(build, mail({"host": "x.example"}, dkim=signature), "a@b.example", NOW, ())
    assert "hunter2" not in str(refused.value)


# What the doctor sees


def findings(tmp_path, server, now, ticked=None):
    (tmp_path / "delivery").mkdir(exist_ok=True)
    given = {"sender": "desk@d.example", "owner": "o@d.example", "server": server}
    (tmp_path / "delivery" / "mail.yaml").write_text(json.dumps(given))
    if ticked:
        (tmp_path / ".delivery-heartbeat.json").write_text(json.dumps({"ticked": ticked}))
    found = list(delivery_findings(tmp_path, tmp_path, now))
    return {each.name: (each.level, each.told) for each in found}


def plain(settings: Server):
    kept = ("host", "port", "security")
    return {name: getattr(settings, name) for name in kept} | {"ca_file": str(settings.ca_file)}


def test_the_doctor_says_how_long_the_certificate_lasts(served, tmp_path):
    settings, _ = served()
    with Connection(settings) as connection:
        ends = connection.certificate_ends
    level, told = findings(tmp_path, plain(settings), ends - timedelta(days=20, hours=1))[
        "mail server"
    ]
    assert (level, "ends in 20 days" in told) == ("good", True)
    level, _ = findings(tmp_path, plain(settings), ends - timedelta(days=13, hours=1))[
        "mail server"
    ]
    assert level == "slow"


def test_the_doctor_says_that_nobody_answers_or_ticks(tmp_path):
    server = {"host": "localhost", "port": 1}
    found = findings(tmp_path, server, NOW)
    assert {"timer", "clock of delivery", "disk of delivery"} <= set(found)
    assert found["mail server"][0] == "broken"
    assert re.search("localhost:1", found["mail server"][1])
    assert found["ticks"] == ("slow", "nobody has ticked here yet")
    fresh = findings(tmp_path, server, NOW, "2026-11-26T06:30:00+00:00")["ticks"]
    assert fresh == ("good", "the last tick was 0.5 hours ago")
    assert findings(tmp_path, server, NOW, "2026-11-24T06:30:00+00:00")["ticks"][0] == "slow"


@pytest.mark.parametrize(
    ("said", "name", "level"),
    [
        ("active", "timer", "good"),
        ("inactive", "timer", "slow"),
        (None, "timer", "slow"),
        ("yes", "clock of delivery", "good"),
        ("no", "clock of delivery", "slow"),
        (None, "clock of delivery", "good"),
    ],
)
def test_the_doctor_asks_the_system_who_ticks_and_who_keeps_the_clock(
    tmp_path, monkeypatch, said, name, level
):
    monkeypatch.setattr("briefing.delivery.checks._asked", lambda *_: said)
    found = findings(tmp_path, {"host": "localhost", "port": 1}, NOW)
    assert found[name][0] == level


def test_the_doctor_warns_before_the_disk_is_full(tmp_path, monkeypatch):
    room = shutil.disk_usage(tmp_path)
    for free, level in ((999_000_000, "slow"), (2_000_000_000, "good")):
        monkeypatch.setattr("shutil.disk_usage", lambda _, free=free: room._replace(free=free))
        found = findings(tmp_path, {"host": "localhost", "port": 1}, NOW)
        assert found["disk of delivery"][0] == level


def test_without_mail_there_is_nothing_to_look_at(tmp_path):
    assert list(delivery_findings(tmp_path, tmp_path, NOW)) == []
