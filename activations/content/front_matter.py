"""Front matter: what the library knows of a text, in YAML between two lines of ``---`` above it.

Of a mail it stands in ``.txt.liquid``, of an SMS in ``.liquid``; a WeChat message, which is YAML
itself, has it under ``about``. It is never sent.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sluice.models.errors import ContentError
from sluice.models.yaml_text import load_yaml

FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.S | re.M)
OPENED = re.compile(r"---[ \t]*\r?\n[ \t]*\w+:")
KEY = "about"


class FrontMatter(BaseModel):
    """What one text is for: lifecycle ``stage``, ``tags``, ``variant`` of a test, ``owner``, the
    last day it is true (``expires_on``), and ``samples``: values to try it with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str = ""
    tags: tuple[str, ...] = ()
    variant: str = ""
    owner: str = ""
    expires_on: date | None = None
    samples: tuple[dict[str, Any], ...] = Field(())


def read_text(path: Path) -> str:
    """A file of the content folder. Raises ContentError when it is missing or is no UTF-8."""
    if not path.is_file():
        raise ContentError(
            f"the template {path.name} is missing", f"add it to content/{path.parent.name}/"
        )
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ContentError(f"{path.name} is no UTF-8", "save the file as UTF-8") from error


def read_sent(path: Path) -> str:
    """A file of the content folder as it is sent: without its front matter. Raises as read_text."""
    return FRONT_MATTER.sub("", read_text(path), count=1)


def front_matter(path: Path) -> FrontMatter:
    """What a file says of itself; nothing where it says nothing.

    Raises ContentError when it is no YAML, or has a key that is not known.
    """
    text = read_text(path)
    try:
        if path.suffix == ".yml":
            written = load_yaml(text)
            return FrontMatter.model_validate((written or {}).get(KEY) or {})
        found = FRONT_MATTER.match(text)
        if found is None and OPENED.match(text):
            raise ContentError(
                f"the front matter of {path.name} does not end", "write --- on a line of its own"
            )
        return FrontMatter.model_validate((load_yaml(found[1]) if found else None) or {})
    except (yaml.YAMLError, ValueError, AttributeError) as error:  # ValueError: no such date
        keys = (
            ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
            if isinstance(error, ValidationError)
            else "YAML"
        )
        raise ContentError(
            f"the front matter of {path.name} is not valid ({keys})",
            f"its keys are {', '.join(FrontMatter.model_fields)}",
        ) from error
