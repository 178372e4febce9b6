"""Text that would be a command elsewhere is shown as the text it is, in every medium."""

import email
import email.policy
import io

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook
from pypdf import PdfReader

from briefing.exhibits.exhibit import Exhibit, Tile
from briefing.render.email import BriefingEmailExporter
from briefing.render.html import BriefingHTMLExporter
from briefing.render.pdf import BriefingPDFExporter

HOSTILE = [
    # scripts and markup
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='https://evil.example'>",
    '"><b onmouseover=alert(1)>',
    "'><style>*{display:none}</style>",
    "<!-- comment",
    "--> end",
    "<![CDATA[x]]>",
    "&lt;b&gt; &amp; &#60;",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "<a href='data:text/html,x'>y</a>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "</title></head><body>",
    "</style><script>1</script>",
    "<form action=//evil.example>",
    # markdown
    "# Heading",
    "* item\n* item",
    "```\ncode\n```",
    "> quote",
    "| a | b |\n|---|---|",
    "**bold** _it_ `x`",
    "1. one",
    "---",
    "[ref]: https://evil.example",
    "\\*escaped\\*",
    # Typst
    "#panic()",
    '#read("/etc/passwd")',
    "$ x^2 $",
    "@label <label>",
    "= Title",
    "#let x = 1",
    "\\u{7}",
    '#eval("1")',
    "~ -- ---",
    '#import "x.typ": *',
    # Jinja, formats and shells
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{# comment #}",
    "%s %d {0}",
    "${HOME} $(id)",
    "`id`",
    # addresses and headers of mails
    "x\r\nBcc: victim@evil.example",
    "=?utf-8?q?x?=",
    "a@b.example, c@d.example",
    # size, direction, oddities
    "long " * 2000,
    "x" * 10_000,
    "a\u00adb\u00a0c",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "tab\tand\nline",
    "'\"`´",
]

FORBIDDEN = ("<script>alert", "onerror=alert(1)>", "<iframe", "<svg/onload", "<base ", "<form ")


@pytest.fixture(scope="module")
def told(shown, case_cell):
    """A notebook with every text as title, note, tile, alternative and prose."""
    exhibits = [
        Exhibit(
            title=text,
            id=f"E{number}",
            body=(Tile(text, text[:200], text),),
            notes=(text,),
            alt=text,
        )
        for number, text in enumerate(HOSTILE, start=10)
    ]
    prose = [Exhibit(title="", body=text) for text in HOSTILE]
    return new_notebook(
        cells=[
            case_cell(title=HOSTILE[0], set=HOSTILE[40], set_title=HOSTILE[46], as_of="2025-11-21"),
            new_markdown_cell("# Told"),
            *map(shown, [*exhibits, *prose]),
        ]
    )


def plain(text):
    return "".join(text.split())


def test_there_are_more_than_fifty():
    assert len(set(HOSTILE)) == len(HOSTILE) > 50


def test_on_a_page(told):
    page = BriefingHTMLExporter().from_notebook_node(told)[0]
    body = page.partition("</style>")[2]
    assert not [each for each in FORBIDDEN if each in body]
    assert "<script" not in body
    assert "49" not in body.partition("7 * 7")[2][:20]
    assert all(f"id=e{number}" in body for number in range(10, 10 + len(HOSTILE)))


def test_on_paper(told):
    written = BriefingPDFExporter().from_notebook_node(told)[0]
    reader = PdfReader(io.BytesIO(written))
    text = plain(" ".join(page.extract_text() for page in reader.pages))
    for shown in ("#panic()", '#read("/etc/passwd")', "{{7*7}}", "<script>alert(1)</script>"):
        assert shown in text
    assert all(f"ExhibitE{number}" in text for number in range(10, 10 + len(HOSTILE)))


def test_in_a_mail(told):
    written = BriefingEmailExporter().from_notebook_node(told)[0]
    content = written if isinstance(written, bytes) else written.encode()
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert mail["Bcc"] is None
    assert not [each for each in FORBIDDEN if each in mail.get_body(("html",)).get_content()]
    assert "<script>alert(1)</script>" in mail.get_body(("plain",)).get_content()
