"""A mail as a mail program shows it: its HTML, else its text as HTML."""

from __future__ import annotations

import email
import email.policy
import html
import re
from email.message import EmailMessage

TEXT = (
    '<!doctype html><meta charset="utf-8"><pre style="white-space:pre-wrap;font:15px/1.5'
    ' sans-serif;margin:16px">{}</pre>'
)
HTML = re.compile(r"<!doctype html.*|<html.*", re.I | re.S)


def html_of_call(source: str) -> bytes | None:
    """The HTML of a mail that came through an API, where ``source`` is headers and HTML; None where
    it has none. Not cleaned.
    """
    found = HTML.search(source)
    return None if found is None else found[0].encode("utf-8", "replace")


def to_html(source: str) -> bytes:
    """HTML in UTF-8.

    It is not cleaned: it is served to a frame that runs no script and loads nothing.
    """
    message = email.message_from_string(source, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(preferencelist=("html", "plain"))
    try:
        text = str(body.get_content()) if body is not None else ""
    except (LookupError, UnicodeError, KeyError):  # a charset or a type there is none of
        return TEXT.format(html.escape(source)).encode("utf-8", "replace")
    if body is not None and body.get_content_type() == "text/html":
        return text.encode("utf-8", "replace")
    return TEXT.format(html.escape(text)).encode("utf-8", "replace")
