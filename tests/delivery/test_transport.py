"""What a server answers decides what becomes of a message, and of that message only."""

import smtplib
import socketserver
import time
from base64 import b64decode
from threading import Thread

import pytest
from tests.delivery.conftest import PASSWORD

from briefing.delivery.settings import Server
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
    with pytest.raises(Unreachable, match=r"mail.yaml say security: tls"):
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
        ("RCPT", "530 log in first", "later"),
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
    is_ours = command == "MAIL" and said.startswith("5")
    told = f"the server refuses the sender: {said}" if is_ours else said
    assert (first.kind, first.told, first.is_doubtful) == (kind, told, False)
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


def test_an_address_that_would_end_the_command_is_refused_and_the_next_passes(served):
    settings, sink = served()
    odd = ["a@x.example>\r\nRCPT TO:<b@x.example", "a b@x.example", "a@" + "x" * 70 + ".example"]
    with Connection(settings) as connection:
        outcomes = [connection.send(MESSAGE, "desk@desk.example", each) for each in odd]
        good = connection.send(MESSAGE, "desk@desk.example", "o'brien+news@x.example")
    assert [each.kind for each in outcomes] == ["refused"] * 3
    assert all("no server could take" in each.told for each in outcomes)
    assert good.kind == "sent"
    assert [to for _, to, _ in sink.received] == [["o'brien+news@x.example"]]


def test_a_message_beyond_ascii_goes_to_servers_that_take_it_only(served, monkeypatch):
    settings, _ = served()
    message = "To: jürgen@bank.example\r\n\r\nhello\r\n".encode()
    with Connection(settings) as connection:
        assert connection.send(message, "desk@d.example", "a@b.example").kind == "sent"
        monkeypatch.setattr(smtplib.SMTP, "has_extn", lambda _, name: name != "smtputf8")
        assert connection.send(message, "desk@d.example", "a@b.example").kind == "refused"


def test_a_server_that_says_nothing_is_left_in_time_and_the_message_is_in_doubt(served):
    settings, sink = served(timeout_seconds=0.3)
    sink.seconds = 0.9
    (outcome,) = sent(settings)
    assert (outcome.kind, outcome.is_doubtful) == ("later", True)
    assert "timed out" in outcome.told


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_another_host_is_not_trusted(served, security):
    settings, sink = served(security)
    with pytest.raises(Unreachable, match=r"not to be trusted: .*127\.0\.0\.1"):
        sent(settings.model_copy(update={"host": "127.0.0.1"}))
    assert sink.received == []


class Script(socketserver.StreamRequestHandler):
    """A server that says what it was told to, line by line, and then hangs up."""

    def handle(self):
        for answer in self.server.answers:
            self.wfile.write(answer)
            if answer == self.server.answers[-1] or not self.rfile.readline():
                return


@pytest.mark.parametrize(
    "answers",
    [
        [b""],  # hangs up before a word
        [b"554 go away\r\n"],
        [b"hello?\r\n"],
        [b"220 x\r\n"],
        [b"220 x\r\n", b"250 x\r\n"],  # no STARTTLS
        [b"220 x\r\n", b"250-x\r\n250 STARTTLS\r\n", b"454 not now\r\n"],
        [b"220 x\r\n", b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\nno TLS at all\r\n"],
        [b"220 " + b"x" * 100_000 + b"\r\n"],
    ],
)
def test_a_server_that_breaks_the_rules_is_unreachable_and_nothing_is_said_to_it(answers):
    with socketserver.ThreadingTCPServer(("localhost", 0), Script) as server:
        server.answers = answers
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        settings = Server(host="localhost", port=server.server_address[1], timeout_seconds=2)
        with pytest.raises(Unreachable, match=r"^localhost:\d+: "):
            sent(settings)
        server.shutdown()


class Trickle(socketserver.StreamRequestHandler):
    """A server whose answer to one command goes on and on, by lines or by bytes."""

    def handle(self):
        for answer in (b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n"):
            self.wfile.write(answer)
            self.rfile.readline()
        try:
            while True:
                self.wfile.write(self.server.drop)
                time.sleep(0.05)
        except OSError:
            return


@pytest.mark.parametrize("drop", [b"250-ok\r\n", b"2"])
def test_an_answer_that_does_not_end_is_left_in_time(drop):
    with socketserver.ThreadingTCPServer(("localhost", 0), Trickle) as server:
        server.drop = drop
        server.daemon_threads = True
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        port = server.server_address[1]
        (outcome,) = sent(Server(host="localhost", port=port, security="none", timeout_seconds=1))
        server.shutdown()
    assert (outcome.kind, outcome.is_doubtful) == ("later", False)
    assert "does not end" in outcome.told


def test_an_answer_to_the_login_that_is_no_base64_is_a_server_out_of_reach(served, monkeypatch):
    monkeypatch.setenv("BRIEFING_TEST_PASSWORD", PASSWORD)
    monkeypatch.setattr(smtplib.SMTP, "login", lambda *_: b64decode("x"))
    settings, _ = served(user="desk")
    with pytest.raises(Unreachable, match="base64"):
        sent(settings)


@pytest.mark.parametrize("said", ["251 taken along", "252 taken, I think"])
def test_whatever_two_hundred_it_is_the_letter_is_taken(served, said):
    settings, sink = served()
    sink.says = {"DATA": [said]}
    (outcome,) = sent(settings)
    assert (outcome.kind, outcome.told) == ("sent", said)


def test_a_line_that_breaks_before_the_message_went_out_leaves_no_doubt():
    answers = [b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 fine\r\n", b""]
    with socketserver.ThreadingTCPServer(("localhost", 0), Script) as server:
        server.answers = answers
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        port = server.server_address[1]
        settings = Server(host="localhost", port=port, security="none", timeout_seconds=2)
        (outcome,) = sent(settings)
        server.shutdown()
    assert (outcome.kind, outcome.is_doubtful) == ("later", False)


def test_a_server_that_refuses_the_login_for_ever_is_no_readers_fault(served, monkeypatch):
    """A password is not even tried where a server knows no login."""
    monkeypatch.setenv("BRIEFING_TEST_PASSWORD", PASSWORD)
    settings, sink = served()
    with pytest.raises(Unreachable, match=r"535|not supported"):
        sent(Server(**{**settings.model_dump(), "user": "desk",
                       "password": "env:BRIEFING_TEST_PASSWORD"}))  # fmt: skip
    assert sink.received == []


def test_a_password_that_no_login_can_carry_is_told_and_not_shown(served, monkeypatch):
    monkeypatch.setenv("BRIEFING_TEST_PASSWORD", "größer-als-hunter2")
    settings, _ = served(user="desk")
    with pytest.raises(Unreachable, match="must be ASCII") as refusal:
        sent(settings)
    assert "hunter2" not in str(refusal.value)
