"""Where the card in use is."""

from __future__ import annotations

from pathlib import Path

from sluice.orchestration.installation.settings import Settings


def live_card(settings: Settings, name: str) -> Path:
    """The file of the card in use: the project's own, else the package's."""
    folders = [folder / "models" / "scoring" for folder in settings.project.dbt_folders]
    found = [path for folder in folders for path in sorted(folder.rglob(name))]
    return found[0] if found else folders[0] / name
