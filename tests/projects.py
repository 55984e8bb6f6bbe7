"""Projects for tests: copies of the sample company to be edited, and bare dbt projects."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from sluice.orchestration.installation.project import Project
from sluice.orchestration.installation.project_file import PROJECT_FILE, ProjectFile
from tests.warm import ROOT

SAMPLE = ROOT / "examples" / "world"
NOT_COPIED = shutil.ignore_patterns(
    "raw", "README.md", "generate.py", ".sluice", "dbt_packages", "target", "logs", "__pycache__"
)


def bare_project(folder: Path, **keys: Any) -> Project:
    """A folder that is a dbt project and the package in one; ``keys`` as in ``sluice.yml``."""
    return Project(folder, ProjectFile(name="bare", **keys), package=folder)


def sample_project(folder: Path, raw: Path | None = None, **keys: Any) -> Path:
    """A copy of the sample company in ``folder``, with ``keys`` of its ``sluice.yml`` changed
    (None: taken out). Its raw tables are the sample's own, or those of ``raw``.
    """
    shutil.copytree(SAMPLE, folder, ignore=NOT_COPIED, dirs_exist_ok=True)
    written = yaml.safe_load((folder / PROJECT_FILE).read_text(encoding="utf-8"))
    written |= {"raw": str(raw or SAMPLE / "raw"), **keys}
    kept = {name: value for name, value in written.items() if value is not None}
    (folder / PROJECT_FILE).write_text(yaml.safe_dump(kept, sort_keys=False), encoding="utf-8")
    return folder
