"""What an SMS costs and must say: segments as carriers count them, the signature, the way to say
no.

Segments: GSM 03.38 (its extension table takes two septets) has 160, or 153 in each part of a longer
text; anything else is UCS-2, 70 or 67 UTF-16 units a part. A character is never cut in two between
parts. Chinese providers count 70 and 67 for every text, the signature included.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from sluice.models.errors import ContentError

GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION = frozenset("\f^{}\\[~]|€")
PARTS = {"gsm7": (160, 153), "ucs2": (70, 67)}
CHINESE_OPT_OUT_TEXTS = ("拒收请回复R", "退订回T", "退订回TD", "退订回N", "回T退订", "回TD退订")
OPT_OUT_TEXTS = (*CHINESE_OPT_OUT_TEXTS, "Reply STOP to opt out")

Alphabet = Literal["gsm7", "ucs2"]
Area = Literal["mainland", "abroad"]
LINK = re.compile(
    r"https?://|www\.|\b[a-z0-9-]+\.(com|cn|net|org|cc|top|me|io|ly)\b", re.IGNORECASE
)


class SmsRefused(ContentError):
    """A message that must not be sent as it is.

    ``reason`` is the category that the ledger keeps; the text says it in words.
    """

    def __init__(self, reason: str, message: str, fix: str) -> None:
        super().__init__(message, fix, reason)


def alphabet_of(text: str) -> Alphabet:
    """``gsm7`` when every character is in the default or the extension table, else ``ucs2``."""
    return "gsm7" if all(char in GSM7 or char in GSM7_EXTENSION for char in text) else "ucs2"


def segments(text: str, alphabet: Alphabet | None = None) -> int:
    """How many segments a text takes, 0 when empty; in the alphabet it needs, or the one by which
    the provider counts.
    """
    alphabet = alphabet or alphabet_of(text)
    alone, part = PARTS[alphabet]
    widths = [_width(char, alphabet) for char in text]
    if sum(widths) <= alone:
        return 1 if text else 0
    count, used = 1, 0
    for width in widths:
        count, used = (count + 1, width) if used + width > part else (count, used + width)
    return count


def cost(text: str, price: float, alphabet: Alphabet | None = None) -> float:
    """What a text costs: its segments at the price of one, in the currency of the price."""
    return segments(text, alphabet) * price


def _width(char: str, alphabet: Alphabet) -> int:
    if alphabet == "gsm7":
        return 2 if char in GSM7_EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1


def signed(text: str, signature: str) -> str:
    """The text as the recipient sees it: after its signature in 【】, when there is one."""
    return f"【{signature}】{text}" if signature else text


def check_text(text: str, is_marketing: bool, area: Area | None = None) -> None:
    """Raise SmsRefused when the text carries a signature of its own, or is marketing that does not
    end in the way to say no: in Chinese for numbers of mainland China, in one of the languages
    elsewhere.
    """
    if "【" in text or "】" in text:
        raise SmsRefused(
            "signature_in_template",
            "the text of an SMS holds 【 or 】, which is the place of the signature, put in front"
            " of it when it is sent",
            "take it out of the template, and name the signature in the destination's setting"
            " SIGNATURE",
        )
    texts = CHINESE_OPT_OUT_TEXTS if area == "mainland" else OPT_OUT_TEXTS
    if is_marketing and not text.rstrip(" .。!！").endswith(texts):
        where = " to mainland China" if area == "mainland" else ""
        raise SmsRefused(
            "no_opt_out_text",
            f"a marketing SMS{where} does not end in the way to say no",
            f"end the template in one of: {'; '.join(texts)}",
        )


def check_variables(parameters: Mapping[str, str], max_length: int) -> None:
    """Raise SmsRefused when a parameter of an approved template is empty, longer than the vendor
    allows, or holds a link.
    """
    for name, value in parameters.items():
        if not value:
            raise SmsRefused(
                "empty_variable",
                f"the variable '{name}' of an SMS is empty",
                "give it a default in the template's yml",
            )
        if len(value) > max_length:
            raise SmsRefused(
                "variable_too_long",
                f"the variable '{name}' of an SMS has {len(value)} characters, and {max_length} are"
                " allowed",
                "cut it in the template's yml (`| slice: 0, 6`), or raise MAX_VARIABLE_LENGTH where"
                " the vendor allows more",
            )
        if LINK.search(value):
            raise SmsRefused(
                "link_in_variable",
                f"the variable '{name}' of an SMS holds a link, which vendors refuse",
                "put the link into the approved wording of the template",
            )


def check_length(text: str, max_segments: int, alphabet: Alphabet | None = None) -> None:
    """Raise SmsRefused when the text, its signature included, takes more than ``max_segments``."""
    count = segments(text, alphabet)
    if count > max_segments:
        raise SmsRefused(
            "too_long",
            f"an SMS takes {count} segments, and {max_segments} are allowed",
            "shorten the template, or raise the destination's setting MAX_SEGMENTS",
        )
