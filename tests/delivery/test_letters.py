"""A letter is the build's own mail with real names on it, the same bytes each time."""

import email
import html
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest

from briefing.delivery.letters import Letter, composed, message_id
from briefing.inputs.files import BadInput

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def build(tmp_path):
    made = EmailMessage(policy=SMTP)
    made["From"] = "Analyst briefing <briefing@briefing.invalid>"
    made["Subject"] = "The alliance, as of 2026-11-22"
    made["List-Id"] = "<latest.briefing.invalid>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("The alliance\nas of 2026-11-22\n\nCustomers pay 78 %.\n")
    made.add_alternative(
        "<html><body class='sheet'><div class=\"preview\">In a list of mails</div>"
        "<p>Customers pay 78 %.</p></body></html>",
        subtype="html",
    )
    made.get_payload()[1].add_related(PICTURE, "image", "png", cid="<e08@briefing.invalid>")
    (tmp_path / "briefing.eml").write_bytes(made.as_bytes())
    (tmp_path / "briefing.pdf").write_bytes(b"%PDF-1.7 pages")
    return tmp_path


def letter(**changes):
    usual = {
        "recipient": "Ann Reader <ann@bank.example>",
        "sender": "Analyst desk <desk@desk.example>",
        "message_id": message_id("weekly", "ann@bank.example", "f00d", "desk.example"),
        "dated": datetime(2026, 11, 26, 7, tzinfo=UTC),
    }
    return Letter(**(usual | changes))


def read(content):
    return email.message_from_bytes(content, policy=default)


def shape(part):
    inside = [shape(each) for each in part.iter_parts()] if part.is_multipart() else []
    return (part.get_content_type(), inside) if inside else part.get_content_type()


def test_a_message_holds_text_page_picture_and_pdf_in_the_order_that_programs_expect(build):
    message = read(composed(build, letter()))
    assert shape(message) == (
        "multipart/mixed",
        [
            (
                "multipart/alternative",
                ["text/plain", ("multipart/related", ["text/html", "image/png"])],
            ),
            "application/pdf",
        ],
    )
    *_, picture, pdf = (part for part in message.walk() if not part.is_multipart())
    assert picture.get_content() == PICTURE
    assert picture["Content-ID"] == "<e08@briefing.invalid>"
    assert (pdf.get_filename(), pdf.get_content()) == ("briefing.pdf", b"%PDF-1.7 pages")


def test_the_headers_are_the_readers_and_the_senders_and_no_others(build):
    message = read(composed(build, letter(reply_to="help@desk.example")))
    assert {name: str(value) for name, value in message.items() if name != "Content-Type"} == {
        "From": "Analyst desk <desk@desk.example>",
        "To": "Ann Reader <ann@bank.example>",
        "Reply-To": "help@desk.example",
        "Subject": "The alliance, as of 2026-11-22",
        "List-Id": "<latest.desk.example>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Date": "Thu, 26 Nov 2026 07:00:00 +0000",
        "Message-ID": letter().message_id,
    }


def test_equal_letters_are_equal_bytes_and_another_reader_has_another_id(build):
    assert composed(build, letter()) == composed(build, letter())
    ids = {
        message_id(slot, reader, content, "desk.example")
        for slot in ("w1", "w2")
        for reader in ("a@x.example", "b@x.example")
        for content in ("1", "2")
    }
    assert len(ids) == 8


def test_a_late_letter_says_so_first_in_both_forms(build):
    timing = "scheduled for <07:00>, built 07:10, data as of 2026-11-22"
    message = read(composed(build, letter(timing=timing)))
    text = message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    assert text.startswith(timing)
    assert page.index("&lt;07:00&gt;") < page.index("Customers pay")
    assert "<07:00>" not in page


def test_a_letter_leads_to_its_page_in_both_forms(build):
    url = 'https://desk.example/latest/1/briefing.html?a=1&b="2"'
    message = read(composed(build, letter(page_url=url)))
    text = message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    opening, full, rest = text.replace("\r\n", "\n").split("\n\n", 2)
    assert opening == "The alliance\nas of 2026-11-22"
    assert full == f"Charts, tables and sources: {url}"
    assert rest.startswith("Customers pay")
    link = f'href="{html.escape(url)}"'
    assert page.index("In a list of mails") < page.index(link) < page.index("Customers pay")
    plain = read(composed(build, letter()))
    assert "Charts, tables" not in plain.get_body(("html",)).get_content()


