"""What a server answers decides what becomes of a message, and of that message only."""

import smtplib

import pytest
from tests.delivery.conftest import PASSWORD

from briefing.delivery.transport import Connection, Unreachable

MESSAGE = b"From: a@desk.example\r\nSubject: one\r\n\r\nline\r\n.hidden dot\r\n"


def sent(settings, recipient="reader@bank.example", times=1):
    with Connection(settings) as connection:
        return [connection.send(MESSAGE, "desk@desk.example", recipient) for _ in range(times)]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_message_arrives_as_it_was_after_a_login_under_a_certificate(
    served, security, monkeypatch
):
    monkeypatch.setenv("BRIEFING_TEST_PASSWORD", PASSWORD)
    settings, sink = served(security, user="desk")
    (outcome,) = sent(settings)
    assert outcome.kind == "sent"
    assert sink.received == [("desk@desk.example", ["reader@bank.example"], MESSAGE)]


def test_a_wrong_password_is_nobodys_refusal_and_is_not_repeated(served, monkeypatch):
    monkeypatch.setenv("BRIEFING_TEST_PASSWORD", "wrong-horse-battery")
    settings, sink = served(user="desk")
    with pytest.raises(Unreachable, match="refuses this user or password") as refusal:
        sent(settings)
    assert "wrong-horse" not in str(refusal.value)
    assert sink.received == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_nothing_passes_under_a_certificate_that_nobody_vouches_for(served, security):
    settings, sink = served(security, trusted=False)
    with pytest.raises(Unreachable, match="not to be trusted: self-signed"):
        sent(settings)
    assert sink.received == []


def test_a_server_without_starttls_gets_nothing(served):
    settings, sink = served("none")
    with pytest.raises(Unreachable, match="STARTTLS"):
        sent(settings.model_copy(update={"security": "starttls"}))
    assert sink.received == []


def test_nobody_there_is_told_with_the_address(served):
    settings, _ = served()
    with pytest.raises(Unreachable, match=r"localhost:1: ConnectionRefusedError"):
        sent(settings.model_copy(update={"port": 1}))


@pytest.mark.parametrize(
    ("command", "said", "kind"),
    [
        ("MAIL", "451 greylisted, come back", "later"),
        ("MAIL", "421 too busy", "later"),
        ("MAIL", "550 we take nothing from you", "later"),
        ("RCPT", "450 mailbox busy", "later"),
        ("RCPT", "452 full", "later"),
        ("RCPT", "550 no such reader", "refused"),
        ("DATA", "452 disk full", "later"),
        ("DATA", "554 looks like advertising", "refused"),
    ],
)
def test_an_answer_says_whether_to_come_back_and_the_next_message_passes(
    served, command, said, kind
):
    settings, sink = served()
    sink.says = {command: [said]}
    first, second = sent(settings, times=2)
    assert (first.kind, first.told, first.is_doubtful) == (kind, said, False)
    assert second.kind == "sent"
    assert len(sink.received) == 1


def test_a_line_that_breaks_after_the_message_leaves_it_in_doubt(served):
    settings, sink = served()
    sink.says = {"DATA": ["kept and gone"]}
    first, second = sent(settings, times=2)
    assert (first.kind, first.is_doubtful) == ("later", True)
    assert second.kind == "sent"
    assert len(sink.received) == 2


def test_an_address_beyond_ascii_goes_to_servers_that_take_it(served):
    settings, sink = served()
    (outcome,) = sent(settings, "jürgen@müller.example")
    assert outcome.kind == "sent"
    assert sink.received[0][1] == ["jürgen@xn--mller-kva.example"]


def test_an_address_beyond_ascii_is_refused_where_the_server_has_no_way_for_it(served, monkeypatch):
    settings, sink = served()
    monkeypatch.setattr(smtplib.SMTP, "has_extn", lambda _, name: name != "smtputf8")
    (outcome,) = sent(settings, "jürgen@müller.example")
    assert outcome.kind == "refused"
    assert "jürgen" in outcome.told
    assert sink.received == []
