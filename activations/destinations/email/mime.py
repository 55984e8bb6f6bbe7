"""MIME of a mail, fast: what is the same for all recipients of a variant is built once, the rest is
put in by bytes.

Parts are quoted-printable or base64, so lines are short and ASCII, any server takes them, and DKIM
survives.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate
from functools import cache, lru_cache

from sluice.activations.content.templates import MailVariant
from sluice.activations.destinations.email.headers import (
    ascii_address,
    header,
    mailbox_header,
    raw_header,
)


@dataclass(frozen=True)
class Skeleton:
    """The constant bytes of one variant from one sender: headers above, and what stands before,
    between and after the parts.
    """

    top: bytes
    text_is_ascii: bool
    html_is_ascii: bool
    before_text: bytes
    before_html: bytes
    end: bytes
    is_text_only: bool = False

    def assemble(
        self, address: str, subject: str, text: str, html: str, headers: Iterable[tuple[str, str]]
    ) -> bytes:
        """The mail to one recipient.

        Raises ValueError for an address or header that could break out of its place.
        """
        parts = [self.top, _to(address), header("Subject", subject), _date()]
        parts += [raw_header(name, value) for name, value in headers]
        parts += [self.before_text, _encode(text, self.text_is_ascii)]
        if not self.is_text_only:
            parts += [self.before_html, _encode(html, self.html_is_ascii), self.end]
        return b"".join(parts)


@cache
def skeleton(variant: MailVariant, sender: str) -> Skeleton:
    """The skeleton of a variant; of one that is text alone without parts."""
    # "=_" is in no quoted-printable and no base64 text, so the boundary is in no part
    boundary = "=_" + hashlib.sha256(variant.name.encode()).hexdigest()[:24]
    feedback = (
        f"{variant.name.replace('.', ':')}:sluice:{sender.rpartition('<')[2].partition('@')[0]}"
    )
    top = (
        mailbox_header("From", sender)
        + header("Feedback-ID", feedback)
        + raw_header("Auto-Submitted", "auto-generated")
    )
    if variant.html is None:
        above = f"MIME-Version: 1.0\r\nContent-Language: {variant.language}\r\n".encode() + _type(
            "plain", variant.is_ascii_text
        )
        return Skeleton(top, variant.is_ascii_text, True, above, b"", b"", is_text_only=True)
    return Skeleton(
        top=top,
        text_is_ascii=variant.is_ascii_text,
        html_is_ascii=variant.is_ascii_html,
        before_text=(
            f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{boundary}"\r\n'
            f"Content-Language: {variant.language}\r\n\r\n"
        ).encode()
        + _part(boundary, "plain", variant.is_ascii_text),
        before_html=_part(boundary, "html", variant.is_ascii_html),
        end=f"\r\n--{boundary}--\r\n".encode(),
    )


def _part(boundary: str, subtype: str, is_ascii: bool) -> bytes:
    return f"\r\n--{boundary}\r\n".encode() + _type(subtype, is_ascii)


def _type(subtype: str, is_ascii: bool) -> bytes:
    encoding = "quoted-printable" if is_ascii else "base64"
    return (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding:"
        f" {encoding}\r\n\r\n".encode()
    )


def _encode(text: str, is_ascii: bool) -> bytes:
    """A part's bytes, with CRLF at line ends."""
    data = text.encode().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if is_ascii:
        return b"\r\n".join(map(_quoted, data.split(b"\n")))
    return base64.encodebytes(data.replace(b"\n", b"\r\n")).replace(b"\n", b"\r\n")


@lru_cache(maxsize=4096)
def _quoted(line: bytes) -> bytes:
    """Quoted-printable of one line.

    Lines without a variable are the same in each mail of a variant, so they are kept.
    """
    return binascii.b2a_qp(line, istext=True).replace(b"\n", b"\r\n")


def _to(address: str) -> bytes:
    written = ascii_address(address)
    return (
        b"To: " + written.encode() + b"\r\n"
    )  # a local part that is not ASCII goes out under SMTPUTF8 (RFC 6532)


def _date() -> bytes:
    return _date_of(int(time.time()))


@lru_cache(maxsize=4)
def _date_of(second: int) -> bytes:
    return f"Date: {formatdate(second)}\r\n".encode()