def test_there_is_a_way_out_for_readers_and_for_their_programs(build):
    ways = {
        "unsubscribe_https": "https://desk.example/out?r=1",
        "unsubscribe_mailto": "o@d.example",
    }
    message = read(composed(build, letter(**ways)))
    assert (
        message["List-Unsubscribe"]
        == "<mailto:o@d.example?subject=unsubscribe>, <https://desk.example/out?r=1>"
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "https://desk.example/out?r=1" in message.get_body(("plain",)).get_content()
    assert 'href="https://desk.example/out?r=1"' in message.get_body(("html",)).get_content()
    by_mail = read(composed(build, letter(unsubscribe_mailto="o@d.example")))
    assert by_mail["List-Unsubscribe-Post"] is None
    assert "mailto:o@d.example?subject=unsubscribe" in by_mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("field", ["recipient", "sender", "subject", "reply_to"])
def test_no_value_begins_a_header_of_its_own(build, field):
    with pytest.raises(BadInput, match="a line end would begin another header"):
        composed(build, letter(**{field: "a@x.example\r\nBcc: all@x.example"}))


def test_a_file_that_the_build_lacks_is_named(build):
    with pytest.raises(BadInput, match=r"has no briefing\.cfo\.pdf; nothing was sent"):
        composed(build, letter(attached=("briefing.cfo.pdf",)))


def test_an_address_beyond_ascii_stands_as_it_is(build):
    message = composed(build, letter(recipient="jürgen@bank.example"))
    assert "To: jürgen@bank.example".encode() in message


def test_a_domain_beyond_ascii_is_spelt_so_that_every_server_reads_it(build):
    content = composed(build, letter(recipient="Jürgen Groß <groß@müller.example>"))
    assert "groß@müller.example".encode() in content
    content = composed(build, letter(recipient="Jürgen Groß <gross@müller.example>"))
    assert content.isascii()
    (to,) = read(content)["To"].addresses
    assert (to.display_name, to.addr_spec) == ("Jürgen Groß", "gross@xn--mller-kva.example")


def test_a_name_that_looks_like_a_header_stays_a_name(build):
    content = composed(build, letter(recipient='"Bcc: all@x.example" <ann@bank.example>'))
    message = read(content)
    assert message["Bcc"] is None
    assert [each.addr_spec for each in message["To"].addresses] == ["ann@bank.example"]


ENCODED = "=?utf-8?q?a=0d=0aBcc:_b@x.example?="


@pytest.mark.parametrize("field", ["recipient", "sender", "reply_to"])
def test_a_line_end_in_disguise_is_no_name(build, field):
    with pytest.raises(BadInput, match="CR or LF"):
        composed(build, letter(**{field: f'"{ENCODED}" <ann@bank.example>'}))


def test_a_line_end_in_disguise_stays_a_word_of_the_subject(build):
    content = composed(build, letter(subject=f"Weekly {ENCODED}"))
    assert read(content)["Bcc"] is None
    assert b"\nBcc:" not in content
    assert "Weekly = ?utf-8?q?a=0d=0aBcc" in read(content)["Subject"]


LINES = (
    "Ünïcödé " * 30 + "\n.\n..dots\nFrom here\ntrailing  \n\ttab\n" + "x" * 500 + "\n=?q?= == –\n"
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_any_text_arrives_as_it_was_in_short_lines_of_ascii(build, newline):
    made = EmailMessage(policy=SMTP)
    made["Subject"] = "Lines"
    made.set_content(LINES.replace("\n", newline))
    made.add_alternative(f"<html><body><pre>{LINES}</pre></body></html>", subtype="html")
    (build / "briefing.eml").write_bytes(made.as_bytes())
    content = composed(build, letter())
    message = read(content)
    assert message.get_body(("plain",)).get_content().splitlines() == LINES.splitlines()
    assert LINES in message.get_body(("html",)).get_content().replace("\r\n", "\n")
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert content.count(b"\n") == content.count(b"\r\n")
    assert [part.defects for part in message.walk()] == [[]] * 5


def test_a_build_that_has_changed_is_read_again(build):
    composed(build, letter())
    (build / "briefing.pdf").write_bytes(b"%PDF-1.7 other pages")
    after = read(composed(build, letter()))
    *_, pdf = after.iter_attachments()
    assert pdf.get_content() == b"%PDF-1.7 other pages"


def test_a_long_way_out_stands_as_it_is_so_that_one_click_finds_it(build):
    way = "https://desk.example/out/" + "0123456789abcdef" * 8
    message = composed(build, letter(unsubscribe_https=way, unsubscribe_mailto="a+b@d.example"))
    lines = b"List-Unsubscribe: <mailto:a%2Bb@d.example?subject=unsubscribe>,\r\n <"
    assert lines + way.encode() + b">\r\n" in message
    assert read(message)["List-Unsubscribe"].endswith(f"<{way}>")
