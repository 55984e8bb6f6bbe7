"""A written name becomes comparable parts, whatever script, order, honorific or mask it was written
with.
"""

import re
import unicodedata
from dataclasses import dataclass

from sluice.linkage.given_names import without_titles
from sluice.linkage.hanzi import (
    HONORIFICS,
    is_hanzi,
    reading,
    split_surname,
    surname_reading,
    syllables,
)

MAX_LENGTH = 200
HANDLE = re.compile(r"^(?=.*\d)[a-z0-9_.-]+$")  # one word with digits in it: wx81ab2c, tb_03d1
PARENTHESES = re.compile(r"[（(\[【].*?[)）\]】]")
# Capitals, accents and apostrophes are noise; a star is kept, as it masks a letter.
NOT_WORD = re.compile(r"[^\w*]+|_+")


@dataclass(frozen=True)
class NameParts:
    """`text` folded as written; `tokens` in reading order (pinyin syllables for Chinese); `family`
    token if known; `is_complete` when the whole name is there: not a bare surname, a masked or a
    nickname.
    """

    text: str
    tokens: tuple[str, ...]
    family: str
    is_complete: bool

    @property
    def key(self) -> str:
        return "".join(self.tokens)


def fold(text: str) -> str:
    """Lower case, full-width and accents folded, runs of other characters than letters and digits
    one space.
    """
    text = (
        unicodedata.normalize("NFKC", text[:MAX_LENGTH]).lower().replace("'", "").replace("’", "")
    )
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return NOT_WORD.sub(" ", text).strip()


def name_parts(name: str) -> NameParts | None:
    """The parts of a name; None when nothing in it names anybody (a login, a lone emoji)."""
    clean = fold(name)
    if not clean or (" " not in clean and HANDLE.match(clean)):
        return None
    if is_hanzi(clean):
        return _chinese(fold(PARENTHESES.sub(" ", name[:MAX_LENGTH])) or clean)
    return _latin(clean)


def _chinese(clean: str) -> NameParts | None:
    text = clean.replace(" ", "")
    bare = next(
        (text[: -len(h)] for h in HONORIFICS if text.endswith(h) and len(text) > len(h)), text
    )
    if len(bare) > 5:
        return _phrase(clean)
    family, given = split_surname(bare)
    if re.search(r"[\da-z]", bare):
        return None
    tokens = ([surname_reading(family)] if family else []) + [reading(c) for c in given if c != "*"]
    is_complete = bool(family and given) and "*" not in bare
    return NameParts(bare, tuple(tokens), surname_reading(family), is_complete) if tokens else None


def _phrase(clean: str) -> NameParts:
    """A long Chinese text names a firm or a place: each character is a token."""
    tokens = tuple(c for c in clean if c != " ")
    return NameParts(clean, tokens, "", True)


def _latin(clean: str) -> NameParts:
    words = without_titles(clean.split())
    clean = " ".join(words)
    parts = [syllables(w) for w in words]
    if len(words) <= 3 and all(parts):
        tokens = [s for p in parts if p for s in p]
        if len(tokens) <= 4 and (len(words) > 1 or len(tokens) > 1):
            return NameParts(clean.replace(" ", ""), tuple(tokens), tokens[0], len(words) > 1)
    # one word alone is a nickname, a login or half of a name, be it of Chinese syllables (Anna,
    # Lina): less than a name
    return NameParts(clean, tuple(words), "", len(words) > 1)
