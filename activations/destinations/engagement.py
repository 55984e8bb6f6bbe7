"""Opens and clicks as vendors report them: no query of a link, no address. Whether a person or a
program did it, sluice.activations.agents says.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

OPENED, CLICKED, DELAYED, PROCESSED = (
    "email_opened",
    "email_clicked",
    "email_delayed",
    "email_processed",
)
# an address, or a number long enough to be a phone, in the path of a link
PERSONAL = re.compile(r"@|%40|\d{9,}", re.I)
# the link of one message to the preference page, or to be shared: who has it acts for its person
TOKEN = re.compile(r"/([pr])/(?=\S*[A-Z])[A-Za-z0-9_-]{24}/?$")


def clean_link(url: object) -> str | None:
    """Host and path of a link; the host alone where the path holds what may be personal, and
    nothing of the token of a link of ours.

    None for what is no web address.
    """
    try:
        parts = urlsplit(str(url or "").strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    path = TOKEN.sub(r"/\1", parts.path)
    return host if PERSONAL.search(path) else (host + path).rstrip("/")


def event_key(*parts: object) -> str:
    """What stands for one event: the same for each copy of it that a vendor sends."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
