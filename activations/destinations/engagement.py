"""Opens and clicks as vendors tell them: no query of a link, no address, and whether a person or a
program did it.

Apple's Mail Privacy Protection fetches every image, opened or not, as a bare ``Mozilla/5.0``. The
image proxies of Gmail and Yahoo fetch when the mail is opened: the person's program is not seen,
that it was opened is.
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
APPLE = "Mozilla/5.0"
AGENTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("gmail_proxy", re.compile(r"GoogleImageProxy|ggpht\.com", re.I)),
    ("yahoo_proxy", re.compile(r"YahooMailProxy", re.I)),
    (
        "bot",
        re.compile(
            r"bot\b|crawl|spider|scan|preview|monitor|headless|curl/|wget/|python-requests|go-http-client|okhttp"
            r"|barracuda|proofpoint|mimecast|trendmicro|symantec|urldefense",
            re.I,
        ),
    ),
)
MACHINES = frozenset({"apple_mail_privacy", "bot"})
# an address, or a number long enough to be a phone, in the path of a link
PERSONAL = re.compile(r"@|%40|\d{9,}", re.I)


def agent_of(user_agent: object) -> str | None:
    """The category of a user agent; None when the vendor gave none."""
    text = user_agent.strip() if isinstance(user_agent, str) else ""
    if not text:
        return None
    if text == APPLE:
        return "apple_mail_privacy"
    return next((name for name, pattern in AGENTS if pattern.search(text)), "person")


def clean_link(url: object) -> str | None:
    """Host and path of a link; the host alone where the path holds what may be personal.

    None for what is no web address.
    """
    try:
        parts = urlsplit(str(url or "").strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    return host if PERSONAL.search(parts.path) else (host + parts.path).rstrip("/")


def event_key(*parts: object) -> str:
    """What stands for one event: the same for each copy of it that a vendor sends."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
