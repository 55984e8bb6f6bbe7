"""The links by which dbt finds the engine's package in a project, made before dbt reads it.

``.sluice/dbt_package`` is what ``packages.yml`` names, and ``dbt_packages/sluice`` what `dbt deps`
would install from it. Where the system allows no links, they are copies that are kept up to date.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from pathlib import Path

from sluice.models.errors import ConfigurationError
from sluice.orchestration.dbt.project_files import fingerprint
from sluice.orchestration.installation.project import PACKAGE_NAME, Project

LINK, INSTALLED = Path(".sluice") / "dbt_package", Path("dbt_packages") / PACKAGE_NAME
STAMP = ".copied_by_sluice"


def link_package(project: Project) -> None:
    """Make both links, where they are missing or lead elsewhere. Raises ConfigurationError when
    the project's folder cannot be written.
    """
    if project.dbt_folder == project.package:
        return
    try:
        for place in (LINK, INSTALLED):
            _lead_to(project.package, project.root / place)
    except OSError as error:
        raise ConfigurationError(
            f"the package cannot be linked into {project.root} ({error.strerror})",
            "make the folder writable for the user who runs sluice",
        ) from error


def _lead_to(package: Path, place: Path) -> None:
    if place.is_symlink() and place.readlink() == package:
        return
    if place.is_dir() and not place.is_symlink() and _is_copy(package, place):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    # under another name first: another process may be reading through it now
    made = place.with_name(f"{place.name}.{uuid.uuid4().hex}")
    try:
        made.symlink_to(package, target_is_directory=True)
    except (OSError, NotImplementedError):
        shutil.copytree(package, made, ignore=shutil.ignore_patterns("target", "logs"))
        (made / STAMP).write_text(_described(package))
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    try:
        os.replace(made, place)
    except OSError:  # a folder is not replaced by a rename: another process was faster
        with contextlib.suppress(OSError):
            made.unlink() if made.is_symlink() else shutil.rmtree(made)
        if not place.exists():
            raise


def _is_copy(package: Path, place: Path) -> bool:
    stamp = place / STAMP
    return stamp.is_file() and stamp.read_text() == _described(package)


def _described(package: Path) -> str:
    return fingerprint([package], "")
