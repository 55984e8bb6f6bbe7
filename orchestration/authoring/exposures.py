"""dbt exposures: one for each campaign and sync, so that dbt's own docs and lineage end where the
data goes. Written to ``models/exposures.yml`` of a project from its ymls; dbt is not run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from sluice.models.errors import ConfigurationError
from sluice.orchestration.authoring.lint.raw_project import Authored, RawProject
from sluice.orchestration.installation.project import Project

FILE = Path("models") / "exposures.yml"
HEAD = "# Written by `sluice exposures`, from the ymls of campaigns and syncs.\n"
# a run does without: of a campaign that is gone, or cannot be read, no exposure may stop the others
IS_ENABLED = "{{ not var('in_sluice_run', false) }}"
KINDS = ("campaign", "sync")


def write_exposures(project: Project) -> tuple[Path, int, list[str]]:
    """Write the file anew; without campaigns and syncs it is taken away. Returns its path, how many
    exposures it has, and the campaigns and syncs left out, whose ymls do not say where they go.
    Raises ConfigurationError for a file of that name that is not ours.
    """
    raw = RawProject(project.dbt_folder, project.package)
    text, path = exposures_text(raw), raw.root / FILE
    if path.is_file() and not path.read_text(encoding="utf-8").startswith(HEAD):
        raise ConfigurationError(
            f"{path} was not written by `sluice exposures`: it is not overwritten",
            "move what is in it to a file of another name, such as models/dashboards.yml",
        )
    if not text:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found, sending = _authored(raw), _sending(raw)
    return path, len(found), sorted(sending.keys() - {one.name for one in found})


def exposures_text(project: RawProject) -> str:
    """What the file of a project says; '' where there is nothing to say."""
    found = [_exposure(project, authored) for authored in _authored(project)]
    if not found:
        return ""
    body = yaml.safe_dump(
        {"exposures": found}, allow_unicode=True, sort_keys=False, default_flow_style=False
    )
    return HEAD + body


def _authored(project: RawProject) -> list[Authored]:
    """The campaigns and syncs that say where they go."""
    return [one for one in _sending(project).values() if _meta(project, one).get("destination")]


def _sending(project: RawProject) -> dict[str, Authored]:
    """The campaigns and syncs that are switched on, by name."""
    return {one.name: one for one in project.authored if one.contract.kind in KINDS}


def _meta(project: RawProject, authored: Authored) -> dict[str, Any]:
    found = project.meta(authored.name, authored.contract.kind)
    return found.mapping if found is not None else {}


def _exposure(project: RawProject, authored: Authored) -> dict[str, Any]:
    kind, meta = authored.contract.kind, _meta(project, authored)
    described = project.described(authored.name)
    name = authored.name.removeprefix(authored.contract.prefix)
    shown = {"kind": kind} | {
        key: meta[key] for key in ("destination", "channel", "purpose", "mode") if meta.get(key)
    }
    return {
        "name": authored.name,
        "label": f"{name.replace('_', ' ')} -> {meta['destination']}",
        "type": "application",
        "description": str(described.mapping.get("description", "")) if described else "",
        "owner": {"name": str(meta.get("owner") or project.projects[-1].name)},
        "depends_on": [f"ref('{authored.name}')"],
        "config": {"enabled": IS_ENABLED, "meta": shown},
    }
