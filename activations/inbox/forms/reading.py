"""Reading the YAML of a form: each fault by its line and key."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from sluice.activations.inbox.forms.definition import Form, is_name
from sluice.models.yaml_text import load_yaml

MOST_BYTES = 200_000


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong with a form: the line of its file, the key, and the reason."""

    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        return (
            f"line {self.line}: {self.key}: {self.reason}"
            if self.key
            else (f"line {self.line}: {self.reason}")
        )


class FormError(Exception):
    """A form that is not served, and why."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        super().__init__(f"content/forms/{name}.yml: " + "; ".join(map(str, faults)))
        self.name, self.faults = name, faults


def read_form(path: Path) -> Form:
    """The form of a file. Raises FormError, and FileNotFoundError where there is none."""
    name = path.stem
    if not is_name(name):
        raise FormError(
            name, [Fault(1, "", "name the file in lower case, as contact-us.yml; not popups.yml")]
        )
    try:
        text = _text(path)
        written = load_yaml(text)
    except FileNotFoundError:
        raise
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        raise FormError(
            name, [Fault(line, "", getattr(error, "problem", "") or "no YAML")]
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise FormError(name, [Fault(1, "", f"it cannot be read ({_kind(error)})")]) from None
    if not isinstance(written, dict):
        raise FormError(name, [Fault(1, "", "write at least title and fields")])
    try:
        return Form.model_validate(written)
    except ValidationError as error:
        raise FormError(name, _faults(text, error)) from None


def _text(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise ValueError(f"longer than {MOST_BYTES} bytes")
    return raw.decode("utf-8-sig")


def _kind(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return getattr(error, "strerror", None) or str(error).splitlines()[0][:100]


def _faults(text: str, error: ValidationError) -> list[Fault]:
    root = yaml.compose(text, yaml.SafeLoader)
    found = {
        Fault(_line(root, _place(one)), ".".join(map(str, one["loc"])), _reason(one))
        for one in error.errors(include_url=False, include_input=False)
    }
    return sorted(found)


def _place(error: Any) -> tuple[Any, ...]:
    """Where the fault is; of one of the whole form, the key that its reason begins with."""
    return tuple(error["loc"]) or tuple(_reason(error).split()[0].split("."))


def _line(node: yaml.Node | None, place: tuple[Any, ...]) -> int:
    """The line of the key, or of the nearest thing around it."""
    line = node.start_mark.line + 1 if node is not None else 1
    for step in place:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if str(k.value) == str(step)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            if step >= len(node.value):
                break
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _reason(error: Any) -> str:
    if error["type"] != "extra_forbidden":
        return str(error["msg"]).removeprefix("Value error, ")
    known = _keys_at(error["loc"][:-1])
    near = get_close_matches(str(error["loc"][-1]), known, 1)
    return (
        f"no such key: do you mean {near[0]}?"
        if near
        else (f"no such key: there is {', '.join(known)}")
    )


def _keys_at(place: tuple[Any, ...]) -> list[str]:
    """The keys that a part at a place has."""
    model: type[BaseModel] = Form
    for step in place:
        field = model.model_fields.get(str(step))
        parts = _models(field.annotation) if field is not None else []
        model = parts[0] if parts else model
    return list(model.model_fields)


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [one for each in get_args(annotation) for one in _models(each)]
