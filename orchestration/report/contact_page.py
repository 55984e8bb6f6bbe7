"""One person as an HTML page: the timeline, identities and why, scores, stages, consent, journeys,
every message with why and why not. Names, addresses and ids of sources are masked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.orchestration.inspection.contact import describe_contact
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.explaining import explain_contact
from sluice.orchestration.journeys.words import Language
from sluice.orchestration.report.contact_words import COLUMNS, HAPPENINGS, PARTS
from sluice.orchestration.report.page import render_contact
from sluice.orchestration.report.sections import Column
from sluice.orchestration.report.values import Cell, cell, hidden
from sluice.orchestration.report.view import Head, Part
from sluice.orchestration.report.words import say
from sluice.orchestration.warehouse.base import UnknownNameError
from sluice.orchestration.warehouse.reader import query

EVENTS = (
    "select occurred_at, event_type, source, subject, is_machine from contacts.contact_events"
    " where contact_id = $1 order by occurred_at desc limit 500"
)
# what may name the person, or be read back to him
MASKED = {"full_name", "phone", "email", "unionid", "identifier_value", "record_id", "record_a",
          "record_b", "proof", "company", "staff_name"}  # fmt: skip
UNSHOWN = {"message_text"}  # any part of a free text may name somebody
# attributes that many people share; any other value is masked
SHARED = {"city", "province", "country", "industry", "company_size", "language", "gender",
          "acquisition_source", "email_domain_class"}  # fmt: skip
TIMELINE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "messages": ("decided_at", ("campaign", "channel", "decision", "reason")),
    "deliveries": ("occurred_at", ("activation", "destination", "operation", "state", "reason")),
    "consents": ("stated_at", ("channel", "purpose", "status")),
    "score_changes": ("changed_at", ("score_model", "previous_total", "total", "band")),
    "transitions": ("transitioned_at", ("lifecycle", "from_stage", "to_stage")),
    "segment_changes": ("changed_at", ("segment", "change")),
    "changes": ("changed_at", ("change", "from_contact_id", "to_contact_id")),
}


@dataclass(frozen=True)
class Happening:
    """One line of the timeline."""

    at: Cell
    kind: str
    what: str


def contact_page(
    settings: Settings, manifest: Mapping[str, Any], contact_id: int, language: Language
) -> str:
    """The HTML of one contact."""
    parts = describe_contact(settings.warehouse, contact_id)
    parts["not_in_journeys"] = _not_in(settings, manifest, contact_id, language)
    events = _events(settings, contact_id)
    shown = [_part(name, parts[name], language) for name in PARTS if parts.get(name)]
    empty = [PARTS[name][language == "zh"] for name in PARTS if not parts.get(name)]
    lines = [*_timeline(parts, language), *_visits(events, language)]
    lines.sort(key=lambda one: one.at.exact, reverse=True)
    return render_contact(contact_id, lines, shown, empty, language)


def _events(settings: Settings, contact_id: int) -> list[tuple[Any, ...]]:
    try:
        return query(settings.warehouse, EVENTS, [contact_id])
    except UnknownNameError:
        return []


def _not_in(
    settings: Settings, manifest: Mapping[str, Any], contact_id: int, language: Language
) -> Sequence[Mapping[str, Any]]:
    try:
        found = explain_contact(settings, manifest, contact_id, language).not_in
    except ConfigurationError:  # no run has built the tables of journeys
        return []
    return [{"journey": one["journey"], "not_because": one["why"]} for one in found]


def _timeline(parts: Mapping[str, Any], language: Language) -> Iterator[Happening]:
    for name, (time, columns) in TIMELINE.items():
        for row in parts.get(name) or ():
            if row[time] is not None:
                words = [_cell(one, row, language).text for one in columns if row[one] is not None]
                at = _cell(time, row, language)
                yield Happening(at, HAPPENINGS[name][language == "zh"], " · ".join(words))


def _visits(events: Sequence[tuple[Any, ...]], language: Language) -> Iterator[Happening]:
    for occurred_at, event_type, source, subject, is_machine in events:
        row = {"at": occurred_at.isoformat()}
        words = [event_type, source, subject, say("machine", language) if is_machine else None]
        kind = HAPPENINGS["events"][language == "zh"]
        what = " · ".join(str(one) for one in words if one)
        yield Happening(_cell("at", row, language), kind, what)


def _part(name: str, rows: Sequence[Mapping[str, Any]], language: Language) -> Part:
    names = [one for one in rows[0] if _is_of(one, rows[0], language)]
    names = [one for one in names if any(row[one] is not None for row in rows)]
    heads = [Head(one, _label(one, language), _is_number(one, rows)) for one in names]
    cells = [[_cell(one, row, language) for one in names] for row in rows]
    return Part(PARTS[name][language == "zh"], name, "", heads, cells)


def _is_of(name: str, row: Mapping[str, Any], language: Language) -> bool:
    """Whether a column is for a language: of ``reason_en`` and ``reason_zh`` one is shown."""
    if language == "en":
        return not name.endswith("_zh")
    return not (name.endswith("_en") and f"{name.removesuffix('_en')}_zh" in row)


def _label(name: str, language: Language) -> str:
    english, chinese = COLUMNS.get(name, (name.replace("_", " "), name))
    return chinese if language == "zh" else english


def _is_number(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    values = [row[name] for row in rows if row[name] is not None]
    return not name.endswith("_id") and all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in values
    )


def _cell(name: str, row: Mapping[str, Any], language: Language) -> Cell:
    value = row[name]
    if value is not None and name in UNSHOWN:
        return Cell("***")
    is_own = name == "attribute_value" and row.get("attribute") not in SHARED
    if value is not None and (name in MASKED or is_own):
        return Cell(hidden(str(value)))
    if isinstance(value, str) and len(value) >= 19 and value[10:11] == "T":
        value = datetime.fromisoformat(value)
    made = cell(value, Column(name, "", ""), language, {})
    return Cell(made.text, made.exact, "text") if made.is_number else made
