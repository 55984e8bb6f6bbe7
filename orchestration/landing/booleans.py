"""SQL that reads a yes or no as systems and people write it: the words of the package's
``seeds/boolean_words.csv``, and numbers, of which 0 alone is a no.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache

from sluice.orchestration.installation.project import PACKAGE_PROJECT

WORDS = PACKAGE_PROJECT / "seeds" / "boolean_words.csv"
# letters that are compared as one: full width, and what stands between the letters of a word
FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
HALF = "".join(unicodedata.normalize("NFKC", letter) for letter in FULL)
BETWEEN = " -_."


@cache
def words(meaning: str) -> tuple[str, ...]:
    """The words that mean ``true`` or ``false``, as they are compared."""
    with WORDS.open(encoding="utf-8", newline="") as file:
        return tuple(
            _plain(row["word"]) for row in csv.DictReader(file) if row["meaning"] == meaning
        )


def text_to_boolean(text: str, number: str) -> str:
    """SQL of a boolean from SQL of a text; null for what is neither. ``number``: the pattern of
    numbers.
    """
    plain = (
        f"translate(lower(translate({text}, {_quoted(FULL)}, {_quoted(HALF)})), '{BETWEEN}', '')"
    )
    cases = " ".join(
        f"when {plain} in ({', '.join(map(_quoted, words(meaning)))}) then {meaning}"
        for meaning in ("true", "false")
    )
    return (
        f"case {cases} when regexp_full_match({text}, '{number}') then try_cast({text} as double)"
        " <> 0 end"
    )


def _plain(word: str) -> str:
    folded = unicodedata.normalize("NFKC", word).lower()
    return "".join(letter for letter in folded if letter not in BETWEEN)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
