"""The links by which dbt finds the engine's package in a project, made before dbt reads it.

``.sluice/dbt_package`` is what ``packages.yml`` names, and ``dbt_packages/sluice`` what `dbt deps`
would install from it. Where the system allows no links, they are copies that are kept up to date.
Where the project has a model of its own for one of the library, they lead to a view of the package
without that one's yml.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import uuid
from pathlib import Path
from typing import Any

import yaml

from sluice._version import __version__
from sluice.models.errors import ConfigurationError
from sluice.orchestration.dbt.project_files import (
    fingerprint,
    link_package_without,
    project_files,
    replaced_ymls,
)
from sluice.orchestration.installation.project import (
    DBT_FILE,
    PACKAGE_NAME,
    PACKAGE_PROJECT,
    Project,
)

LINK, INSTALLED = Path(".sluice") / "dbt_package", Path("dbt_packages") / PACKAGE_NAME
STAMP = ".copied_by_sluice"
VIEWS = Path(".sluice") / "package_views"


def link_package(project: Project) -> None:
    """Make both links, where they are missing or lead elsewhere. Raises ConfigurationError when
    the project's folder cannot be written, and for a package of another version.
    """
    if project.dbt_folder == project.package:
        return
    check_package(project)
    try:
        package = _seen_by(project)
        for place in (LINK, INSTALLED):
            _lead_to(package, project.root / place)
    except OSError as error:
        raise ConfigurationError(
            f"the package cannot be linked into {project.root} ({error.strerror})",
            "make the folder writable for the user who runs sluice",
        ) from error


def _seen_by(project: Project) -> Path:
    """The package, or the view of it that leaves out what the project has of its own."""
    replaced = replaced_ymls(project.dbt_folder, project.package)
    if not replaced:
        return project.package
    files = sorted(str(path) for path in {*project_files(project.package)} - replaced)
    digest = hashlib.sha256("\n".join(files).encode()).hexdigest()[:16]
    view = project.root / VIEWS / digest
    if not view.is_dir():
        made = view.with_name(f"{digest}.{uuid.uuid4().hex}")
        link_package_without(project.package, replaced, made)
        with contextlib.suppress(OSError):  # another process was faster
            made.rename(view)
        shutil.rmtree(made, ignore_errors=True)
    return view


def check_package(project: Project) -> None:
    """Raises ConfigurationError where the dbt package is not of the version of the engine: the
    one that the engine carries, the one that ``packages.yml`` names, or a folder of the user's at
    ``dbt_packages/sluice``.
    """
    if project.package != PACKAGE_PROJECT:
        return  # a package of its own, as tests have
    carried = _version(project.package)
    if carried != __version__:
        raise ConfigurationError(
            f"{project.package / DBT_FILE} is of version {carried}, and sluice of {__version__}",
            "install it anew from its wheel or clone, as docs/install.md says",
        )
    _check_packages_file(project.root / "packages.yml")
    place = project.root / INSTALLED
    if place.is_dir() and not place.is_symlink() and not (place / STAMP).is_file():
        found = _version(place)
        if found != __version__:
            raise ConfigurationError(
                f"{place} is of version {found}, and sluice of {__version__}",
                f"delete the folder {INSTALLED}: sluice makes it anew",
            )


def _check_packages_file(path: Path) -> None:
    """The engine comes from the link alone: another `sluice` would be another version of it."""
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except yaml.YAMLError:  # dbt says what is wrong with it
        return
    entries = written.get("packages") if isinstance(written, dict) else None
    named = [one for one in entries or () if isinstance(one, dict)]
    places = {str(one.get("local")) for one in named}
    others = [one for one in named if _is_sluice(path.parent, one)]
    if LINK.as_posix() not in places or others:
        other = (
            f" names another {PACKAGE_NAME}," if others else " does not name the engine's package,"
        )
        raise ConfigurationError(
            f"{path}{other} which could be of another version",
            f"write in it packages: [{{local: {LINK.as_posix()}}}], beside packages of others",
        )


def _is_sluice(root: Path, entry: dict[str, Any]) -> bool:
    """Whether an entry names the engine otherwise than by the link."""
    local = entry.get("local")
    if local is not None:
        is_link = str(local) == LINK.as_posix()
        return not is_link and _name(root / str(local)) == PACKAGE_NAME
    named = str(entry.get("package") or entry.get("git") or entry.get("tarball") or "")
    return re.split(r"[/.]", named.removesuffix(".git").rstrip("/"))[-1] == PACKAGE_NAME


def _read(folder: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load((folder / DBT_FILE).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}


def _version(folder: Path) -> str:
    return str(_read(folder).get("version", "unknown"))


def _name(folder: Path) -> str:
    return str(_read(folder).get("name", ""))


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
