"""Whether a mail that somebody wrote to us says no, in its subject or above the mail it quotes.

A mail that a program wrote (out of office, a returned mail) is nobody's word.
"""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as Mail
from email.utils import getaddresses

from sluice.activations.addresses import address_hash
from sluice.activations.opt_out_words import OPT_OUT_LETTERS, OPT_OUT_WORDS, says_no

# a letter alone is a no in a text message, in a mail it is a slip or an initial
NOES = OPT_OUT_WORDS - OPT_OUT_LETTERS
REPLY = re.compile(r"^\s*((re|aw|sv|rv|tr|fw|fwd|wg|回复|回覆|答复|转发|轉寄)\s*[:：]\s*)+", re.I)
# where the quoted mail, or a signature, begins
QUOTE = re.compile(
    r"^(>|-- ?$|_{8,}|[-—*=]{3,}.*\w.*[-—*=]{3,}$|(from|von|de|发件人|寄件者|寄件人)\s*[:：]"
    r"|.*(wrote|schrieb.*|a écrit|escribió|写道|寫道)\s*[:：]$)",
    re.I,
)
QUOTE_TAG = re.compile(r"<blockquote|<[^>]*(gmail_quote|moz-cite|divRplyFwdMsg|yahoo_quoted)", re.I)
UNSEEN = re.compile(r"<(style|script|head|title)\b.*?</\1\s*>|<!--.*?-->", re.I | re.S)
BREAK = re.compile(r"<(br|/p|/div|/li|/tr|/h\d)\b[^>]*>", re.I)
TAG = re.compile(r"<[^>]*>")
LINES_READ = 10
CHARSETS = ("utf-8", "gb18030")


def subject_of(mail: Mail) -> str:
    """The subject as people see it; one that cannot be decoded as it is written."""
    written = str(mail.get("Subject", ""))
    with contextlib.suppress(HeaderParseError, LookupError, ValueError):
        return str(make_header(decode_header(written)))
    return written


def sender_hash(mail: Mail) -> str | None:
    """The hash of the address that a mail came from."""
    found = (one for _, one in getaddresses([str(mail.get("From", ""))]) if "@" in one)
    sender = next(found, None)
    return address_hash("email", sender) if sender else None


def is_no(mail: Mail) -> bool:
    """Whether a person says no in it."""
    if _is_of_a_program(mail):
        return False
    said = [REPLY.sub("", subject_of(mail)), *_own_lines(mail)]
    return any(says_no(line, NOES) for line in said)


def _is_of_a_program(mail: Mail) -> bool:
    answered = str(mail.get("Auto-Submitted", "no")).strip().lower()
    return answered != "no" or str(mail.get("Return-Path", "")).strip() == "<>"


def _own_lines(mail: Mail) -> Iterator[str]:
    """The first lines of the text, up to what they answer."""
    texts = (text for kind in ("text/plain", "text/html") for text in _texts(mail, kind))
    lines = (line.strip() for line in next(texts, "").splitlines())
    for number, line in enumerate(filter(None, lines)):
        if number == LINES_READ or QUOTE.match(line):
            return
        yield line


def _texts(mail: Mail, kind: str) -> Iterator[str]:
    for part in mail.walk():
        payload = part.get_payload(decode=True) if part.get_content_type() == kind else None
        if not isinstance(payload, bytes) or not payload.strip():
            continue
        text = _decoded(payload, str(part.get_content_charset("")))
        yield text if kind == "text/plain" else _seen(text)


def _decoded(payload: bytes, charset: str) -> str:
    for name in (charset, *CHARSETS):
        with contextlib.suppress(LookupError, ValueError):
            return payload.decode(name)
    return payload.decode("utf-8", "replace")


def _seen(page: str) -> str:
    """The text of HTML above what it quotes."""
    above = UNSEEN.sub("", page)
    quote = QUOTE_TAG.search(above)
    return html.unescape(TAG.sub("", BREAK.sub("\n", above[: quote.start()] if quote else above)))
