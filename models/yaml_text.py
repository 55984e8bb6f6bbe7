"""YAML with each key once: PyYAML takes the last of a key that is written twice, in silence."""

from __future__ import annotations

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
    """Raises yaml.MarkedYAMLError at the second place of a key, and at an alias within its own
    anchor, which has no end.
    """
    _check(root, (), set())


def _check(node: yaml.Node, above: tuple[int, ...], done: set[int]) -> None:
    if id(node) in above:
        raise yaml.MarkedYAMLError(problem="it contains itself", problem_mark=node.start_mark)
    if id(node) in done:  # an anchor that is used again
        return
    below: list[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        _refuse_repeated(node)
        below = [value for _, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        below = list(node.value)
    for one in below:
        _check(one, (*above, id(node)), done)
    done.add(id(node))


def _refuse_repeated(mapping: yaml.MappingNode) -> None:
    seen = set[tuple[str, str]]()
    for key, _ in mapping.value:
        named = (key.tag, str(key.value))
        if named in seen and key.tag != "tag:yaml.org,2002:merge":
            problem = f"{key.value} is there twice"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
        seen.add(named)
