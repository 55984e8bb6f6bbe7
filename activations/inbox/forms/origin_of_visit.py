"""Where a submission came from: the page, the campaign in its address, QR code, share link,
referrer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

CAMPAIGN = ("source", "medium", "name", "content", "term")
MOST_URL, MOST_TEXT = 2_000, 200
ANONYMOUS = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
COOKIES = ("sluice_id", "ajs_anonymous_id")  # of our script, and of analytics.js
OURS = frozenset({"t", "lang"})  # what we put in the address ourselves


def context_of(given: Mapping[str, list[str]], agent: str, language: str) -> dict[str, Any]:
    """The context of an event, as Segment's spec has it."""
    page = _page(one(given, "_page"), one(given, "_title"), one(given, "_referrer"))
    query = query_of(one(given, "_page"))
    campaign = {
        name: query[key]
        for name in CAMPAIGN
        if query.get(key := f"utm_{'campaign' if name == 'name' else name}")
    }
    own = {name: query.get(name) for name in ("qr", "ref")}
    found = {"page": page, "campaign": campaign, **own, "userAgent": agent[:500]}
    return {**{name: value for name, value in found.items() if value}, "locale": language}


def one(given: Mapping[str, list[str]], name: str) -> str:
    """The first value of a name, or nothing."""
    return (given.get(name) or [""])[0]


def query_of(url: str) -> dict[str, str]:
    """The values in the query of an address."""
    try:
        pairs = parse_qsl(urlsplit(url[:MOST_URL]).query, max_num_fields=100)
    except ValueError:
        return {}
    return {name: value[:MOST_TEXT] for name, value in pairs}


def anonymous_id(given: Mapping[str, list[str]], cookies: Mapping[str, str]) -> str | None:
    """The id of the browser, where the tracker gave it one."""
    for value in (one(given, "_anonymous_id"), *(cookies.get(name, "") for name in COOKIES)):
        text = value.strip('"').removeprefix("%22").removesuffix("%22")
        if ANONYMOUS.fullmatch(text):
            return text
    return None


def without_ours(url: str) -> str:
    """The address without our token, whose place is in no report."""
    try:
        parts = urlsplit(url[:MOST_URL])
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return ""
    kept = [(name, value) for name, value in pairs if name not in OURS]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def _page(url: str, title: str, referrer: str) -> dict[str, str]:
    clean = without_ours(url)
    try:
        path = urlsplit(clean).path
    except ValueError:
        path = ""
    found = {
        "url": clean,
        "path": path,
        "title": title[:MOST_TEXT],
        "referrer": referrer[:MOST_URL],
    }
    return {name: value for name, value in found.items() if value}
