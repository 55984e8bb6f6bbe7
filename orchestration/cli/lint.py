"""``sluice lint``: what is wrong with what analytics engineers wrote, and what to look at before
trusting the contacts.
"""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sluice.orchestration.authoring.lint import Finding
    from sluice.orchestration.installation.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Show findings on these files and folders only, and nothing of contacts."),
]
SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("lint")(lint)


def lint(paths: Paths = None, json: AsJson = False) -> None:
    """Faults of segments, syncs, campaigns, scorecards, lifecycles and tags by file and line; where
    the home has a warehouse also contacts of very many records, suspicious merges, faults of
    records, bad rows of seeds, and consent statements that are not understood.

    Exit 1 on a fault of what was written, a bad row, a statement that is not understood, or a large
    contact.
    """
    from sluice.orchestration.authoring.lint import lint_project
    from sluice.orchestration.cli.show import announced
    from sluice.orchestration.installation.settings import load_settings

    settings, wanted = load_settings(), _resolved(paths or [])
    with announced(not json):
        found = lint_project(settings)
    findings = [one for one in found if not wanted or wanted & _places(one, settings)]
    contacts = _contacts(settings) if not paths else {}
    if json:
        typer.echo(
            json_module.dumps(
                {"findings": [finding.as_dict() for finding in findings], **contacts},
                ensure_ascii=False,
            )
        )
    else:
        _show_findings(findings)
        _show_contacts(contacts)
    if findings or contacts.get("large_contacts") or _has_bad_rows(contacts):
        raise typer.Exit(1)


def _has_bad_rows(contacts: dict[str, list[dict[str, Any]]]) -> bool:
    """True for a bad row of a seed, and for a consent statement that is not understood; one that
    matches nobody may come before its record.
    """
    is_held = any(
        issue["issue"] != "matches_nobody" for issue in contacts.get("consent_issues", [])
    )
    return is_held or bool(contacts.get("seed_faults"))


def _resolved(paths: list[Path]) -> set[Path]:
    """Raises ConfigurationError for a path that is none."""
    from sluice.models.errors import ConfigurationError

    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise ConfigurationError(
            f"there is no {', '.join(missing)}", "name files or folders of the project"
        )
    return {path.resolve() for path in paths}


def _places(finding: Finding, settings: Settings) -> set[Path]:
    """The file of a finding and the folders it lies in."""
    from sluice.orchestration.authoring.lint.raw_project import RawProject

    file = RawProject(settings.project.dbt_folder, settings.project.package).place(finding)
    return {file, *file.parents}


def _contacts(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """What to look at in the contacts; nothing where no run has decided on any yet."""
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.inspection.identity_issues import QUERIES, inspect_identity

    try:
        return (
            inspect_identity(settings, SHOWN)
            if settings.warehouse.exists()
            else {name: [] for name in QUERIES}
        )
    except ConfigurationError:
        return {name: [] for name in QUERIES}


def _show_findings(findings: list[Finding]) -> None:
    for one in findings:
        typer.echo(f"{one.file}:{one.line}  {one.rule}  {one.message}\n    -> {one.fix}")
    typer.echo(
        f"{len(findings)} finding{'s' * (len(findings) > 1)} in what was written"
        if findings
        else "Nothing wrong in what was written"
    )


def _show_contacts(contacts: dict[str, list[dict[str, Any]]]) -> None:
    from sluice.orchestration.cli.show import table

    for title, rows in contacts.items():
        if rows:
            cells = ([str(v) if k == "contact_id" else v for k, v in row.items()] for row in rows)
            table(title.replace("_", " "), list(rows[0]), cells)
    if any(contacts.values()):
        typer.echo("Look at one with: sluice contact CONTACT_ID")
