"""The dbt project as files: what can be said of it without dbt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from sluice.orchestration.authoring.lint.contracts import AUTHORED, Contract
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.yaml_lines import Yaml, read_yaml
from sluice.orchestration.dbt.rules_text import read_rules_of

MACRO = re.compile(r"\{%-?\s*(?:macro|test|materialization)\s+(\w+)")


@dataclass(frozen=True)
class Authored:
    """One segment, sync or campaign: its contract, its name, its .sql and where its .yml
    belongs.
    """

    contract: Contract
    name: str
    sql: Path

    @property
    def yml(self) -> Path:
        """The yml beside it."""
        return self.sql.with_suffix(".yml")


class RawProject:
    """The files of a dbt project, each read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.text = cache(self._read)
        self.yaml = cache(self._read_yaml)

    def relative(self, path: Path) -> str:
        """The path from the folder that holds the project: dbt_project/models/..."""
        return f"{self.root.name}/{path.relative_to(self.root).as_posix()}"

    def finding(self, path: Path, line: int, rule: str, message: str, mend: str) -> Finding:
        """A finding on a file of the project."""
        return Finding(self.relative(path), line, rule, message, mend)

    @cached_property
    def models(self) -> dict[str, Path]:
        """The file of each model, by name."""
        found = [
            path
            for path in sorted((self.root / "models").rglob("*"))
            if path.suffix in {".sql", ".py"}
        ]
        return {path.stem: path for path in found}

    @cached_property
    def ymls(self) -> list[Path]:
        """The yml files of models."""
        return sorted((self.root / "models").rglob("*.yml"))

    @cached_property
    def authored(self) -> list[Authored]:
        """All that is linted, in the order of AUTHORED."""
        return [
            Authored(contract, path.stem, path)
            for contract in AUTHORED
            for path in sorted(
                (self.root / "models" / contract.folder).glob(f"{contract.prefix}*.sql")
            )
        ]

    @cached_property
    def macros(self) -> set[str]:
        """Names of the project's macros, its packages' included."""
        folders = [self.root / "macros", self.root / "tests", self.root / "dbt_packages"]
        return {
            name
            for folder in folders
            for path in folder.rglob("*.sql")
            for name in MACRO.findall(self.text(path))
        }

    def described(self, model: str) -> Yaml | None:
        """What the yml beside a model says of it."""
        path = self.models.get(model)
        found = self.yaml(path.with_suffix(".yml")) if path is not None else None
        models = found.get("models") if found is not None else None
        return (
            next((entry for entry in models.list if entry.mapping.get("name") == model), None)
            if models
            else None
        )

    def meta(self, model: str, kind: str) -> Yaml | None:
        """``config.meta.<kind>`` of a model, else ``meta.<kind>``."""
        described = self.described(model)
        return (
            (described.get("config", "meta", kind) or described.get("meta", kind))
            if described is not None
            else None
        )

    def rules(self, model: str) -> Yaml | None:
        """The rules in YAML at the top of a model, with their lines in the file; None when there
        are none that can be read.
        """
        written = read_rules_of(self.text(self.models[model])) if model in self.models else None
        try:
            return read_yaml(written.in_place) if written is not None else None
        except (yaml.YAMLError, ValueError):
            return None

    def columns(self, model: str) -> set[str]:
        """The columns that the model's yml describes."""
        described = self.described(model)
        columns = described.get("columns") if described is not None else None
        return (
            {str(column.mapping.get("name")) for column in columns.list}
            if columns is not None
            else set()
        )

    def _read(self, path: Path) -> str:
        return path.read_text(encoding="utf-8", errors="replace")

    def _read_yaml(self, path: Path) -> Yaml | None:
        """None when there is no such file, or it is no YAML: that is a finding of its own."""
        try:
            return read_yaml(self.text(path))
        except (OSError, yaml.YAMLError, ValueError):
            return None


def text_of(value: Any) -> str:
    """A value in a message: short, on one line."""
    shown = " ".join(str(value).split())
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
