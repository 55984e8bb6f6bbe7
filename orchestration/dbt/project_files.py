"""The files of the dbt project: their fingerprint, and a view of the project without the files that
dbt cannot read.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from sluice.orchestration.installation.settings import DBT_PROJECT

READ_BY_DBT = {".sql", ".yml", ".csv", ".py"}
LEFT_OUT = {"target", "logs", "__pycache__"}
LEAF_FILE = re.compile(
    r"models/(?:segments/seg_|activation/(?:campaign_|sync_)|scoring/scorecard_|lifecycle/stages_)\w+"
)


def project_files(project: Path) -> list[Path]:
    """Every file of the project that dbt reads, sorted."""
    return sorted(
        path
        for path in project.rglob("*")
        if path.suffix in READ_BY_DBT and not LEFT_OUT & set(path.relative_to(project).parts)
    )


def fingerprint(project: Path, salt: str) -> str:
    """A text that changes when a file does: by name, time and size."""
    described = [
        f"{path.relative_to(project)} {path.stat().st_mtime_ns} {path.stat().st_size}"
        for path in project_files(project)
    ]
    return hashlib.sha256("\n".join([*described, salt]).encode()).hexdigest()


def named_leaves(message: str) -> list[str]:
    """The segments, campaigns, syncs, score models and lifecycles whose file an error of dbt names:
    ``seg_x``.
    """
    return sorted({match.group().rsplit("/", 1)[1] for match in LEAF_FILE.finditer(message)})


def project_without(project: Path, names: Iterable[str], view: Path) -> Path:
    """A copy of the project in ``view``, made of links, without the .sql and .yml of some models.
    Returns ``view``.
    """
    left_out = set(names)
    shutil.rmtree(view, ignore_errors=True)
    for path in project_files(project):
        if path.stem not in left_out:
            link = view / path.relative_to(project)
            link.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(path, link)
    return view


def dbt_var(name: str) -> Any:
    """The value that ``dbt_project.yml`` gives a variable; None where it has none."""
    written = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return written["vars"].get(name)
