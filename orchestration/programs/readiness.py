"""The readiness questionnaire: ten statements, 1 to 5 each; over 35 ready, 20 to 35 on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sluice.models.errors import ConfigurationError
from sluice.models.yaml_text import load_yaml

STATEMENTS = Path(__file__).with_name("readiness.yml")
LOWEST, HIGHEST, WEAK = 1, 5, 3
READY_ABOVE, ON_THE_WAY_FROM = 35, 20
BANDS = {
    "ready": {"en": "ready", "zh": "已就绪"},
    "on_the_way": {"en": "on the way", "zh": "准备中"},
    "not_yet": {"en": "not yet", "zh": "尚未就绪"},
}


@dataclass(frozen=True)
class Readiness:
    """``total`` of 10 to 50, its ``band``, and the weakest statements with where to go on."""

    total: int
    band: str
    weak: list[tuple[int, str]]


def statements() -> list[Mapping[str, str]]:
    """Each in English (``en``) and Chinese (``zh``), with ``next``: where it gets better."""
    return list(load_yaml(STATEMENTS.read_text(encoding="utf-8")))


def assess(answers: Sequence[int]) -> Readiness:
    """The total and its band. Raises ConfigurationError for another number of answers, or one that
    is not 1 to 5.
    """
    asked = statements()
    wrong = [one for one in answers if not LOWEST <= one <= HIGHEST]
    if len(answers) != len(asked) or wrong:
        raise ConfigurationError(
            f"{len(answers)} answers, {len(wrong)} of them not {LOWEST} to {HIGHEST}",
            f"give {len(asked)} numbers from {LOWEST} to {HIGHEST}: --answers 4,3,5,...",
        )
    total = sum(answers)
    weak = sorted((answer, number) for number, answer in enumerate(answers, 1) if answer <= WEAK)
    return Readiness(
        total, _band(total), [(number, asked[number - 1]["next"]) for _, number in weak]
    )


def _band(total: int) -> str:
    if total > READY_ABOVE:
        return "ready"
    return "on_the_way" if total >= ON_THE_WAY_FROM else "not_yet"
