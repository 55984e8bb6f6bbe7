"""Header values in ASCII (RFC 5322, RFC 2047), fast, and safe: no value can begin a header of its
own.
"""

from __future__ import annotations

import base64
import re
from email.utils import formataddr, parseaddr

from sluice.activations.addresses import ascii_domain

WORD_BYTES = 45  # an encoded word is 75 letters at most (RFC 2047): 60 of base64 hold 45 bytes
LINE = 78
# one address, as it may stand between < and >: nothing that ends it, no control letter (RFC 5321,
# 4.1.2 without quoted strings)
ADDRESS = re.compile(
    r"[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f-\x9f]{1,64}@[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f-\x9f]{1,255}"
)
HEADER_NAME = re.compile(r"[!-9;-~]+")
XTEXT = re.compile(r"[!-*,-<>-~]*")
PRINTABLE = re.compile(r"[\x20-\x7e]*")


def ascii_address(address: str) -> str:
    """The address with its domain in ASCII (IDNA).

    Its local part stays as it is. Raises ValueError for what is no address.
    """
    if not ADDRESS.fullmatch(address) or ".." in address.partition("@")[0]:
        raise ValueError("not an address")
    local, _, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}@{ascii_domain(domain)}"


def header(name: str, value: str) -> bytes:
    """A header of words, folded, with its line end.

    Line breaks and control letters become spaces.
    """
    if not value.isprintable():
        value = "".join(letter if letter.isprintable() else " " for letter in value)
    value = " ".join(value.split())
    if value.isascii() and "=?" not in value:
        return _fold(f"{name}: {value}")
    return f"{name}: ".encode() + b"\r\n ".join(_encoded_words(value)) + b"\r\n"


def raw_header(name: str, value: str) -> bytes:
    """A header that is ASCII already, on one line.

    Raises ValueError for anything that could begin another.
    """
    if (
        not HEADER_NAME.fullmatch(name)
        or not PRINTABLE.fullmatch(value)
        or len(name) + len(value) > 990
    ):
        raise ValueError("a header that cannot be written")
    return f"{name}: {value}\r\n".encode()


def mailbox_header(name: str, mailbox: str) -> bytes:
    """A header with one mailbox, ``Name <address>``: the name encoded, the address with its domain
    in ASCII.
    """
    words, address = parseaddr(mailbox)
    return raw_header(name, formataddr((words, ascii_address(address))))


def xtext(text: str) -> str:
    """xtext of RFC 3461: printable ASCII but + and =, everything else as +HH."""
    if XTEXT.fullmatch(text):
        return text
    return "".join(
        (
            letter
            if "!" <= letter <= "~" and letter not in "+="
            else "".join(f"+{byte:02X}" for byte in letter.encode())
        )
        for letter in text
    )


def _encoded_words(value: str) -> list[bytes]:
    """Encoded words of whole letters each."""
    words, rest = [], value.encode()
    while rest:
        end = min(WORD_BYTES, len(rest))
        while end < len(rest) and rest[end] & 0xC0 == 0x80:  # not within a letter of UTF-8
            end -= 1
        words.append(b"=?utf-8?b?" + base64.b64encode(rest[:end]) + b"?=")
        rest = rest[end:]
    return words


def _fold(line: str) -> bytes:
    """Folded at spaces, each line 78 letters where there is a space to fold at."""
    lines: list[str] = []
    while len(line) > LINE:
        at = line.rfind(" ", line.find(": ") + 2 if not lines else 1, LINE)
        at = at if at > 0 else line.find(" ", LINE)
        if at < 0:
            break
        lines.append(line[:at])
        line = line[at:]
    return "\r\n".join([*lines, line]).encode() + b"\r\n"
