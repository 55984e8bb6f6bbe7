"""Content: Liquid templates in ``content/<channel>/<template>.<language>.*``, mail bodies in MJML rendered once a variant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import mrml
from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

from models.delivery import Message
from models.errors import ContentError

CONTENT_FOLDER = Path(__file__).resolve().parent.parent / "content"
FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True)
class MailVariant:
    """One mail in one language: three templates ready to be filled in."""

    subject: BoundTemplate
    text: BoundTemplate
    html: BoundTemplate

    def render(self, values: dict[str, Any]) -> tuple[str, str, str]:
        """Subject, text and HTML for one recipient. Raises ContentError when a variable is missing."""
        try:
            subject, text, html = (template.render(**values) for template in (self.subject, self.text, self.html))
        except LiquidError as error:
            raise ContentError(
                f"a template cannot be rendered: {error.message}", "add the variable to the campaign's context"
            ) from error
        return " ".join(subject.split()), text, html


@cache
def mail_variant(template: str, language: str, folder: Path = CONTENT_FOLDER) -> MailVariant:
    """The templates of a mail in a language, or in English where it is not translated. Raises ContentError when missing."""
    base = folder / "email"
    if not (base / f"{template}.{language}.subject.liquid").is_file():
        language = FALLBACK_LANGUAGE
    plain, escaped = Environment(undefined=StrictUndefined), Environment(undefined=StrictUndefined, autoescape=True)
    return MailVariant(
        subject=_parse(plain, base / f"{template}.{language}.subject.liquid"),
        text=_parse(plain, base / f"{template}.{language}.txt.liquid"),
        html=escaped.from_string(_mjml_to_html(base / f"{template}.{language}.mjml.liquid")),
    )


def render_mail(message: Message, folder: Path = CONTENT_FOLDER) -> tuple[str, str, str]:
    """Subject, text and HTML of a message."""
    return mail_variant(message.template, message.language, folder).render(dict(message.values))


def _parse(environment: Environment, path: Path) -> BoundTemplate:
    try:
        return environment.from_string(_read(path))
    except LiquidError as error:
        raise ContentError(f"{path.name} is not valid Liquid: {error.message}", "correct the template") from error


def _mjml_to_html(path: Path) -> str:
    try:
        return str(mrml.to_html(_read(path)).content)
    except OSError as error:
        raise ContentError(f"{path.name} is not valid MJML", "correct the template") from error


def _read(path: Path) -> str:
    if not path.is_file():
        raise ContentError(f"the template {path.name} is missing", f"add it to content/{path.parent.name}/")
    return path.read_text(encoding="utf-8")
