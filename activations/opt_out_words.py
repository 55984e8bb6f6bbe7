"""Whether a reply says no, as people write it: a word, alone or in a polite sentence, in English,
Chinese and other languages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set as AbstractSet

WORD = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
MARKS = str.maketrans("", "", "'\u2019\u200b\u200c\u200d\u00ad\u202d\u202e\u2060\ufeff")
# words that say no when nothing else is said; single letters only alone, not in a sentence
_NOES = (
    "r td t n no stop stopp stopall unsubscribe unsubscribed unsub cancel end quit optout revoke"
    " remove dont tuiding arret baja alto abmelden 取消 退 停 停止 不要 不需要 退定 退訂 拒绝 拒絕"
    " 回t 回td 回r 回n"
)
OPT_OUT_WORDS = frozenset(_NOES.split())
OPT_OUT_LETTERS = frozenset("rtn")
# parts of a short text, and wishes in a text of any length
OPT_OUT_PARTS = ("退订", "退訂", "拒收", "取消订阅", "取消訂閱", "停止发送", "勿扰", "勿发")
WISHES = re.compile(
    "[请我要帮]退[订訂](?!单)|[别勿]再?(给我)?再?发(了|送|短信|信息|消息|广告|$)|不要再?(给我)?再?发(了|送|短信|信息|消息|广告|$)"
    "|(别|不要)(再给我|给我再|再)发"
)
NEGATED = re.compile("(不想|不要|不会|没有?|别)(退|取消|拒收)")
SHORT_REPLY = 12  # a longer text that holds such a part may speak of something else
_POLITE = (
    "please pls plz kindly thanks thank thx you now it me all more any these this the your i want"
    " to from list messages message texts text texting sending contacting sms spam immediately"
    " would like 请 谢谢 谢谢您 谢谢你 多谢 我 了 吧 谢"
)
FILLERS = frozenset(_POLITE.split())


def says_no(
    text: str, words: AbstractSet[str] = OPT_OUT_WORDS, parts: tuple[str, ...] = OPT_OUT_PARTS
) -> bool:
    """Whether a reply says no, or a line of it does: below may stand a signature.

    In doubt it says no: to write to somebody who refused is worse than to lose a reader. ``words``
    are as ``plain`` gives them.
    """
    return any(_line_says_no(_compared(line), words, parts) for line in text.splitlines())


def plain(text: str) -> str:
    """A reply as it is compared: half width, lower case, without accents, spaces and marks."""
    return "".join(WORD.findall(_compared(text)))


def _line_says_no(line: str, words: AbstractSet[str], parts: tuple[str, ...]) -> bool:
    said = WORD.findall(line)
    whole = "".join(said)
    parts = () if NEGATED.search(whole) else parts
    if len(whole) <= SHORT_REPLY and any(part in whole for part in parts):
        return True
    if "退订" in parts and WISHES.search(whole):
        return True
    if whole in words or (said and all(word in words for word in said)):
        return True
    meant = [word for word in said if word not in FILLERS]
    return len(meant) < len(said) and "".join(meant) in words - OPT_OUT_LETTERS


def _compared(text: str) -> str:
    """Half width, lower case, no accents, nothing that is not seen."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(MARKS)
    return "".join(
        char for char in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(char)
    )
