"""``sluice segments``: the audiences, and working on one."""

from __future__ import annotations

import json as json_module
from typing import Annotated, Any

import typer

from sluice.orchestration.cli.contact import Key

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="Name of the segment, without seg_.")]
Sample = Annotated[
    int, typer.Option("--sample", min=0, max=1000, help="How many contacts to show.")
]
segments_app = typer.Typer(help="The audiences, and working on one.", no_args_is_help=True)
MARKS = {True: "[green]yes[/green]", False: "[red]no[/red]", None: "[yellow]unknown[/yellow]"}


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(segments_app, name="segments")


@segments_app.command("list")
def list_(json: AsJson = False) -> None:
    """Every segment: size, last change, and where its members go."""
    from sluice.orchestration.authoring.segments.catalog import list_segments
    from sluice.orchestration.cli.show import table
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings

    settings = load_settings()
    rows = list_segments(settings, Dbt(settings).manifest)
    if json:
        _print(rows)
        return
    columns = [
        "segment",
        "label_en",
        "label_zh",
        "members",
        "entered",
        "exited",
        "last_change",
        "used_by",
    ]
    table(
        "Segments",
        columns,
        [[_shown(row[name]) for name in columns] for row in rows],
        is_wrapped=True,
    )


@segments_app.command("preview")
def preview(name: Name, sample: Sample = 5, json: AsJson = False) -> None:
    """A segment as its file stands now: size, a masked sample, overlaps and trend; of an empty one,
    for how many contacts each condition holds. Nothing is built.
    """
    from sluice.orchestration.authoring.segments import inspection
    from sluice.orchestration.cli.show import console, table

    found = inspection.preview(*_project(), _plain(name), sample)
    if json:
        _print(found)
        return
    console.print(f"{found['segment']}: {found['members']:,} contacts")
    if found["conditions"]:
        _show_conditions(found["conditions"])
    for title in ("sample", "overlaps", "trend"):
        rows = found[title]
        if rows:
            table(
                title.capitalize(),
                list(rows[0]),
                [[_shown(value) for value in row.values()] for row in rows],
            )


def _show_conditions(conditions: list[dict[str, Any]]) -> None:
    """Of a segment without members: for how many contacts each condition holds."""
    from sluice.orchestration.cli.show import console, table

    rows = [
        (
            "  " * row["depth"] + row["condition"],
            row["contacts"],
            "" if (n := row["with_those_before"]) is None else f"{n:,}",
        )
        for row in conditions
    ]
    table("Why it is empty", ["condition", "contacts", "with those above"], rows, is_wrapped=True)
    none = next((row["condition"] for row in conditions if row["with_those_before"] == 0), None)
    if none is not None:
        console.print(f"nobody is left at: {none}", soft_wrap=True)


@segments_app.command("diff")
def diff(name: Name, sample: Sample = 20, json: AsJson = False) -> None:
    """Who would enter and who would leave if the segment's file were merged now, against the last
    run.
    """
    from sluice.orchestration.authoring.segments import inspection
    from sluice.orchestration.cli.show import console, table

    found = inspection.diff(*_project(), _plain(name))
    if json:
        _print(found)
        return
    enters, leaves = found["enters"], found["leaves"]
    console.print(
        f"{found['segment']}: {found['members_before']:,} members, then {found['members_after']:,}:"
        f" {len(enters):,} enter, {len(leaves):,} leave"
    )
    rows = [("enters", str(one)) for one in enters[:sample]] + [
        ("leaves", str(one)) for one in leaves[:sample]
    ]
    if rows:
        table("Changes", ["change", "contact_id"], rows)


@segments_app.command("explain")
def explain(name: Name, contact: Key, json: AsJson = False) -> None:
    """Which conditions of a segment hold for a contact, which do not, and what was found
    instead.
    """
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.access.masking import masking
    from sluice.orchestration.authoring.segments.explanation import explain as explain_one
    from sluice.orchestration.authoring.segments.inspection import compiled_segment
    from sluice.orchestration.inspection.contact import find_contacts

    settings, dbt = _project()
    ids = find_contacts(settings.warehouse, contact)
    if not ids:
        raise ConfigurationError(
            "nobody is known by this key", "see `sluice contact --help` for the keys there are"
        )
    sql = compiled_segment(settings, dbt, _plain(name))
    shown = masking(settings, dbt.manifest)
    found = [explain_one(settings.warehouse, sql, contact_id, shown) for contact_id in ids]
    if json:
        _print(found)
        return
    for person in found:
        _show_explanation(_plain(name), person)


def _show_explanation(name: str, person: dict[str, Any]) -> None:
    from sluice.orchestration.cli.show import console, table

    console.print(
        f"contact {person['contact_id']} is {'' if person['is_member'] else 'not '}in {name}"
    )
    rows = [
        ("  " * row["depth"] + row["condition"], MARKS[row["holds"]], row["found"])
        for row in person["conditions"]
    ]
    table("Conditions", ["condition", "holds", "found"], rows, is_wrapped=True)


def _project() -> tuple[Any, Any]:
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings

    settings = load_settings()
    return settings, Dbt(settings)


def _plain(name: str) -> str:
    return name.removeprefix("seg_")


def _print(found: Any) -> None:
    typer.echo(json_module.dumps(found, ensure_ascii=False, default=str))


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool) or value is None:
        return "yes" if value else ""
    if isinstance(value, int) and value > 10**12:
        return str(value)
    return value.strftime("%Y-%m-%d %H:%M") if hasattr(value, "strftime") else value
