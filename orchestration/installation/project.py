"""A company's project: the folder with ``sluice.yml``, and where its parts are.

The engine is installed beside it: ``package`` is the dbt package that the wheel carries. dbt reads
it through links that are made in the project (package_links.py).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.project_file import PROJECT_FILE, ProjectFile, read_project

PACKAGE_ROOT = Path(__file__).resolve().parents[2]  # the clone, or the folder `sluice` of a wheel
PACKAGE_PROJECT = PACKAGE_ROOT / "dbt_project"
PACKAGE_NAME = "sluice"
EXAMPLES = PACKAGE_ROOT / "examples"
SAMPLE = EXAMPLES / "world"
DBT_FILE = "dbt_project.yml"
VARIABLE = "SLUICE_PROJECT"


@dataclass(frozen=True)
class Project:
    """One project: ``root``, the folder of ``sluice.yml``; ``config``, what it says; ``package``,
    the engine's dbt package.
    """

    root: Path
    config: ProjectFile
    package: Path = field(default_factory=lambda: PACKAGE_PROJECT)

    @cached_property
    def dbt_folder(self) -> Path:
        """The dbt project that is built: the project's own, else the package alone."""
        return self.root if (self.root / DBT_FILE).is_file() else self.package

    @property
    def dbt_folders(self) -> tuple[Path, ...]:
        """The folders dbt reads, the project's own first."""
        is_own = self.dbt_folder != self.package
        return (self.dbt_folder, self.package) if is_own else (self.package,)

    @cached_property
    def content(self) -> Path:
        """The folder of message templates."""
        own = self.root / "content"
        is_own = own.is_dir() or self.dbt_folder == self.root
        return own if is_own else PACKAGE_ROOT / "content"

    @property
    def home(self) -> Path:
        """The folder of the warehouse, the ledger and Dagster, where SLUICE_HOME says no other."""
        return self.root / (self.config.home or ".sluice")

    @property
    def raw(self) -> Path:
        """The folder of files to land, where SLUICE_RAW says no other."""
        return self.root / (self.config.raw or "raw")

    def staging_folders(self) -> dict[str, Path]:
        """The source systems there are, by name: the folders of ``models/staging/``, the engine's
        too.
        """
        return _staging_folders(self.package) | self.own_staging_folders()

    def own_staging_folders(self) -> dict[str, Path]:
        """Those of the project itself."""
        return _staging_folders(self.root) if self.dbt_folder == self.root else {}

    def dbt_var(self, name: str) -> Any:
        """The value of a dbt variable: as the project's ``dbt_project.yml`` gives it, for the
        package or for all, else the package's default; None where there is none.
        """
        for folder in self.dbt_folders:
            found = _variables(folder / DBT_FILE)
            own = found.get(PACKAGE_NAME)
            for values in (own if isinstance(own, dict) else {}, found):
                if name in values:
                    return values[name]
        return None


def find_project(given: str | Path | None = None, start: Path | None = None) -> Project:
    """The project to work on: ``given`` (--project), else SLUICE_PROJECT, else the nearest folder
    with ``sluice.yml`` from ``start`` (the working folder) upward; in a clone of the engine, else,
    the sample company. Raises ConfigurationError when there is none.
    """
    named = given or os.environ.get(VARIABLE, "").strip()
    if named:
        return open_project(_named(Path(named)))
    folder = (start or Path.cwd()).resolve()
    for path in (folder, *folder.parents):
        if _is_project(path):
            return open_project(path)
    if is_clone() and folder.is_relative_to(PACKAGE_ROOT):
        return open_project(SAMPLE)
    raise ConfigurationError(
        f"this is no Sluice project: there is no {PROJECT_FILE} in {folder} or a folder above it",
        "change to the folder of your project, name it with `--project DIR` or SLUICE_PROJECT, or"
        " make one with `sluice init NAME`",
    )


def is_clone() -> bool:
    """Whether the engine runs from a clone of its repository, not from a wheel."""
    return (PACKAGE_ROOT / "pyproject.toml").is_file()


def open_project(root: Path) -> Project:
    """The project of a folder that has a ``sluice.yml``. Raises ConfigurationError for a path that
    dbt-duckdb cannot load seeds from.
    """
    if "'" in str(root):
        raise ConfigurationError(
            f"the path of the project has an apostrophe, which dbt cannot read seeds from: {root}",
            "move the project, or rename the folder",
        )
    return Project(root, read_project(root / PROJECT_FILE))


def _staging_folders(folder: Path) -> dict[str, Path]:
    staging = folder / "models" / "staging"
    paths = sorted(staging.iterdir()) if staging.is_dir() else []
    return {path.name: path for path in paths if path.is_dir()}


def _named(path: Path) -> Path:
    """The folder that --project or SLUICE_PROJECT names; the file itself will do."""
    path = path.expanduser().resolve()
    folder = path.parent if path.name == PROJECT_FILE else path
    if not _is_project(folder):
        raise ConfigurationError(
            f"there is no {PROJECT_FILE} that can be read in {folder}, which --project or"
            " SLUICE_PROJECT names",
            f"name the folder of a project, or make one with `sluice init {folder.name}`",
        )
    return folder


def _is_project(folder: Path) -> bool:
    try:
        return (folder / PROJECT_FILE).is_file()
    except OSError:  # a folder of somebody else's
        return False


def _variables(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))["vars"]
    except (OSError, yaml.YAMLError, KeyError, TypeError):  # dbt says what is wrong with it
        return {}
    return found if isinstance(found, dict) else {}
