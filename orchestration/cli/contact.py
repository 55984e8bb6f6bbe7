"""``sluice contact``: one person, from any identifier or id."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

Key = Annotated[
    str,
    typer.Argument(
        help=(
            "E-mail, phone, unionid, cookie, record id (or source:record_id), contact id or"
            " retired id."
        )
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON list, one object a contact.")]
Html = Annotated[
    Path | None, typer.Option("--html", help="File to write the page of the contact to.")
]
InLanguage = Annotated[Literal["en", "zh"], typer.Option("--language", help="Of the page.")]
TITLES = {
    "records": "Records",
    "identifiers": "Identifiers, and what they are worth",
    "edges": "Why these records are one person",
    "retired_ids": "Ids that were merged into this one",
    "changes": "Merges and splits",
    "values": "Golden values, and where they come from",
    "attributes": "Attributes, and where they come from",
    "consents": "Consents",
    "matches": "Probably the same person: see `sluice identity review`",
    "preferences": "Preferences, and how they were stated",
    "preference_changes": "Preferences as they were changed",
    "chats": "The conversation: what was said, in order, and who spoke",
    "scores": "Scores",
    "score_reasons": "Score, point by point",
    "score_changes": "Scores as they changed",
    "value": "Expected orders",
    "lifecycle": "Stages",
    "transitions": "Stages as they changed",
    "tags": "Tags",
    "attribution": "What first and last brought the contact",
    "channels": "Preferred channel, and active hours",
    "segments": "Segments",
    "segment_changes": "Segments as they changed",
    "journeys": "Journeys: see `sluice journeys explain`",
    "coupons": "Coupons that journeys gave",
    "owner": "Owner, and which team assigned them",
    "messages": "Messages decided: sent, held, and not sent with the reason",
    "deliveries": "Deliveries",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("contact")(contact)


def contact(key: Key, html: Html = None, language: InLanguage = "en", json: AsJson = False) -> None:
    """Show one person: records, identifiers, why they were joined, golden values, consents, scores,
    segments, messages. --html writes a page with the timeline, names and addresses masked.
    """
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.access.rights import require
    from sluice.orchestration.inspection.contact import describe_contact, find_contacts
    from sluice.orchestration.installation.settings import load_settings

    settings = load_settings()
    if html is None:
        require(settings, "see_personal_data")
    warehouse = settings.warehouse
    found = [
        describe_contact(warehouse, contact_id) for contact_id in find_contacts(warehouse, key)
    ]
    if html is not None and found:
        _write_page(html, [person["contact_id"] for person in found], language)
        return
    if json:
        typer.echo(json_module.dumps(found, ensure_ascii=False))
    if not found and not json:
        raise ConfigurationError(
            "nobody is known by this key",
            "give an e-mail, phone, unionid, cookie, record id or contact id as a source wrote it",
        )
    for person in [] if json else found:
        _show(person)


def _write_page(path: Path, ids: list[int], language: Literal["en", "zh"]) -> None:
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.installation.output_files import require_folder, write_output
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.report.build import last_manifest
    from sluice.orchestration.report.contact_page import contact_page

    require_folder(path, "--html")
    if len(ids) > 1:
        raise ConfigurationError(
            f"the key is of {len(ids)} contacts, and a page is of one",
            f"give one of their ids: {', '.join(map(str, ids))}",
        )
    settings = load_settings()
    write_output(path, "--html", contact_page(settings, last_manifest(settings), ids[0], language))
    typer.echo(str(path))


def _show(person: dict[str, Any]) -> None:
    from sluice.orchestration.cli.show import console, table

    console.rule(f"contact {person['contact_id']}")
    for part, title in TITLES.items():
        rows = person.get(part) or []
        if rows:
            columns = [
                name
                for name in rows[0]
                if name not in {"reason_zh"} and any(row[name] is not None for row in rows)
            ]
            table(
                title,
                columns,
                [[_shown(row[name]) for name in columns] for row in rows],
                is_wrapped=True,
            )


def _shown(value: Any) -> Any:
    """Times to the minute, yes for true, and nothing for null and false. Ids stay without
    separators.
    """
    if isinstance(value, bool) or value is None:
        return "yes" if value else ""
    if isinstance(value, str) and len(value) >= 19 and value[10:11] == "T":
        return value[:16].replace("T", " ")
    return str(value) if isinstance(value, int) else value
