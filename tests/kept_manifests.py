"""A project that was parsed once in a session of tests is not parsed again: not in another home, not
as a copy in another folder; and of one with the same files only what was edited.

A manifest holds nothing of a home but the name of its warehouse, and of the folder the paths to its
seeds, which are written anew.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgpack

from sluice.orchestration.dbt import runner
from sluice.orchestration.dbt.project_files import project_files
from sluice.orchestration.dbt.runner import FILES

PARSED = ("partial_parse.msgpack", "manifest.json")  # what a parse leaves
SOURCE = "source"  # the folder of the project that was parsed
NOT_DBTS = "sluice.yml"
PARSE_ANEW = runner.Dbt._parse


@cache
def install(folder: Path) -> None:
    """Once a process. Processes that share the folder parse a project once."""

    def parse(self: runner.Dbt) -> Any:
        around = self.circumstances().replace(str(self.settings.home), "")
        around = around.replace(str(self.source), "")
        kept = folder / contents_of(self, around)
        if kept.is_dir():
            _take(kept, self)
            self._keep_fingerprint()
            return runner.read_manifest(self.target / PARSED[0])
        near = folder / f"near {names_of(self, around)}"
        if near.is_dir() and not (self.target / FILES).is_file():
            _take(near, self)
            described = json.loads((near / FILES).read_text())
            (self.target / FILES).write_text(json.dumps(described | {"": self._files()[""]}))
        parsed = PARSE_ANEW(self)
        if not self.unreadable:
            for place in (kept, near):
                _keep(self, place)
        return parsed

    runner.Dbt._parse = parse  # type: ignore[method-assign]


def contents_of(dbt: runner.Dbt, salt: str) -> str:
    """Equal where all that dbt reads is, wherever it stands."""
    found = hashlib.sha256(salt.encode())
    for project in dbt.folders:
        for path in project_files(project):
            if path.name != NOT_DBTS:
                found.update(str(path.relative_to(project)).encode() + path.read_bytes())
    return found.hexdigest()


def names_of(dbt: runner.Dbt, salt: str) -> str:
    """Equal where the files are the same ones, whatever is in them."""
    names = [
        str(one.relative_to(project)) for project in dbt.folders for one in project_files(project)
    ]
    return hashlib.sha256(repr([*names, salt]).encode()).hexdigest()


def _take(kept: Path, dbt: runner.Dbt) -> None:
    """The files of a parse, as if they were of this project."""
    dbt.target.mkdir(parents=True, exist_ok=True)
    before, now = (kept / SOURCE).read_text(), str(dbt.source)
    packed, written = (kept / name for name in PARSED)
    if before == now:
        for one in (packed, written):
            shutil.copy(one, dbt.target)
        return

    def moved(text: str) -> str:
        return now + text[len(before) :] if text.startswith(before) else text

    tree = _mapped(msgpack.unpackb(packed.read_bytes(), strict_map_key=False), moved)
    (dbt.target / packed.name).write_bytes(msgpack.packb(tree))
    text = written.read_text(encoding="utf-8")
    (dbt.target / written.name).write_text(text.replace(f'"{before}', f'"{now}'), encoding="utf-8")


def _mapped(tree: Any, change: Callable[[str], str]) -> Any:
    if isinstance(tree, dict):
        return {key: _mapped(value, change) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_mapped(one, change) for one in tree]
    return change(tree) if isinstance(tree, str) else tree


def _keep(dbt: runner.Dbt, kept: Path) -> None:
    if kept.is_dir():
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=kept.parent))
    dbt._keep_fingerprint()
    for name in (*PARSED, FILES):
        shutil.copy(dbt.target / name, made)
    (made / SOURCE).write_text(str(dbt.source))
    try:
        made.rename(kept)
    except OSError:  # another process was quicker
        shutil.rmtree(made)
