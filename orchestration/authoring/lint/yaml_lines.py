"""YAML with the line of every value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from sluice.models.yaml_text import refuse_repeated_keys


@dataclass(frozen=True)
class Yaml:
    """A value of a YAML file, its line from 1, and what it holds by key or place."""

    value: Any
    line: int
    items: dict[Any, Yaml] = field(default_factory=dict)

    def get(self, *path: Any) -> Yaml | None:
        """The value at a path of keys and places; None when there is none."""
        found: Yaml | None = self
        for step in path:
            found = found.items.get(step) if found is not None else None
        return found

    def line_at(self, *path: Any) -> int:
        """The line of the value at the path, or of the nearest thing around it."""
        found = self
        for step in path:
            if step not in found.items:
                break
            found = found.items[step]
        return found.line

    def texts(self) -> Iterator[tuple[int, str]]:
        """The texts with Jinja in it and below, with their lines."""
        if isinstance(self.value, str) and "{" in self.value:
            yield self.line, self.value
        for item in self.items.values():
            yield from item.texts()

    @property
    def list(self) -> list[Yaml]:
        """The entries of a list; none when it is not one."""
        return list(self.items.values()) if isinstance(self.value, list) else []

    @property
    def mapping(self) -> dict[str, Any]:
        """The value when it is a mapping, else an empty one."""
        return self.value if isinstance(self.value, dict) else {}


@cache
def read_yaml(text: str) -> Yaml:
    """The same text is read once. Raises yaml.MarkedYAMLError with the line for what is no YAML."""
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is not None:
            refuse_repeated_keys(node)
        return Yaml(None, 1) if node is None else _wrap(node, loader)
    finally:
        loader.dispose()


def _wrap(node: yaml.Node, loader: yaml.CSafeLoader) -> Yaml:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        items = {_key(key, loader): _wrap(value, loader) for key, value in node.value}
        return Yaml({key: item.value for key, item in items.items()}, line, items)
    if isinstance(node, yaml.SequenceNode):
        entries = dict(enumerate(_wrap(value, loader) for value in node.value))
        return Yaml([entry.value for entry in entries.values()], line, entries)
    return Yaml(loader.construct_object(node), line)


def _key(node: yaml.Node, loader: yaml.CSafeLoader) -> Any:
    value = loader.construct_object(node, deep=True)
    return value if isinstance(value, str | int | float | bool | None) else str(value)
