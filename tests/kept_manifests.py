"""A project that was parsed for one home is not parsed for the next: nothing of the home but the name
of its warehouse is in a manifest.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from sluice.orchestration.dbt import runner
from sluice.orchestration.dbt.project_files import fingerprint

PARSED = ("partial_parse.msgpack", "manifest.json")  # what a parse leaves


@cache
def install(folder: Path) -> None:
    """Once a process. Processes that share the folder parse a project once."""
    parse_anew = runner.Dbt._parse

    def parse(self: runner.Dbt) -> Any:
        around = self.circumstances().replace(str(self.settings.home), "")
        kept = folder / fingerprint(self.folders, f"{self.source} {around}")
        if kept.is_dir():
            shutil.copytree(kept, self.target, dirs_exist_ok=True)
            self._keep_fingerprint()
            return runner._read_manifest(self.target / PARSED[0])
        parsed = parse_anew(self)
        if not self.unreadable:
            _keep(self.target, kept)
        return parsed

    runner.Dbt._parse = parse  # type: ignore[method-assign]


def _keep(source: Path, kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=kept.parent))
    for name in PARSED:
        shutil.copy(source / name, made)
    try:
        made.rename(kept)
    except OSError:  # another process was quicker
        shutil.rmtree(made)
