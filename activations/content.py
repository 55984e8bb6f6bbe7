"""Content: Liquid templates in ``content/<channel>/<template>.<language>.*``; the body of a mail is MJML or HTML, made once a
variant. Blocks that several mails share lie in ``content/<channel>/blocks/`` and come in by ``{% include 'name' %}``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

from activations.content_html import inline_styles, mjml_to_html
from models.delivery import Message
from models.errors import ContentError

CONTENT_FOLDER = Path(__file__).resolve().parent.parent / "content"
FALLBACK_LANGUAGE = "en"
BLOCK = re.compile(r"\{%-?\s*include\s+['\"]([A-Za-z0-9_-]+)['\"]\s*-?%\}")
BLOCK_DEPTH = 5
# Measures on Internet E-mail Services (China, 2006), art. 13: the subject of an advertisement starts with 广告 or AD
IS_MARKED = re.compile(r"\W*(?:广告|AD\b)")


@dataclass(frozen=True)
class MailVariant:
    """One mail in one language: three templates ready to be filled in, and whether text and HTML are mostly ASCII."""

    name: str
    language: str
    subject: BoundTemplate
    text: BoundTemplate
    html: BoundTemplate
    is_ascii_text: bool
    is_ascii_html: bool

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
    subject, text = (base / f"{template}.{language}.{suffix}.liquid" for suffix in ("subject", "txt"))
    html = base / f"{template}.{language}.html.liquid"
    is_html = html.is_file()
    html = html if is_html else html.with_name(f"{template}.{language}.mjml.liquid")
    page = inline_styles(_read(html) if is_html else mjml_to_html(_read(html), html))
    return MailVariant(
        f"{template}.{language}",
        language,
        subject=_parse(plain, subject, _read(subject)),
        text=_parse(plain, text, _read(text)),
        html=_parse(escaped, html, page),
        is_ascii_text=_is_mostly_ascii(_read(text)),
        is_ascii_html=_is_mostly_ascii(page),
    )


def render_mail(message: Message, folder: Path = CONTENT_FOLDER, unsubscribe_url: str = "") -> tuple[str, str, str]:
    """Subject, text and HTML of a message; templates may use ``unsubscribe_url``, empty where there is none. The subject of an
    advertisement that goes to China is marked as the law there asks."""
    variant = mail_variant(message.template, message.language, folder)
    subject, text, html = variant.render({"unsubscribe_url": unsubscribe_url, **message.values})
    return mark_subject(subject, message, variant.language), text, html


def mark_subject(subject: str, message: Message, language: str) -> str:
    """The subject with 广告 or AD before it, where the message is marketing and its country is China, or unknown and the message
    is in Chinese. One that starts with a mark stays as it is."""
    is_chinese = language.partition("-")[0] == "zh"
    in_china = message.country == "CN" or (not message.country and is_chinese)
    if message.purpose != "marketing" or not in_china or IS_MARKED.match(subject):
        return subject
    return f"广告：{subject}" if is_chinese else f"AD: {subject}"


def _parse(environment: Environment, path: Path, source: str) -> BoundTemplate:
    try:
        return environment.from_string(source)
    except LiquidError as error:
        raise ContentError(f"{path.name} is not valid Liquid: {error.message}", "correct the template") from error


def _read(path: Path, depth: int = 0) -> str:
    """A template with its blocks put in; a block of ``x.zh.mjml.liquid`` is ``blocks/<block>.zh.mjml.liquid``."""
    if not path.is_file():
        raise ContentError(f"the template {path.name} is missing", f"add it to content/{path.parent.name}/")
    if depth > BLOCK_DEPTH:
        raise ContentError(f"the block {path.name} includes itself", "take the include out of the block")
    folder = path.parent if depth else path.parent / "blocks"
    suffix = path.name.partition(".")[2]
    return BLOCK.sub(lambda found: _read(folder / f"{found[1]}.{suffix}", depth + 1), path.read_text(encoding="utf-8"))


def _is_mostly_ascii(text: str) -> bool:
    """True where quoted-printable is shorter than base64."""
    return sum(not letter.isascii() for letter in text) * 18 < len(text.encode())
