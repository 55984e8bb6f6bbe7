"""A dbt project and the package it imports as files: what can be said of them without dbt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from sluice.models.journey import PREFIX as JOURNEY
from sluice.orchestration.authoring.lint.contracts import AUTHORED, Contract
from sluice.orchestration.authoring.lint.enabled import DbtProject, is_enabled
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.yaml_lines import Yaml, read_yaml
from sluice.orchestration.dbt.rules_text import read_rules_of
from sluice.orchestration.installation.project import PACKAGE_PROJECT

PACKAGE = "sluice"
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
    """The files of a dbt project and of the package it imports, each read once. Models that are
    switched off are left out.
    """

    def __init__(self, root: Path, package: Path = PACKAGE_PROJECT) -> None:
        self.root = root
        self.package = package
        self.text = cache(self._read)
        self.yaml = cache(self._read_yaml)

    @cached_property
    def projects(self) -> tuple[DbtProject, ...]:
        """The package and the project that imports it; the package alone where it is linted."""
        own = DbtProject(self.root)
        return (
            (own,)
            if self.root == self.package or own.name == PACKAGE
            else (
                DbtProject(self.package),
                own,
            )
        )

    @property
    def content(self) -> Path:
        """The folder of message templates."""
        return self.root / "content"

    def relative(self, path: Path) -> str:
        """The path as dbt finds it from the project: models/..., dbt_packages/sluice/models/..."""
        if path.is_relative_to(self.root):
            return path.relative_to(self.root).as_posix()
        return f"dbt_packages/{PACKAGE}/{path.relative_to(self.package).as_posix()}"

    def place(self, finding: Finding) -> Path:
        """The file that a finding is about."""
        inside = finding.file.removeprefix(f"dbt_packages/{PACKAGE}/")
        return (self.root if inside == finding.file else self.package) / inside

    def finding(self, path: Path, line: int, rule: str, message: str, fix: str) -> Finding:
        """A finding on a file of the project."""
        return Finding(self.relative(path), line, rule, message, fix)

    @cached_property
    def models(self) -> dict[str, Path]:
        """The file of each model that is switched on, by name."""
        return {path.stem: path for _, path in self._enabled}

    @cached_property
    def _enabled(self) -> list[tuple[Path, Path]]:
        """(folder of models, file), the package's before the project's."""
        return [
            (folder, path)
            for project in self.projects
            for folder, path in project.files(".sql", ".py")
            if is_enabled(self.projects[-1], project, folder, path)
        ]

    @cached_property
    def switched_off(self) -> dict[str, str]:
        """{model: what to write in dbt_project.yml} of those that are there and switched off."""
        return {
            path.stem: ": ".join(
                ["models", project.name, *path.relative_to(folder).parts[:-1], path.stem]
            )
            + ": +enabled: true"
            for project in self.projects
            for folder, path in project.files(".sql", ".py")
            if path.stem not in self.models
        }

    @cached_property
    def ymls(self) -> list[Path]:
        """The yml files of models."""
        return [path for project in self.projects for _, path in project.files(".yml")]

    @cached_property
    def authored(self) -> list[Authored]:
        """All that is linted, in the order of AUTHORED."""
        return [
            Authored(contract, path.stem, path)
            for contract in AUTHORED
            for folder, path in sorted(self._enabled, key=lambda found: found[1].stem)
            if path.suffix == ".sql"
            and path.name.startswith(contract.prefix)
            and path.relative_to(folder).parts[0] == contract.folder
        ]

    @cached_property
    def macros(self) -> set[str]:
        """Names of the macros that are called without the name of their package: the project's."""
        return self._macros(self.root / "macros", self.root / "tests")

    @cached_property
    def package_macros(self) -> set[str]:
        """Names of the macros that are called as sluice.<name>()."""
        folder = self.projects[0].folder
        return self._macros(folder / "macros", folder / "tests")

    def _macros(self, *folders: Path) -> set[str]:
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

    def gives_coupons(self, model: str) -> bool:
        """Whether a journey gives codes, which its messages name as ``coupon``."""
        nodes = self.meta(model, "journey") if model.startswith(JOURNEY) else None
        found = nodes.get("nodes") if nodes is not None else None
        actions = [one.get("action") for one in found.items.values()] if found is not None else []
        return any("give_coupon" in one.mapping for one in actions if one is not None)

    def messages(self) -> Iterator[tuple[str, Path, Yaml]]:
        """(model, its .sql, the settings of the message) of each campaign, and of each node of a
        journey that sends one.
        """
        for one in self.authored:
            meta = self.meta(one.name, "campaign") if one.contract.kind == "campaign" else None
            if meta is not None:
                yield one.name, one.sql, meta
        for model, path in sorted(self.models.items()):
            journey = self.meta(model, "journey") if model.startswith(JOURNEY) else None
            nodes = journey.get("nodes") if journey is not None else None
            for node in nodes.items.values() if nodes is not None else []:
                message = node.get("message")
                if message is not None:
                    yield model, path, message

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
