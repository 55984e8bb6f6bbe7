"""Identifiers as advertising platforms compare them: normalised, then SHA-256 in lower-case hex.

Protocol: Meta, "Hashing and Normalizing Data"
(developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable

HASHED = re.compile(r"[0-9a-f]{64}", re.I)


def hashed(value: object, normalise: Callable[[str], str]) -> str:
    """The hash of the normalised value; a value that is a SHA-256 already stays; '' when nothing is
    left of it.
    """
    text = "" if value is None else str(value).strip()
    if HASHED.fullmatch(text):
        return text.lower()
    normal = normalise(text)
    return hashlib.sha256(normal.encode()).hexdigest() if normal else ""


def email(text: str) -> str:
    """Lower case, no white space; '' when it is no address."""
    found = re.sub(r"\s+", "", text).lower()
    return found if re.fullmatch(r"[^@]+@[^@]+\.[^@.]+", found) else ""


def phone(text: str) -> str:
    """Digits with the country code, no ``+`` and no leading zeros.

    The value must be E.164: a national number is ''.
    """
    if not text.startswith(("+", "00")):
        return ""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text)).lstrip("0")
    return digits if 7 <= len(digits) <= 15 else ""


def word(text: str) -> str:
    """A name or a place: lower case, without punctuation and white space; letters of any script
    stay.
    """
    return "".join(
        c
        for c in unicodedata.normalize("NFKC", text).lower()
        if unicodedata.category(c)[0] in "LMN"
    )


def code(text: str) -> str:
    """An ISO 3166 country of two letters, in lower case; else ''."""
    found = text.strip().lower()
    return found if re.fullmatch(r"[a-z]{2}", found) else ""
