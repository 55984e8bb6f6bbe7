"""What a mail is made of: its bytes read back by the standard library, its headers, its signature,
its templates.
"""

from __future__ import annotations

import email
import email.policy
import string
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.activations.content import LIBRARY
from sluice.activations.content.html import inline_styles
from sluice.activations.content.templates import mail_variant, mark_subject, render_mail
from sluice.activations.destinations.email.headers import ascii_address, header, raw_header
from sluice.activations.destinations.email.mime import skeleton
from sluice.activations.destinations.email.rendering import RenderedMail, alike
from sluice.activations.destinations.email.smtp.client import Smtp
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.activations.destinations.email.smtp.mapping import to_mime
from sluice.activations.destinations.email.unsubscribe import unsubscribe_url
from sluice.activations.destinations.registry import build
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Message, Outcome
from sluice.models.errors import ConfigurationError, ContentError
from tests.activations.destinations.test_conformance import message

CONFIG = SmtpConfig(
    host="h",
    sender="示例店 <news@shop.example>",
    unsubscribe_url="https://u.shop.example/c?x=1",
    secret="s" * 16,
)
HASH = "a" * 64


def mail_to(
    purpose: str = "marketing", country: str = "CN", language: str = "zh", **values: Any
) -> Message:
    given = {
        "full_name": "王芳",
        "company": "",
        "visits": 2,
        "last_visit_date": "2026-06-27",
        **values,
    }
    return Message(
        7, 7, "u@b.cn", HASH, "email", "price_page_follow_up", language, given, purpose, country
    )


