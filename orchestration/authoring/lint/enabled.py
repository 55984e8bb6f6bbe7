"""Which models are switched on, from the files alone: as dbt counts `+enabled`, and as the macro
is_enabled() does while dbt parses.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import yaml

CONFIG_CALL = re.compile(r"\{\{-?\s*config\((.*?)\)\s*-?\}\}", re.DOTALL)
ENABLED = re.compile(r"\benabled\s*=\s*(.+?)\s*(?:,\s*\w+\s*=|,?\s*$)", re.DOTALL)


class DbtProject:
    """One folder with a ``dbt_project.yml``: its name, its models, and what it switches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = _mapping(folder / "dbt_project.yml")
        self.name = str(self.written.get("name", folder.name))

    @cached_property
    def model_folders(self) -> list[Path]:
        """The folders of its models."""
        paths = self.written.get("model-paths") or ["models"]
        return [self.folder / str(path) for path in paths]

    @property
    def variables(self) -> Mapping[str, Any]:
        """Its vars."""
        found = self.written.get("vars")
        return found if isinstance(found, dict) else {}

    def files(self, *suffixes: str) -> Iterator[tuple[Path, Path]]:
        """(folder of models, file) of every file below it with one of the suffixes, sorted."""
        for folder in self.model_folders:
            for path in sorted(folder.rglob("*")):
                if path.suffix in suffixes:
                    yield folder, path

    @cached_property
    def in_ymls(self) -> dict[str, Any]:
        """``config.enabled`` of the models whose yml says so."""
        found: dict[str, Any] = {}
        for _, path in self.files(".yml", ".yaml"):
            if "enabled" not in path.read_text(encoding="utf-8", errors="replace"):
                continue  # reading all as YAML takes a second
            models = _mapping(path).get("models")
            for entry in models if isinstance(models, list) else ():
                config = entry.get("config") if isinstance(entry, dict) else None
                if isinstance(config, dict) and config.get("enabled") is not None:
                    found[str(entry.get("name"))] = config["enabled"]
        return found

    def switch(self, fqn: Sequence[str]) -> Any:
        """``+enabled`` of the deepest level of ``models:`` that a model lies under; None where no
        level has one.
        """
        return self.setting(fqn, "enabled")

    def setting(self, fqn: Sequence[str], name: str) -> Any:
        """Any setting of the deepest level that has it, as ``switch``."""
        level, found = self.written.get("models"), None
        for step in ("", *fqn):
            level = level.get(step) if step and isinstance(level, dict) else level
            if not isinstance(level, dict):
                break
            for key in (name, f"+{name}"):
                if level.get(key) is not None and not isinstance(level[key], dict):
                    found = level[key]
        return found


def is_enabled(root: DbtProject, owner: DbtProject, folder: Path, path: Path) -> bool:
    """Whether dbt builds the model of a file of ``owner``, when it runs ``root``."""
    fqn = [owner.name, *path.relative_to(folder).parts[:-1], path.stem]
    values = (
        root.switch(fqn) if owner is not root else None,
        _in_config_call(path),
        owner.in_ymls.get(path.stem),
        owner.switch(fqn),
    )
    value = next((value for value in values if value is not None), True)
    return _as_switch(value, {**owner.variables, **root.variables})


def _in_config_call(path: Path) -> Any:
    call = CONFIG_CALL.search(path.read_text(encoding="utf-8", errors="replace"))
    given = ENABLED.search(call.group(1)) if call else None
    return "{{ " + given.group(1) + " }}" if given else None


def _as_switch(value: Any, variables: Mapping[str, Any]) -> bool:
    """A text of Jinja that cannot be read counts as on: dbt says what is wrong with it."""
    if not isinstance(value, str):
        return bool(value)
    try:
        text = (
            jinja2.Environment()
            .from_string(value)
            .render(
                var=lambda name, default=None: variables.get(name, default),
                env_var=lambda name, default="": os.environ.get(name, default),
            )
        )
    except (jinja2.TemplateError, TypeError):
        return True
    return text.strip().lower() in {"true", "yes", "on", "1"}


def _mapping(path: Path) -> dict[str, Any]:
    try:
        found = yaml.load(path.read_text(encoding="utf-8", errors="replace"), yaml.CSafeLoader)
    except (OSError, yaml.YAMLError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
