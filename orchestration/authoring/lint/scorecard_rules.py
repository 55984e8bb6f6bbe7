"""Rules on scorecards, ``models/scoring/scorecard_*.sql``: a check is a function in CARD_CHECKS or
RULE_CHECKS.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sluice.orchestration.authoring.lint.conditions import checker, contact_columns, event_columns
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.authoring.lint.raw_project import RawProject, text_of
from sluice.orchestration.authoring.lint.yaml_lines import Yaml

KINDS = ("fit", "behaviour", "negative")
KEYS = (
    "rule", "kind", "event", "contact", "at_least", "at_most", "within_days", "points", "each",
    "half_life_days", "cap", "absent",
    "after", "when", "product_line", "reason",
)  # fmt: skip
WHOLE = ("at_least", "at_most", "within_days")
POSITIVE = ("half_life_days", "cap")
YES_OR_NO = ("each", "absent")


@dataclass(frozen=True)
class Problem:
    """What is wrong at a line of the rules, and the fix."""

    line: int
    message: str
    fix: str


def check_scorecards(project: RawProject) -> Iterator[Finding]:
    """``scorecard``: every rule of every scorecard can be counted, and explained in both
    languages.
    """
    for name, path in project.models.items():
        card = project.rules(name) if name.startswith("scorecard_") else None
        for problem in card_problems(project, card) if card is not None else ():
            yield project.finding(path, problem.line, "scorecard", problem.message, problem.fix)


def card_problems(project: RawProject, card: Yaml) -> Iterator[Problem]:
    """What is wrong with one scorecard."""
    for check in CARD_CHECKS:
        yield from check(project, card)
    for rule in _rules(card):
        for check_rule in RULE_CHECKS:
            for problem in check_rule(project, rule):
                yield Problem(
                    problem.line,
                    f"rule {text_of(rule.mapping.get('rule', 'without a name'))}:"
                    f" {problem.message}",
                    problem.fix,
                )


def check_rule_list(project: RawProject, card: Yaml) -> Iterator[Problem]:
    """There are rules, each a mapping with a name of its own."""
    if not _rules(card):
        yield Problem(
            card.line,
            "the scorecard has no rules",
            "add rules: [{rule: ..., kind: fit, contact: ..., points: 10, reason: ...}]",
        )
    for entry in found.list if (found := card.get("rules")) is not None else []:
        if not isinstance(entry.value, dict):
            yield Problem(
                entry.line,
                f"'{text_of(entry.value)}' is no rule",
                "write it as {rule: ..., kind: ..., points: ...}",
            )
    counts = Counter(str(rule.mapping.get("rule")) for rule in _rules(card))
    for rule in _rules(card):
        name = rule.mapping.get("rule")
        if name in (None, ""):
            yield Problem(rule.line, "a rule has no name", "add rule: <name>")
        elif counts[str(name)] > 1:
            yield Problem(
                rule.line_at("rule"),
                f"two rules are called {name}",
                "give each a name of its own: reports tell them apart by it",
            )


def check_bands(project: RawProject, card: Yaml) -> Iterator[Problem]:
    """Bands fall: each starts lower than the one before."""
    bands = card.get("bands")
    previous: float | None = None
    for band in bands.list if bands is not None else []:
        start = band.mapping.get("from")
        if not band.mapping.get("band") or not _is_number(start):
            yield Problem(
                band.line,
                "a band has no name, or no number to start from",
                "write {band: hot, from: 60}",
            )
        elif previous is not None and start >= previous:
            yield Problem(
                band.line_at("from"),
                f"band {band.value['band']} starts at {start}, not below {previous:g}",
                "sort bands by falling from:",
            )
        previous = float(start) if _is_number(start) else previous


def check_limits(project: RawProject, card: Yaml) -> Iterator[Problem]:
    """Base, floor, ceiling and caps are numbers; caps are of kinds there are; who the card is for
    is a condition.
    """
    for key in ("base", "floor", "ceiling"):
        if card.mapping.get(key) is not None and not _is_number(card.mapping[key]):
            yield Problem(
                card.line_at(key),
                f"{key} '{text_of(card.mapping[key])}' is no number",
                f"write {key}: 0",
            )
    for kind, cap in found.items.items() if (found := card.get("caps")) is not None else ():
        if kind not in KINDS or not _is_number(cap.value) or cap.value <= 0:
            yield Problem(
                cap.line,
                f"caps: {kind}: {text_of(cap.value)} is no limit of a kind",
                "write caps: {fit: 50, behaviour: 80}",
            )
    for message, fix in checker(project)(card.get("applies_to"), contact_columns(project)):
        yield Problem(card.line_at("applies_to"), f"applies_to: {message}", fix)


def check_points(project: RawProject, rule: Yaml) -> Iterator[Problem]:
    """Points are a whole number, and taken by negative rules."""
    points = rule.mapping.get("points")
    if not _is_whole(points):
        yield Problem(
            rule.line_at("points"),
            f"points '{text_of(points)}' are no whole number",
            "write points: 20",
        )
    elif rule.mapping.get("kind") == "negative" and points >= 0:
        yield Problem(
            rule.line_at("points"),
            f"is negative and gives {points} points",
            f"write points: -{points or 10}, or another kind",
        )


def check_kind(project: RawProject, rule: Yaml) -> Iterator[Problem]:
    """The kind is known."""
    kind = rule.mapping.get("kind")
    if kind not in KINDS:
        yield Problem(
            rule.line_at("kind"),
            f"kind '{text_of(kind)}' is none of {', '.join(KINDS)}",
            "write kind: fit, behaviour or negative",
        )


def check_keys(project: RawProject, rule: Yaml) -> Iterator[Problem]:
    """No key is misspelt: it would do nothing."""
    for key, value in rule.items.items():
        if key not in KEYS:
            yield Problem(
                value.line, f"there is no key {key}{near(str(key), KEYS)}", f"use {', '.join(KEYS)}"
            )


def check_condition(project: RawProject, rule: Yaml) -> Iterator[Problem]:
    """It asks either of events or of the contact, in SQL that can be run."""
    given = [key for key in ("event", "contact") if key in rule.items]
    if len(given) != 1:
        found = "both event and contact" if given else "neither event nor contact"
        yield Problem(
            rule.line,
            f"has {found}",
            "write one of the two: event: for what people do, contact: for what they are",
        )
    check = checker(project)
    columns = {
        "event": event_columns,
        "after": event_columns,
        "contact": contact_columns,
        "when": contact_columns,
    }
    for key, known in columns.items():
        for message, fix in check(rule.get(key), known(project)):
            yield Problem(rule.line_at(key), f"{key}: {message}", fix)


def check_numbers(project: RawProject, rule: Yaml) -> Iterator[Problem]:
    """Counts and windows are whole and above nothing, half-lives and caps above nothing."""
    for key in (*WHOLE, *POSITIVE):
        value = rule.mapping.get(key)
        is_right = _is_whole(value) if key in WHOLE else _is_number(value)
        if key in rule.items and not (is_right and value > 0):
            yield Problem(
                rule.line_at(key),
                f"{key} '{text_of(value)}' is no {'whole ' if key in WHOLE else ''}number above 0",
                f"write {key}: 30",
            )
    for key in YES_OR_NO:
        if key in rule.items and not isinstance(rule.mapping[key], bool):
            yield Problem(
                rule.line_at(key),
                f"{key} '{text_of(rule.mapping[key])}' is neither true nor false",
                f"write {key}: true",
            )


def check_reason(project: RawProject, rule: Yaml) -> Iterator[Problem]:
    """It says why in both languages."""
    yield from reason_problems(rule)


def reason_problems(entry: Yaml, key: str = "reason") -> Iterator[Problem]:
    """What is missing of a text in both languages."""
    given = found.mapping if (found := entry.get(key)) is not None else {}
    missing = [
        language
        for language in ("en", "zh")
        if not isinstance(given.get(language), str) or not given[language].strip()
    ]
    if missing:
        yield Problem(
            entry.line_at(key),
            f"has no {key} in {' and '.join(missing)}",
            f"write {key}: {{en: ..., zh: ...}}",
        )


def _rules(card: Yaml) -> list[Yaml]:
    rules = card.get("rules")
    return (
        [rule for rule in rules.list if isinstance(rule.value, dict)] if rules is not None else []
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


CARD_CHECKS = (check_rule_list, check_bands, check_limits)
RULE_CHECKS = (check_points, check_kind, check_keys, check_condition, check_numbers, check_reason)
