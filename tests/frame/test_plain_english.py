"""Retired words and names do not come back: one list, and the term that took their place."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.conftest import ROOT

# what is retired, and what to write instead
RETIRED = {
    r"\bmend(s|ed|ing)?\b|_mend\b|\bMEND\b": "fix",
    r"\b(hears?|heard)\b|\bHeard\b": "read, report, accept",
    r"\btold\b": "reported, shown, distinguished",
    r"(left|leaves?|leaving) the house": "sent",
    r"nobody (can know|knows)": "is unknown, cannot be determined",
    r"\bbecame of\b": "outcome, result",
    r"\blets? (it|them) go\b|\blet go\b": "approve, drop, release",
    r"\b(Fate|Ruling|Verdict|Heard|PlanFile)\b": "Outcome, CodeOutcome, VendorEvent, SavedPlan",
    r"\b(judge|judged|verdicts?|rulings?)\b": "check, outcome",
}
FOLDERS = ("activations", "models", "orchestration", "dbt_project", "docs", "README.md")
# decisions say what was decided in the words of their day; migrations are never edited, and the
# columns and keys of existing ledgers keep their names
KEPT = ("docs/decisions/", "activations/ledger/migrations/", "docs/glossary.md")
OLD_NAMES = re.compile(r'heard_at|f"heard \{|AliasChoices\("fix", "mend"\)')


def findings(text: str) -> list[tuple[int, str]]:
    """The lines that hold a retired word, with the words."""
    lines = [OLD_NAMES.sub("", line) for line in text.splitlines()]
    return [
        (number, found[0])
        for number, line in enumerate(lines, start=1)
        for pattern in RETIRED
        for found in re.finditer(pattern, line)
    ]


def test_no_retired_word_is_used() -> None:
    listed = subprocess.run(
        ["git", "ls-files", *FOLDERS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = [
        name
        for name in listed.stdout.split()
        if name.endswith((".py", ".sql", ".yml", ".md")) and not name.startswith(KEPT)
    ]
    found = [
        f"{name}:{number}: {word}"
        for name in names
        if (ROOT / name).is_file()
        for number, word in findings((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert names
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "what mends it",
        "nothing has left the house",
        "nobody knows whether",
        "what became of it",
        "class Fate:",
        "no event is heard",
        "let go what a guardrail stops",
    ],
)
def test_a_retired_word_is_found(text: str) -> None:
    assert len(findings(text)) == 1


@pytest.mark.parametrize("text", ["recommend", "amended", "heard_at", "the outcome is unknown"])
def test_other_words_are_not(text: str) -> None:
    assert findings(text) == []
