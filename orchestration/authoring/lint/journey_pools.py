"""Pools of coupons whose codes stand in a seed: a code that stands there twice, by its line, and
codes that dbt would read as numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.raw_project import RawProject

RULE, POOL, CODE = "journey", "coupons_", "code"
REF = re.compile(r"\bref\s*\(\s*['\"](\w+)['\"]\s*\)")
TYPE = "write seeds: [{name: %s, config: {column_types: {code: varchar}}}] in a yml of seeds/"
FIX = "take one of the two out; the journeys that give from this pool stop meanwhile"


def check_pools(project: RawProject) -> Iterator[Finding]:
    """A code that a pool holds twice, and one that loses its zeros, of those whose seeds have a
    column ``code``. Of other pools the warehouse knows the first: there the journey stops in the
    run, and ``plan`` names the code.
    """
    seen = set[Path]()
    for model, path in sorted(project.models.items()):
        if not model.startswith(POOL) or path.suffix != ".sql":
            continue
        for seed in seeds_of(project, path):
            if seed not in seen:
                seen.add(seed)
                for line, code, first in _repeated(seed):
                    message = f"the pool {model.removeprefix(POOL)} holds the code {code} twice"
                    where = f"{message}: in lines {first} and {line}"
                    yield project.finding(seed, line, RULE, where, FIX)
                yield from _shortened(project, seed)


def seeds_of(project: RawProject, model: Path) -> Iterator[Path]:
    """The seeds of the project that a model reads."""
    for name in REF.findall(project.text(model)):
        yield from sorted((project.projects[-1].folder / "seeds").rglob(f"{name}.csv"))


def _codes(seed: Path) -> list[tuple[int, str]]:
    """(line, code), of a file as a spreadsheet writes it."""
    with seed.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.DictReader(file)
        codes = ((rows.line_num, (row.get(CODE) or "").strip()) for row in rows)
        return [(line, code) for line, code in codes if code]


def _repeated(seed: Path) -> Iterator[tuple[int, str, int]]:
    """(line, code, line where it stood first)."""
    lines: dict[str, int] = {}
    for line, code in _codes(seed):
        if code in lines:
            yield line, code, lines[code]
        lines.setdefault(code, line)


def _shortened(project: RawProject, seed: Path) -> Iterator[Finding]:
    """The first code that dbt, which guesses the type of a column, would write otherwise."""
    codes = [] if _has_type(project, seed) else _codes(seed)
    guessed = _guessed_type(seed) if codes else None
    for line, code in codes:
        if guessed is not None and (read := _as_text(guessed.cast(code))) != code:
            message = f"dbt would read the code {code} as {read}"
            yield project.finding(seed, line, RULE, message, TYPE % seed.stem)
            return


def _guessed_type(seed: Path) -> Any:
    """The type that dbt gives the codes; None of a file that it does not read."""
    from dbt_common.clients import agate_helper

    try:
        return agate_helper.from_csv(str(seed), text_columns=()).columns[CODE].data_type
    except (ValueError, KeyError):  # a row that is longer than the header, no UTF-8, no codes
        return None


def _as_text(value: Any) -> str:
    """What the warehouse writes for a value: 1e5 is 100000."""
    if isinstance(value, Decimal) and value.is_finite():
        return str(int(value)) if value == value.to_integral_value() else str(float(value))
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _has_type(project: RawProject, seed: Path) -> bool:
    """Whether the yml of the seed, or dbt_project.yml for any seed, declares the type of codes."""
    own = project.projects[-1]
    ymls = [project.yaml(path) for path in sorted((own.folder / "seeds").rglob("*.y*ml"))]
    entries = [seeds for yml in ymls if yml and (seeds := yml.get("seeds"))]
    named = [
        one.value
        for seeds in entries
        for one in seeds.items.values()
        if (name := one.get("name")) and name.value == seed.stem
    ]
    return _declares(named) or _declares(own.written.get("seeds"))


def _declares(written: Any) -> bool:
    if isinstance(written, Mapping):
        types = written.get("column_types") or written.get("+column_types") or {}
        return CODE in types or any(_declares(one) for one in written.values())
    return isinstance(written, list) and any(_declares(one) for one in written)
