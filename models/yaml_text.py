"""YAML with each key once: PyYAML takes the last of a key that is written twice, in silence. And
with numbers that a column can hold: dbt stops at a larger one, and names no file.
"""

from __future__ import annotations

from typing import Any

import yaml

INT = "tag:yaml.org,2002:int"
_IN_C = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # where libyaml is there


class _OnceLoader(yaml.SafeLoader):
    def construct_document(self, node: yaml.Node) -> Any:
        refuse_repeated_keys(node)
        return super().construct_document(node)


def load_yaml(text: str) -> Any:
    """The value of a text. Raises yaml.YAMLError, with the line in ``problem_mark`` for a text that
    is no YAML, says a key twice or has a number of more than 64 bits, and ValueError for a date
    that there is none of.
    """
    return yaml.load(text, _OnceLoader)


def read_yaml(text: str) -> Any:
    """The value of a text as dbt takes it, the last of a key that is written twice: for files that
    each command reads several times. Raises yaml.YAMLError.
    """
    try:
        return yaml.load(text, _IN_C)
    except yaml.YAMLError:  # of which Python's own reader tells the line that a person looks at
        return yaml.safe_load(text)


def refuse_repeated_keys(root: yaml.Node) -> None:
    """Raises yaml.MarkedYAMLError at the second place of a key, and at an alias within its own
    anchor, which has no end; and at a number of more than 64 bits.
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
    elif (
        isinstance(node, yaml.ScalarNode) and node.tag == INT and len(node.value) > 15
    ):  # a shorter one has room, in whatever base
        _refuse_beyond_64_bits(node)
    for one in below:
        _check(one, (*above, id(node)), done)
    done.add(id(node))


def _refuse_beyond_64_bits(node: yaml.ScalarNode) -> None:
    number = yaml.SafeLoader("").construct_yaml_int(node)
    if not -(2**63) <= number < 2**63:
        problem = "a number here has more than 64 bits; put it in quotes if it is a text"
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _refuse_repeated(mapping: yaml.MappingNode) -> None:
    seen = set[tuple[str, str]]()
    for key, _ in mapping.value:
        named = (key.tag, str(key.value))
        if named in seen and key.tag != "tag:yaml.org,2002:merge":
            problem = f"{key.value} is there twice"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
        seen.add(named)
