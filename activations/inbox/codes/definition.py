"""What a code is: ``content/qr/<name>.yml``, checked. A key that is not known is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")


class CodeError(Exception):
    """A file that is no code: its name, and what is wrong with it."""


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web or re.search(r"[\s\x00-\x1f\x7f\\]", text) or parts.username is not None:
        raise ValueError("write a whole web address: https://www.shop.example/june")
    return text


Address = Annotated[str, AfterValidator(_web_address)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Target(Part):
    """Where a scan leads: to a salesperson's card, at most ``daily`` people a day."""

    to: Address
    owner: Label | None = None
    daily: int | None = Field(None, ge=1)


class Code(Part):
    """One code: ``to``, or ``targets`` that share the people who scan it, and ``fallback`` when
    none of them takes another today.
    """

    to: Address | None = None
    owner: Label | None = None
    targets: list[Target] = []
    fallback: Address | None = None
    campaign: Label | None = None
    channel: Label | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Code:
        if (self.to is None) == (not self.targets):
            raise ValueError("give to, or targets")
        if self.targets and self.owner:
            raise ValueError("owner goes with to; each of targets has its own")
        if self.targets and self.fallback is None and all(one.daily for one in self.targets):
            raise ValueError("fallback is needed where every target has a daily limit")
        return self

    def leads_to(self) -> list[Target]:
        """All targets; of a plain code its one."""
        return self.targets or [Target(to=str(self.to), owner=self.owner, daily=None)]


def is_name(name: str) -> bool:
    """Whether it may name a code."""
    return NAME.fullmatch(name) is not None


def read_code(path: Path) -> Code:
    """The code of a file. Raises CodeError, and FileNotFoundError."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Code.model_validate(values or {})
    except ValidationError as error:
        raise CodeError(f"{path.name}: {reason_of(error)}") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise CodeError(f"{path.name}: not YAML") from None


def reason_of(error: ValidationError) -> str:
    """The first thing that is wrong, and where; nothing of the value."""
    first = error.errors(include_input=False, include_url=False)[0]
    text = first["msg"].removeprefix("Value error, ")
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {text}" if place else text


class Codes:
    """The codes of ``content/qr``, read again when a file changed: one that is wrong is not served,
    all others are.
    """

    def __init__(self, content: Path) -> None:
        self.folder = content / "qr"
        self._read: dict[str, tuple[tuple[int, int, int], Code | CodeError]] = {}

    def get(self, name: str) -> Code | None:
        """The code as its file stands; None where there is none. Raises CodeError."""
        if not is_name(name):
            return None
        path = self.folder / f"{name}.yml"
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            known = self._read.get(name)
            if known is None or known[0] != stamp:
                known = self._read[name] = (stamp, _read(path))
        except (FileNotFoundError, NotADirectoryError):
            self._read.pop(name, None)
            return None
        if isinstance(known[1], CodeError):
            raise known[1]
        return known[1]

    def names(self) -> list[str]:
        """The files there are."""
        return sorted(path.stem for path in self.folder.glob("*.yml"))


def _read(path: Path) -> Code | CodeError:
    try:
        return read_code(path)
    except CodeError as error:
        return error