def read(mail: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(mail, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


@pytest.mark.parametrize("language", ["zh", "en"])
def test_mail_reads_back_as_it_was_rendered(language: str) -> None:
    message = mail_to(language=language, full_name="王芳 🌸 𠮷 O'Brien")
    parsed, rendered = (
        read(to_mime(message, CONFIG)),
        render_mail(message, LIBRARY, unsubscribe_url=unsubscribe_url(message, CONFIG)),
    )
    body = {kind: parsed.get_body((kind,)) for kind in ("plain", "html")}
    assert all(part is not None and not part.defects for part in body.values())
    contents = tuple(
        part.get_content().replace("\r\n", "\n").rstrip("\n")
        for part in body.values()
        if part is not None
    )
    assert (str(parsed["Subject"]), *contents) == (
        rendered[0],
        *(text.rstrip("\n") for text in rendered[1:]),
    )
    assert str(parsed["From"]) == "示例店 <news@shop.example>"


def test_lines_are_short_ascii_and_end_in_crlf() -> None:
    mail = to_mime(mail_to(language="en"), CONFIG)
    assert mail.isascii()
    assert mail.count(b"\n") == mail.count(b"\r\n")
    assert max(map(len, mail.split(b"\r\n\r\n", 1)[1].split(b"\r\n"))) <= 76


def test_headers_of_one_click_unsubscribe() -> None:
    mail = read(to_mime(mail_to(), CONFIG))
    link = unsubscribe_url(mail_to(), CONFIG)
    assert link.startswith("https://u.shop.example/c?x=1&t=" + HASH)
    assert str(mail["List-Unsubscribe"]).startswith(
        f"<{link}>, <mailto:news@shop.example?subject=unsubscribe-{HASH}."
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Date"]


def test_transactional_mail_has_no_unsubscribe_and_no_mark() -> None:
    mail = read(to_mime(mail_to(purpose="transactional"), CONFIG))
    assert mail["List-Unsubscribe"] is None
    assert not str(mail["Subject"]).startswith("广告")


@pytest.mark.parametrize(
    ("subject", "purpose", "country", "language", "marked"),
    [
        ("价格", "marketing", "CN", "zh", "广告：价格"),
        ("Prices", "marketing", "CN", "en", "AD: Prices"),
        ("价格", "marketing", "", "zh", "广告：价格"),
        ("Prices", "marketing", "", "en", "Prices"),
        ("价格", "marketing", "SG", "zh", "价格"),
        ("价格", "transactional", "CN", "zh", "价格"),
        ("（广告）价格", "marketing", "CN", "zh", "（广告）价格"),
        ("AD Prices", "marketing", "CN", "en", "AD Prices"),
        ("Adidas", "marketing", "CN", "en", "AD: Adidas"),
    ],
)
def test_advertisement_to_china_is_marked(
    subject: str, purpose: str, country: str, language: str, marked: str
) -> None:
    assert mark_subject(subject, mail_to(purpose, country), language) == marked


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_subject_reads_back_and_adds_no_header(subject: str) -> None:
    raw = header("Subject", subject)
    assert all(
        line.startswith(b" ") or number == 0
        for number, line in enumerate(raw.rstrip(b"\r\n").split(b"\r\n"))
    )
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    cleaned = " ".join("".join(c if c.isprintable() else " " for c in subject).split())
    parsed = email.message_from_bytes(raw + b"\r\n", policy=email.policy.default)
    assert list(parsed.keys()) == ["Subject"]
    assert str(parsed["Subject"]) == cleaned


@pytest.mark.parametrize("value", ["a\r\nBcc: x@y.cn", "a\nb", "a\0b", "é", "x" * 1000])
def test_raw_header_refuses_what_could_begin_another(value: str) -> None:
    with pytest.raises(ValueError, match="header"):
        raw_header("X-Test", value)


@given(st.text(string.printable + "例é\u2028\x85", max_size=30))
@settings(deadline=None)
def test_accepted_address_is_one_word_with_one_at(address: str) -> None:
    try:
        written = ascii_address(address)
    except ValueError:
        return
    assert written.count("@") == 1
    assert not set(written) & set(' \r\n<>,;:\0"')


def test_signature_covers_both_headers_of_unsubscribe(tmp_path: Path) -> None:
    dkim = pytest.importorskip("dkim")
    key = rsa.generate_private_key(65537, 2048)
    path = tmp_path / "key.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + __import__("base64").b64encode(public)
    smtp = Smtp(
        CONFIG.model_copy(
            update={"dkim_domain": "shop.example", "dkim_selector": "s1", "dkim_key_file": path}
        )
    )
    signed = smtp._sign(to_mime(mail_to(), CONFIG))
    asked: list[bytes] = []

    def dns(name: bytes, timeout: float = 5) -> bytes:
        asked.append(name)
        return record

    assert dkim.verify(signed, dnsfunc=dns)
    assert asked == [b"s1._domainkey.shop.example."]
    covered = str(read(signed)["DKIM-Signature"]).replace(" ", "").lower()
    assert "list-unsubscribe:list-unsubscribe-post" in covered
    assert not dkim.verify(signed.replace(b"One-Click", b"Two-Click"), dnsfunc=dns)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (
            {"dkim_domain": "shop.example"},
            "SLUICE_SMTP_DKIM_SELECTOR and SLUICE_SMTP_DKIM_KEY_FILE",
        ),
        (
            {"dkim_domain": "d.cn", "dkim_selector": "s", "dkim_key_file": Path("missing.pem")},
            "SLUICE_SMTP_DKIM_KEY_FILE",
        ),
        (
            {"dkim_domain": "d.cn", "dkim_selector": "s", "dkim_key_file": Path(__file__)},
            "RSA private key",
        ),
    ],
)
def test_dkim_that_cannot_sign_stops_at_the_start(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        Smtp(CONFIG.model_copy(update=given))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"secret": "short"}, r"SLUICE_SMTP_SECRET: .*16 characters"),
        (
            {"unsubscribe_url": "https://u.shop.example/c"},
            r"SLUICE_SMTP_SECRET: .*16 characters at least, to sign links",
        ),
        (
            {"unsubscribe_url": "http://u.shop.example/c", "secret": "s" * 16},
            r"SLUICE_SMTP_UNSUBSCRIBE_URL: .*https",
        ),
        (
            {"unsubscribe_url": "https://u.shop.example/>,<x", "secret": "s" * 16},
            r"SLUICE_SMTP_UNSUBSCRIBE_URL",
        ),
        ({"sender": "Shop <no address>"}, r"SLUICE_SMTP_SENDER: .*address"),
        ({"sender": "店@b.cn"}, r"SLUICE_SMTP_SENDER: .*address"),
        ({"bounce_address": "a@b.cn> NOTIFY"}, r"SLUICE_SMTP_BOUNCE_ADDRESS"),
    ],
)
def test_setting_that_cannot_work_stops_at_the_start(given: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        SmtpConfig(**{"host": "h", "sender": "a@b.cn", **given})


def test_styles_go_into_elements_and_liquid_stays_as_it_is() -> None:
    pytest.importorskip("css_inline")
    source = (
        "<html><head><title>{{ a }}</title><style>p{color:red} @media"
        " (max-width:9px){p{color:blue}}</style></head><body><table><tbody>{% for x in rows"
        ' %}<tr><td>{% if x > 1 and a == "b" %}<p>{{ x }} &amp; c</p>{% endif %}</td></tr>{% endfor'
        ' %}</tbody></table><a href="{{ url }}?a=1&amp;b=2">{{- a | upcase -}}</a></body></html>'
    )
    inlined = inline_styles(source)
    assert (
        '{% for x in rows %}<tr><td>{% if x > 1 and a == "b" %}<p style="color: red;">{{ x }} &amp;'
        " c</p>{% endif %}" in inlined
    )
    assert "</tr>{% endfor %}" in inlined
    assert '<a href="{{ url }}?a=1&amp;b=2">{{- a | upcase -}}</a>' in inlined
    assert "@media" in inlined
    assert "<title>{{ a }}</title>" in inlined


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    blocks = tmp_path / "email" / "blocks"
    blocks.mkdir(parents=True)
    (tmp_path / "email" / "t.en.subject.liquid").write_text("Hi")
    (tmp_path / "email" / "t.en.txt.liquid").write_text(
        "{% if vip %}{% include 'offer' %}{% else %}no{% endif %}"
    )
    (tmp_path / "email" / "t.en.mjml.liquid").write_text(
        "<mjml><mj-body>{% if vip %}{% include 'offer' %}{% endif %}</mj-body></mjml>"
    )
    (blocks / "offer.en.txt.liquid").write_text("offer for {{ full_name }}")
    (blocks / "offer.en.mjml.liquid").write_text(
        "<mj-section><mj-column><mj-text>offer for {{ full_name"
        " }}</mj-text></mj-column></mj-section>"
    )
    return tmp_path


def test_block_is_shown_to_whom_it_is_for(folder: Path) -> None:
    for vip in (True, False):
        values = {"vip": vip, "full_name": "<Li>"}
        _, text, html = render_mail(
            Message(1, 1, "a@b.cn", "h", "email", "t", "en", values, "transactional"), folder
        )
        assert text == ("offer for <Li>" if vip else "no")
        assert ("offer for &lt;Li&gt;" in html) is vip
        assert "mj-" not in html.replace("mj-column", "").replace("mj-outlook", "")


def test_block_that_includes_itself_is_an_error_with_a_fix(folder: Path) -> None:
    (folder / "email" / "blocks" / "offer.en.txt.liquid").write_text("{% include 'offer' %}")
    with pytest.raises(ContentError, match="includes itself"):
        render_mail(Message(1, 1, "a@b.cn", "h", "email", "t", "en", {"vip": True}), folder)


def test_plain_html_is_a_body_too(folder: Path) -> None:
    (folder / "email" / "t.en.html.liquid").write_text("<p>{{ full_name }}</p>")
    values = {"vip": False, "full_name": "Li"}
    rendered = render_mail(
        Message(1, 1, "a@b.cn", "h", "email", "t", "en", values, "transactional"), folder
    )
    assert rendered[2] == "<p>Li</p>"


@pytest.fixture
def plain_text(tmp_path: Path) -> Path:
    """A content folder with a mail that has a subject and a text, and no HTML."""
    (tmp_path / "email").mkdir()
    (tmp_path / "email" / "note.en.subject.liquid").write_text("Hello {{ full_name }}")
    (tmp_path / "email" / "note.en.txt.liquid").write_text("Dear {{ full_name }},\nthank you.\n")
    return tmp_path


def test_a_mail_without_html_is_text_alone(plain_text: Path) -> None:
    variant = mail_variant("note", "de", plain_text)
    subject, text, html = variant.render({"full_name": "Ünal"})
    parsed = read(
        skeleton(variant, "news@shop.example").assemble(
            "u@b.cn", subject, text, html, [("X-Note", "1")]
        )
    )
    assert (parsed.get_content_type(), str(parsed["Subject"]), str(parsed["X-Note"])) == (
        "text/plain",
        "Hello Ünal",
        "1",
    )
    assert parsed.get_content().replace("\r\n", "\n") == "Dear Ünal,\nthank you.\n"
    assert html == ""


def test_a_mail_without_its_text_is_an_error_still(plain_text: Path) -> None:
    (plain_text / "email" / "note.en.txt.liquid").unlink()
    with pytest.raises(ContentError, match=r"note\.en\.txt\.liquid is missing"):
        mail_variant("note", "en", plain_text)


@pytest.mark.parametrize("name", ["ses", "sendgrid"])
def test_vendors_get_a_mail_without_html_as_text_alone(tmp_path: Path, name: str) -> None:
    pages = {"u1@b.cn": "", "u2@b.cn": "<p>h</p>", "u3@b.cn": ""}
    with Sandbox(tmp_path, names=[name]) as sandbox:
        client: Any = build(name, sandbox.endpoints())
        mails = [
            RenderedMail(message(n, to), to, "s", "t", page, ())
            for n, (to, page) in enumerate(pages.items())
        ]
        results = [result for group in alike(mails) for result in client._send(group)]
        rows = sandbox.store.rows("select recipient, source from received")
        client.close()
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    assert {str(to): "<p>h</p>" in str(source) for to, source in rows} == {
        to: bool(page) for to, page in pages.items()
    }


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [("de", "de"), ("de-AT", "de"), ("fr", "en"), ("en-GB", "en"), ("zh", "en")],
)
def test_a_language_falls_back_to_its_own_without_the_region_then_to_english(
    plain_text: Path, wanted: str, taken: str
) -> None:
    for suffix in ("subject", "txt"):
        (plain_text / "email" / f"note.de.{suffix}.liquid").write_text("Hallo {{ full_name }}")
    assert mail_variant("note", wanted, plain_text).language == taken


def test_message_has_no_unsigned_link() -> None:
    without = CONFIG.model_copy(update={"secret": SmtpConfig.model_fields["secret"].default})
    assert unsubscribe_url(message(1, "a@b.cn"), without) == ""
