"""The files of the dbt project and of the package it uses: their fingerprint, and a view of them
without the files that dbt cannot read.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from sluice.models.errors import ConfigurationError
from sluice.models.journey import PREFIX
from sluice.models.yaml_text import load_yaml, read_yaml

READ_BY_DBT = {".sql", ".yml", ".yaml", ".csv", ".py", ".md"}
LEFT_OUT = {"target", "logs", "__pycache__"}
# where dbt looks for files, as a dbt_project.yml may name it
FOLDERS = {
    "model-paths": ["models"],
    "macro-paths": ["macros"],
    "seed-paths": ["seeds"],
    "test-paths": ["tests"],
    "snapshot-paths": ["snapshots"],
    "analysis-paths": ["analyses"],
}
# the models an author adds a file for, each united with its kind by a model that finds them by name
LEAVES: Mapping[str, str | tuple[str, ...]] = {
    "segments": "seg_",
    "activation": ("campaign_", "sync_"),
    "scoring": "scorecard_",
    "lifecycle": "stages_",
    "tags": "tags_",
    "contacts": "facts_",
    "journeys": (PREFIX, "coupons_", "owners_"),
}
_LEAF = "|".join(
    rf"{kind}/(?:\w+/)*(?:{'|'.join([prefix] if isinstance(prefix, str) else prefix)})"
    for kind, prefix in LEAVES.items()
)
# a yml that is no YAML is named from the folder of models on
LEAF_FILE = re.compile(rf"(?:models/|Error reading \w+: )(?:{_LEAF})\w+")
ASSET_NAME = re.compile(r"[A-Za-z0-9_-]+")
MISNAMED = "a model's name has letters from a to z, digits and _: assets of Dagster are named by it"
# a name that is taken, or a model that is used and switched off
OF_THE_CONFIGURATION = re.compile(
    r"is taken by the package sluice|which is switched off|a node named '\w+'.* which is disabled"
)


def project_files(project: Path) -> list[Path]:
    """Every file of one dbt project that dbt reads, sorted; not those of the packages it uses."""
    below = [path for folder in _folders(project) for path in folder.rglob("*")]
    return sorted(
        path
        for path in {*project.iterdir(), *below}
        if path.suffix in READ_BY_DBT
        and path.is_file()
        and not LEFT_OUT & set(path.relative_to(project).parts)
    )


def fingerprint(projects: Sequence[Path], salt: str) -> str:
    """A text that changes when a file of one of the projects does: by name, time and size."""
    described = [
        f"{path.relative_to(project)} {path.stat().st_mtime_ns} {path.stat().st_size}"
        for project in projects
        for path in project_files(project)
    ]
    return hashlib.sha256("\n".join([*described, salt]).encode()).hexdigest()


def describe_files(projects: Sequence[Path], salt: str) -> dict[str, list[Any]]:
    """Of each file of the projects its time and a hash of its text, by name; and ``salt``."""
    described: dict[str, list[Any]] = {"": [salt]}
    for number, project in enumerate(projects):
        for path in project_files(project):
            text = hashlib.sha256(path.read_bytes()).hexdigest()
            name = f"{number} {path.relative_to(project)}"
            described[name] = [path.stat().st_mtime_ns, text]
    return described


def are_edited_alone(kept: Path, now: dict[str, list[Any]]) -> bool:
    """Whether a parse of what was edited can follow that of the files described in ``kept``: none
    came or went, no ``dbt_project.yml`` is another, and dbt, which goes by the time of a file, sees
    each edit.
    """
    with suppress(OSError, ValueError, TypeError, LookupError, AttributeError):
        before = json.loads(kept.read_text(encoding="utf-8"))
        if before.keys() != now.keys() or before[""] != now[""]:
            return False
        edited = [name for name in now if before[name][-1] != now[name][-1]]
        return all(
            not name.endswith(" dbt_project.yml") and before[name][0] != now[name][0]
            for name in edited
        )
    return False


def named_leaves(message: str) -> list[str]:
    """The segments, campaigns, syncs, score models, lifecycles, tags, facts and journeys whose file
    an error of dbt names: ``seg_x``. None of a fault of ``dbt_project.yml``, which is not to be
    built around.
    """
    if OF_THE_CONFIGURATION.search(message):
        return []
    return sorted({match.group().rsplit("/", 1)[1] for match in LEAF_FILE.finditer(message)})


def misnamed_leaves(project: Path) -> dict[str, str]:
    """Models that are built around, by what is wrong with their name: Dagster names assets after
    them. Raises ConfigurationError for a model that everything may depend on.
    """
    found = dict[str, str]()
    for path in project_files(project):
        place = path.relative_to(project).as_posix()
        is_model = place.startswith("models/") and path.suffix in {".sql", ".py"}
        if is_model and not ASSET_NAME.fullmatch(path.stem):
            if not LEAF_FILE.search(place):
                raise ConfigurationError(f"{place}: {MISNAMED}", "rename the file, and its refs")
            found[path.stem] = f"{place}: {MISNAMED}"
    return found


def faulty_leaves(project: Path) -> dict[str, str]:
    """Models that are built around and whose yml is refused, where dbt names no file."""
    found = dict[str, str]()
    for path in project_files(project):
        place = path.relative_to(project).as_posix()
        if path.suffix in {".yml", ".yaml"} and LEAF_FILE.search(place):
            try:
                load_yaml(path.read_text(encoding="utf-8"))
            except yaml.MarkedYAMLError as error:
                line = error.problem_mark.line + 1 if error.problem_mark else 1
                found[path.stem] = f"{place}:{line}: {error.problem or error.context}"
            except (yaml.YAMLError, ValueError, OSError):
                found[path.stem] = f"{place} cannot be read"
    return found


def project_without(projects: Sequence[Path], names: Iterable[str], view: Path) -> Path:
    """A copy of a project and the package it uses, the project first, in ``view``: made of links,
    without the .sql and .yml of some models. Returns ``view``.
    """
    left_out = set(names)
    shutil.rmtree(view, ignore_errors=True)
    project, *packages = projects
    _link_files(project, left_out, view)
    for package in packages:
        place = view / "dbt_packages" / package_name(package)
        _link_files(package, left_out, place, replaced_ymls(project, package))
    for other in _other_packages(project, {package_name(one) for one in packages}):
        (view / "dbt_packages").mkdir(exist_ok=True)
        os.symlink(other.resolve(), view / "dbt_packages" / other.name)
    return view


def package_name(package: Path) -> str:
    """What ``dbt_project.yml`` of a package calls it."""
    return str(_read(package)["name"])


def replaced_ymls(project: Path, package: Path) -> frozenset[Path]:
    """The ymls of models of the package's library that the project has by the same name: dbt looks
    such a name up in every project, would describe the project's model by it, and then refuse the
    project's own yml as a second one.
    """
    own = {path.stem for path in project_files(project) if path.suffix == ".sql"}
    return frozenset(
        path
        for path in package.glob("models/*/library/*.yml")
        if path.stem in own and project != package
    )


def link_package_without(package: Path, left_out: frozenset[Path], view: Path) -> None:
    """A copy of the package in ``view``, made of links, without some of its files."""
    _link_files(package, set(), view, left_out)


def _link_files(
    project: Path, left_out: set[str], view: Path, files: frozenset[Path] = frozenset()
) -> None:
    for path in project_files(project):
        if path.stem not in left_out and path not in files:
            link = view / path.relative_to(project)
            link.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(path, link)


def _other_packages(project: Path, own: set[str]) -> list[Path]:
    folder = project / "dbt_packages"
    return [one for one in folder.iterdir() if one.name not in own] if folder.is_dir() else []


def _folders(project: Path) -> list[Path]:
    written = _read(project)
    names = {str(one) for key, usual in FOLDERS.items() for one in written.get(key) or usual}
    return [project / name for name in sorted(names) if (project / name).is_dir()]


def _read(project: Path) -> dict[str, Any]:
    try:
        found = read_yaml((project / "dbt_project.yml").read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):  # dbt says what is wrong with it
        return {}
    return found if isinstance(found, dict) else {}
