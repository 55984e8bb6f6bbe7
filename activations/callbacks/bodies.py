"""The body of a request (RFC 9112, 6 and 7): of a given length, or in chunks; never longer than it
may be.
"""

from __future__ import annotations

import re
from email.message import Message
from io import BufferedIOBase

MAX_BODY = 1_048_576
LONGEST_LINE = 4_096  # of the size of a chunk and its extensions, and of a trailer
MOST_TRAILERS = 100
SIZE = re.compile(rb"0{,64}([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?\r?\n")


class BodyError(Exception):
    """A body that is not read: the status and the text of the answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


def read_body(headers: Message, stream: BufferedIOBase) -> bytes | None:
    """The whole body; None for one that was cut off, which there is nobody to answer.

    Raises BodyError.
    """
    codings = headers.get_all("Transfer-Encoding", [])
    lengths = {text.strip() for text in headers.get_all("Content-Length", [])}
    if not codings:
        length = _length(lengths)
        body = stream.read(length)
        return body if len(body) == length else None
    if lengths:
        raise BodyError(400, "Content-Length and Transfer-Encoding exclude each other")
    if [coding.strip().lower() for coding in codings] != ["chunked"]:
        raise BodyError(501, "the one Transfer-Encoding that is read is chunked")
    return _read_chunks(stream)


def _length(lengths: set[str]) -> int:
    if not lengths:
        raise BodyError(411, "Content-Length is needed")
    (text, *others) = lengths
    if others or not (text.isascii() and text.isdecimal()):
        raise BodyError(400, "Content-Length is no number")
    digits = text.lstrip("0") or "0"
    if len(digits) > len(str(MAX_BODY)) or int(digits) > MAX_BODY:
        raise BodyError(413, "too long")
    return int(digits)


def _read_chunks(stream: BufferedIOBase) -> bytes | None:
    body = bytearray()
    while True:
        line = stream.readline(LONGEST_LINE)
        found = SIZE.fullmatch(line)
        if found is None:
            _require_end(line, LONGEST_LINE)
            return None
        size = int(found[1], 16)
        if len(body) + size > MAX_BODY:
            raise BodyError(413, "too long")
        if not size:
            return bytes(body) if _has_end(stream) else None
        body += stream.read(size)
        end = stream.readline(len(b"\r\n"))
        if end not in {b"\r\n", b"\n"}:
            _require_end(end, len(b"\r\n"))
            return None


def _has_end(stream: BufferedIOBase) -> bool:
    """Read the trailers, which say nothing to us, up to the blank line; False when it is
    missing.
    """
    for _ in range(MOST_TRAILERS):
        line = stream.readline(LONGEST_LINE)
        if not line.endswith(b"\n"):
            _require_end(line, LONGEST_LINE)
            return False
        if line in {b"\r\n", b"\n"}:
            return True
    raise BodyError(400, "the trailers of the chunks are too many")


def _require_end(line: bytes, limit: int) -> None:
    """Raises BodyError unless the stream ended within the line."""
    if line.endswith(b"\n") or len(line) >= limit:
        raise BodyError(400, "the chunks cannot be read")
