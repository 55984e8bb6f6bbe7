"""Pools of coupons whose codes stand in a seed: a code that stands there twice, by its line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.raw_project import RawProject

RULE, POOL, CODE = "journey", "coupons_", "code"
REF = re.compile(r"\bref\s*\(\s*['\"](\w+)['\"]\s*\)")
FIX = "take one of the two out; the journeys that give from this pool stop meanwhile"


def check_pools(project: RawProject) -> Iterator[Finding]:
    """A code that a pool holds twice, of those whose seeds have a column ``code``. Of other pools
    the warehouse knows it: there the journey stops in the run, and ``plan`` names the code.
    """
    seen = set[Path]()
    for model, path in sorted(project.models.items()):
        if not model.startswith(POOL) or path.suffix != ".sql":
            continue
        for seed in _seeds(project, path):
            if seed not in seen:
                seen.add(seed)
                for line, code, first in _repeated(seed):
                    message = f"the pool {model.removeprefix(POOL)} holds the code {code} twice"
                    where = f"{message}: in lines {first} and {line}"
                    yield project.finding(seed, line, RULE, where, FIX)


def _seeds(project: RawProject, model: Path) -> Iterator[Path]:
    for name in REF.findall(project.text(model)):
        yield from sorted((project.projects[-1].folder / "seeds").rglob(f"{name}.csv"))


def _repeated(seed: Path) -> Iterator[tuple[int, str, int]]:
    """(line, code, line where it stood first)."""
    lines: dict[str, int] = {}
    with seed.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            code = row.get(CODE)
            if code in lines:
                yield rows.line_num, code, lines[code]
            elif code:
                lines[code] = rows.line_num
