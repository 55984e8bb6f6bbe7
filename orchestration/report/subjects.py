"""What the report says of each campaign, channel, segment, journey: its rows of every table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sluice.orchestration.report.reading import Row, Table
from sluice.orchestration.report.sections import Page
from sluice.orchestration.report.values import slug, word
from sluice.orchestration.report.view import Part, Reader, part_of

SHOWN_ROWS = 50  # of one table, about one subject
SUBJECTS: Mapping[Page, Mapping[str, tuple[str, ...]]] = {
    "channels": {"channel": ("channel",)},
    "campaigns": {"campaign": ("campaign", "activation")},
    "journeys": {"journey": ("journey",)},
    "segments": {"segment": ("segment",)},
}


@dataclass(frozen=True)
class Subject:
    """One campaign, say, with an anchor of its own."""

    name: str
    title: str
    anchor: str
    parts: list[Part]


def subjects_of(
    page: Page, tables: Sequence[Table], known: Mapping[str, Iterable[str]], reader: Reader
) -> list[Subject]:
    """The subjects of a page, by kind and name; those too that are ``known`` and have no row."""
    found: list[Subject] = []
    for kind, columns in SUBJECTS.get(page, {}).items():
        parts: dict[str, list[Part]] = {name: [] for name in known.get(kind, ())}
        for table in tables:
            for name, rows in _by_subject(table, columns).items():
                part = part_of(table.section, rows[:SHOWN_ROWS], reader)
                parts.setdefault(name, []).append(part)
        for name in sorted(parts):
            label = reader.labels.get((kind, name), {}).get(reader.language)
            label = label or (word(name, reader.language) if kind == "channel" else name)
            found.append(Subject(name, label, anchor(kind, name), parts[name]))
    return found


def anchor(kind: str, name: str) -> str:
    """The anchor of a subject: ``campaign-welcome``."""
    return f"{kind}-{slug(name)}"


def _by_subject(table: Table, columns: tuple[str, ...]) -> dict[str, list[Row]]:
    column = next((one for one in columns if table.section.column(one)), None)
    found: dict[str, list[Row]] = {}
    for row in table.rows if column else ():
        if row[column] is not None:  # type: ignore[index]
            found.setdefault(str(row[column]), []).append(row)  # type: ignore[index]
    return found
