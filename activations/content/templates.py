"""Content: Liquid templates in ``content/<channel>/<template>.<language>.*``; the body of a mail is
MJML or HTML, made once a variant. Blocks that several mails share lie in
``content/<channel>/blocks/`` and come in by ``{% include 'name' %}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError
from liquid.undefined import StrictDefaultUndefined

from sluice.activations.content.filling import BLOCK, filling_error
from sluice.activations.content.front_matter import read_sent
from sluice.activations.content.html import inline_styles, mjml_to_html
from sluice.activations.content.opting_out import require_way_out, silent_parts
from sluice.models.delivery import Message
from sluice.models.errors import ContentError

FALLBACK_LANGUAGE = "en"
NO_LINKS = {"unsubscribe_url": "", "preferences_url": "", "share_url": ""}
NO_SUBJECTS: Mapping[str, str] = {}
Mail = tuple[str, str, str]  # subject, text, HTML
BLOCK_DEPTH = 5
# Measures on Internet E-mail Services (China, 2006), art. 13: the subject of an advertisement
# starts with 广告 or AD
IS_MARKED = re.compile(r"\W*(?:广告|AD\b)")


@dataclass(frozen=True)
class MailVariant:
    """One mail in one language: its templates ready to be filled in, and whether text and HTML are
    mostly ASCII. ``html`` is None of a mail that is text alone. ``silent``: the parts that say no
    way to stop it.
    """

    name: str
    language: str
    subject: BoundTemplate
    text: BoundTemplate
    html: BoundTemplate | None
    is_ascii_text: bool
    is_ascii_html: bool
    silent: tuple[str, ...] = ()

    def render(self, values: dict[str, Any], subjects: Mapping[str, str] = NO_SUBJECTS) -> Mail:
        """Subject, text and HTML ('' of a mail that is text alone) for one recipient;
        ``subjects``: Liquid by language that stands for the subject of the template.

        Raises ContentError when a variable is missing.
        """
        own = subjects.get(self.language) or subjects.get(FALLBACK_LANGUAGE)
        of_subject = subject_template(own) if own else self.subject
        parts = (_filled(one, values) for one in (of_subject, self.text, self.html))
        subject, text, html = parts
        return " ".join(subject.split()), text, html

    def require_way_out(self, message: Message) -> None:
        """Raise ContentError where marketing says no way to stop it, in its text or in its HTML,
        whatever links there are.
        """
        if message.purpose == "marketing":
            require_way_out(self.name, self.silent)


def _filled(template: BoundTemplate | None, values: dict[str, Any]) -> str:
    try:
        return template.render(**values) if template is not None else ""
    except LiquidError as error:
        path = Path(template.path) if template is not None and template.path else None
        raise filling_error(error, path, "a template cannot be rendered") from error


@cache
def subject_template(source: str) -> BoundTemplate:
    """The subject of a campaign's variant, ready to be filled in. Raises ContentError."""
    try:
        return Environment(undefined=StrictDefaultUndefined).from_string(source)
    except LiquidError as error:
        raise ContentError(
            f"the subject of a variant is not valid Liquid: {error.message}",
            "correct it in variants of the campaign",
        ) from error


@cache
def mail_variant(template: str, language: str, folder: Path) -> MailVariant:
    """The templates of a mail in a language, or in the one it falls back to.

    Without an HTML file it is text alone. Raises ContentError when the subject or the text is
    missing.
    """
    base = folder / "email"
    language = language_there(
        language, lambda one: (base / f"{template}.{one}.subject.liquid").is_file()
    )
    plain, escaped = (
        Environment(undefined=StrictDefaultUndefined),
        Environment(undefined=StrictDefaultUndefined, autoescape=True),
    )
    subject, text = (
        base / f"{template}.{language}.{suffix}.liquid" for suffix in ("subject", "txt")
    )
    page, html = _page(base, f"{template}.{language}")
    return MailVariant(
        f"{template}.{language}",
        language,
        subject=_parse(plain, subject, read_source(subject)),
        text=_parse(plain, text, read_source(text)),
        html=_parse(escaped, html, page) if html is not None else None,
        is_ascii_text=_is_mostly_ascii(read_source(text)),
        is_ascii_html=_is_mostly_ascii(page),
        silent=tuple(silent_parts(read_source(text), page)),
    )


def language_there(language: str, is_there: Callable[[str], bool]) -> str:
    """The language that a template is taken in: the wanted one, without its region (de-AT is de),
    else English.
    """
    return next(
        (one for one in (language, language.partition("-")[0]) if is_there(one)), FALLBACK_LANGUAGE
    )


def _page(base: Path, name: str) -> tuple[str, Path | None]:
    """The HTML of a mail and its file; nothing where it has none."""
    html, mjml = base / f"{name}.html.liquid", base / f"{name}.mjml.liquid"
    if html.is_file():
        return inline_styles(read_source(html)), html
    return (
        (inline_styles(mjml_to_html(read_source(mjml), mjml)), mjml)
        if mjml.is_file()
        else ("", None)
    )


def render_mail(message: Message, folder: Path, unsubscribe_url: str = "") -> tuple[str, str, str]:
    """Subject, text and HTML of a message; templates may use ``unsubscribe_url``,
    ``preferences_url`` and ``share_url``, empty where there is none. The subject of an
    advertisement that goes to China is marked as the law there asks.
    """
    variant = mail_variant(message.template, message.language, folder)
    variant.require_way_out(message)
    links = {**NO_LINKS, "unsubscribe_url": unsubscribe_url}
    subject, text, html = variant.render({**links, **message.values}, message.subjects)
    return (
        mark_subject(subject, message, variant.language),
        text,
        tracked(html, message, unsubscribe_url),
    )


def tracked(html: str, message: Message, unsubscribe_url: str) -> str:
    """The HTML as it is sent: with links and pixel of ours where the message is tracked."""
    if message.tracker is None:
        return html
    ways_out = {unsubscribe_url, str(message.values.get("preferences_url") or "")}
    return message.tracker.html(html, message.delivery_id, ways_out - {""})


def mark_subject(subject: str, message: Message, language: str) -> str:
    """The subject with 广告 or AD before it, where the message is marketing and its country is
    China,
    or unknown and the message is in Chinese. One that starts with a mark stays as it is.
    """
    is_chinese = language.partition("-")[0] == "zh"
    in_china = message.country == "CN" or (not message.country and is_chinese)
    if message.purpose != "marketing" or not in_china or IS_MARKED.match(subject):
        return subject
    return f"广告：{subject}" if is_chinese else f"AD: {subject}"


def _parse(environment: Environment, path: Path, source: str) -> BoundTemplate:
    try:
        return environment.from_string(source, name=path.name, path=path)
    except LiquidError as error:
        raise ContentError(
            f"{path.name} is not valid Liquid: {error.message}", "correct the template"
        ) from error


def read_source(path: Path, depth: int = 0) -> str:
    """A template with its blocks put in; a block of ``x.zh.mjml.liquid`` is
    ``blocks/<block>.zh.mjml.liquid``.
    """
    if depth > BLOCK_DEPTH:
        raise ContentError(
            f"the block {path.name} includes itself", "take the include out of the block"
        )
    folder = path.parent if depth else path.parent / "blocks"
    suffix = path.name.partition(".")[2]
    return BLOCK.sub(
        lambda found: read_source(folder / f"{found[1]}.{suffix}", depth + 1),
        read_sent(path),
    )


def _is_mostly_ascii(text: str) -> bool:
    """True where quoted-printable is shorter than base64."""
    return sum(not letter.isascii() for letter in text) * 18 < len(text.encode())
