"""What a WeChat message says: ``content/wechat/<template>.<language>.yml``, whose texts are Liquid.

The YAML is read once and each of its texts is filled in by itself, so a value never changes the
shape of a message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from liquid import BoundTemplate, Environment, StrictDefaultUndefined
from liquid.exceptions import LiquidError

from sluice.activations.content.filling import filling_error
from sluice.activations.content.front_matter import KEY, read_text
from sluice.activations.content.templates import language_there
from sluice.models.errors import ContentError

KINDS = ("template", "subscribe", "message", "robot")
CUT_TYPE = (  # free words: a long one is cut, while a cut order number would be another number
    "thing"
)
CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]"
)  # raw JSON cannot hold them, nobody can read them


@dataclass(frozen=True)
class WeChatContent:
    """One message in one language, ready to be filled in.

    ``kind`` says what takes it: a template or subscribe message, a plain message (customer service,
    mass, WeCom) or a robot.
    """

    kind: str
    tree: Any
    path: Path | None = None

    def render(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The body without recipients.

        Raises ContentError when a variable is missing that has no ``default``.
        """
        try:
            filled = _fill(self.tree, dict(values))
        except LiquidError as error:
            raise filling_error(error, self.path, "a text cannot be filled in") from error
        return dict(filled)


def render(
    template: str, language: str, kind: str, values: Mapping[str, Any], folder: Path
) -> dict[str, Any]:
    """The body of a message.

    Raises ContentError when the content is missing, of another kind, or lacks a variable.
    """
    content = wechat_content(template, language, folder)
    if content.kind != kind:
        raise ContentError(
            f"{template} is content of kind {content.kind}, and {kind} is needed",
            f"write kind: {kind} in it",
        )
    return content.render(values)


def templates(kind: str, folder: Path) -> frozenset[str]:
    """The names of the contents of a kind."""
    found = {path.name.split(".")[0]: path for path in sorted((folder / "wechat").glob("*.*.yml"))}
    return frozenset(name for name, path in found.items() if _read(path).get("kind") == kind)


@cache
def wechat_content(template: str, language: str, folder: Path) -> WeChatContent:
    """The content in a language, or in English where it is not translated. Raises ContentError."""
    base = folder / "wechat"
    taken = language_there(language, lambda one: (base / f"{template}.{one}.yml").is_file())
    path = base / f"{template}.{taken}.yml"
    raw = _read(path)
    if raw.get("kind") not in KINDS:
        raise ContentError(
            f"{path.name} does not say what it is", f"write kind: one of {', '.join(KINDS)}"
        )
    environment = Environment(undefined=StrictDefaultUndefined)
    try:
        tree = _parse(
            environment, {key: value for key, value in raw.items() if key not in ("kind", KEY)}
        )
    except LiquidError as error:
        raise ContentError(
            f"{path.name} is not valid Liquid: {error.message}", "correct the text"
        ) from error
    return WeChatContent(str(raw["kind"]), tree, path)


def template_data(data: Mapping[str, str], caps: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """Values of a template as the vendor takes them.

    A ``thing`` that is too long is cut, with an ellipsis; raises ContentError for any other, which
    says the field and its length, never the value.
    """
    return {name: {"value": _within_cap(name, value, caps)} for name, value in data.items()}


def fitting(text: str, limit: int) -> str:
    """The text in at most ``limit`` bytes of UTF-8, cut with an ellipsis."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    return raw[: limit - len("…".encode())].decode("utf-8", "ignore") + "…"


def length(text: str) -> int:
    """Characters as the vendor counts them: one outside the BMP counts twice."""
    return len(text.encode("utf-16-le")) // 2


def _within_cap(name: str, value: str, caps: Mapping[str, int]) -> str:
    kind = name.rstrip("0123456789")
    cap = caps.get(kind)
    if cap is None or length(value) <= cap:
        return value
    if kind != CUT_TYPE:
        raise ContentError(
            f"the value of {name} has {length(value)} characters of {cap}",
            "shorten it in the campaign's context",
        )
    while length(value) > cap - 1:
        value = value[:-1]
    return value + "…"


def _parse(environment: Environment, node: Any) -> Any:
    if isinstance(node, Mapping):
        return {str(key): _parse(environment, value) for key, value in node.items()}
    if isinstance(node, list):
        return [_parse(environment, value) for value in node]
    return environment.from_string(node) if isinstance(node, str) else node


def _fill(node: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(node, Mapping):
        return {key: _fill(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [_fill(value, values) for value in node]
    return (
        CONTROLS.sub("", node.render(**values)).strip() if isinstance(node, BoundTemplate) else node
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        raise ContentError(
            f"{path.name} is not valid YAML", "quote texts with a colon or a brace in front"
        ) from error
    return raw if isinstance(raw, dict) else {}
