"""Projects for tests: copies of the sample company to be edited, and bare dbt projects."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from sluice.orchestration.installation.project import PACKAGE_PROJECT, Project
from sluice.orchestration.installation.project_file import PROJECT_FILE, ProjectFile
from tests.warm import ROOT

SAMPLE = ROOT / "examples" / "world"
BARE = "name: bare\nprofile: sluice\n"
PROFILES = (PACKAGE_PROJECT / "profiles.yml").read_text(encoding="utf-8")
NOT_COPIED = (
    "raw",
    "README.md",
    "generate.py",
    "exposures.yml",
    ".sluice",
    "dbt_packages",
    "target",
    "logs",
    "__pycache__",
)
# the playbooks that the sample runs: what one campaign sends is counted without them
PLAYBOOKS = ("journeys", "sync_high_value_customers.*")


def bare_project(folder: Path, **keys: Any) -> Project:
    """A folder that is a dbt project and the package in one; ``keys`` as in ``sluice.yml``."""
    for name, text in (("dbt_project.yml", BARE), ("profiles.yml", PROFILES)):
        if folder.is_dir() and not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")
    return Project(folder, ProjectFile(name="bare", **keys), package=folder)


def sample_project(
    folder: Path,
    raw: Path | None = None,
    *,
    has_playbooks: bool = False,
    is_lean: bool = False,
    **keys: Any,
) -> Path:
    """A copy of the sample company in ``folder``, with ``keys`` of its ``sluice.yml`` changed
    (None: taken out). Its raw tables are the sample's own, or those of ``raw``.

    ``is_lean``: without the models of reports and without data tests, which each run would build:
    for what neither of them is about.
    """
    left_out = shutil.ignore_patterns(*NOT_COPIED, *(() if has_playbooks else PLAYBOOKS))
    shutil.copytree(SAMPLE, folder, ignore=left_out, dirs_exist_ok=True)
    written = yaml.safe_load((folder / PROJECT_FILE).read_text(encoding="utf-8"))
    written |= {"raw": str(raw or SAMPLE / "raw"), **keys}
    kept = {name: value for name, value in written.items() if value is not None}
    (folder / PROJECT_FILE).write_text(yaml.safe_dump(kept, sort_keys=False), encoding="utf-8")
    if is_lean:
        make_lean(folder / "dbt_project.yml")
    return folder


def make_lean(file: Path) -> None:
    """Turn the reports and the data tests of a project off."""
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    written["models"]["sluice"]["reports"] = {"+enabled": False}
    written["data_tests"] = {"+enabled": False}
    file.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")


def own_model(project: Path, folder: str, name: str) -> Path:
    """A model of the library as the project's own, which stands for ours. Returns its .sql."""
    library = PACKAGE_PROJECT / "models" / folder / "library"
    copy = project / "models" / folder
    copy.mkdir(parents=True, exist_ok=True)
    for suffix in (".sql", ".yml"):
        shutil.copyfile(library / f"{name}{suffix}", copy / f"{name}{suffix}")
    file = project / "dbt_project.yml"
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    written["models"]["sluice"][folder]["library"][name] = {"+enabled": False}
    file.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    return copy / f"{name}.sql"
