"""The snippet for other sites (under 4 KB, no dependency), the schema it draws, and the pop-ups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sluice.activations.inbox.forms.definition import Form
from sluice.activations.inbox.forms.wording import say

STRING = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
SPACES = re.compile(r"\s*([{}()\[\];,=+?:|&<>])\s*")


def _minified(text: str) -> str:
    """Without line ends and needless spaces; what stands in strings stays."""
    parts = STRING.split(re.sub(r"\n\s*", "\n", text))
    packed = [
        part if place % 2 else SPACES.sub(r"\1", part.replace("\n", " "))
        for place, part in enumerate(parts)
    ]
    return "".join(packed).strip()


SNIPPET = _minified((Path(__file__).parent / "snippet.js").read_text(encoding="utf-8"))


def snippet(name: str) -> str:
    """The script of a form; ``name`` is a checked one."""
    return SNIPPET.replace("__NAME__", name)


def paste(base: str, name: str) -> str:
    """What is pasted into a page of another site."""
    return (
        f'<div data-sluice-form="{name}"></div>\n<script src="{base}/f/{name}.js" async></script>'
    )


def schema(described: Mapping[str, Any], form: Form, language: str, token: str) -> dict[str, Any]:
    """A form as JSON: how to draw it, and the token that goes back in ``_token``."""
    left_out = {"value", "checked", "error", "required_text"}
    fields = [
        {key: value for key, value in one.items() if key not in left_out}
        for one in described["fields"]
    ]
    consents = [
        {"name": one["name"], "text": str(one["text"]), "required": one["required"]}
        for one in described["consents"]
    ]
    return {
        **described,
        "intro": str(described["intro"]),
        "fields": fields,
        "consents": consents,
        "version": form.version,
        "languages": form.languages,
        "failed": say(language, "unavailable"),
        "token": token,
    }


def popups(base: str, forms: Iterable[tuple[str, Form]], origin: str) -> list[dict[str, Any]]:
    """The rules of the pop-ups of a site, for its script."""
    return [
        {
            "form": name,
            "version": form.version,
            "script": f"{base}/f/{name}.js",
            **form.popup.model_dump(exclude_none=True),
        }
        for name, form in forms
        if form.popup is not None and origin in form.embed
    ]
