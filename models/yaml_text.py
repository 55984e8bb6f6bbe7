"""YAML with each key once: PyYAML takes the last of a key that is written twice, in silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml


class _OnceLoader(yaml.SafeLoader):
    def construct_document(self, node: yaml.Node) -> Any:
        refuse_repeated_keys(node)
        return super().construct_document(node)


def load_yaml(text: str) -> Any:
    """The value of a text. Raises yaml.YAMLError, with the line in ``problem_mark`` for a text that
    is no YAML or says a key twice, and ValueError for a date that there is none of.
    """
    return yaml.load(text, _OnceLoader)


def refuse_repeated_keys(root: yaml.Node) -> None:
    """Raises yaml.MarkedYAMLError at the second place of a key."""
    for mapping in _mappings(root):
        seen = set[tuple[str, str]]()
        for key, _ in mapping.value:
            named = (key.tag, str(key.value))
            if named in seen and key.tag != "tag:yaml.org,2002:merge":
                problem = f"{key.value} is there twice"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            seen.add(named)


def _mappings(root: yaml.Node) -> Iterator[yaml.MappingNode]:
    frontier, seen = [root], set[int]()
    while frontier:
        node = frontier.pop()
        if id(node) in seen:  # an anchor that is used again, in itself even
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield node
            frontier += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            frontier += node.value
