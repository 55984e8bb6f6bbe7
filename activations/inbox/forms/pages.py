"""The pages of a form: Liquid in ``content/pages``, the project's own before ours, everything
escaped. They work without JavaScript.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from liquid import CachingFileSystemLoader, Environment, StrictUndefined
from liquid.exceptions import LiquidError, TemplateNotFoundError
from markupsafe import Markup

from sluice.activations.content import LIBRARY
from sluice.activations.content.templates import FALLBACK_LANGUAGE
from sluice.activations.inbox.answers import SAFE
from sluice.activations.inbox.forms.captcha import SERVICES
from sluice.activations.inbox.forms.definition import Form, FormField
from sluice.activations.inbox.forms.submission import TRAP
from sluice.activations.inbox.forms.wording import say
from sluice.models.errors import ContentError

LINK = re.compile(r"\[([^\[\]]{1,200})\]\((https://[^\s()\"'<>]{1,500}|/[^\s()\"'<>]{0,500})\)")
INPUTS = {"email": "email", "phone": "tel", "number": "number", "date": "date"}
COMPLETE = {
    "email": "email", "phone": "tel", "name": "name", "firstName": "given-name",
    "lastName": "family-name", "company": "organization", "title": "organization-title",
    "city": "address-level2", "province": "address-level1", "country": "country-name",
}  # fmt: skip
NAMES = {"zh": "中文", "en": "English"}


class Pages:
    """Renders the pages of a project. Safe for threads."""

    def __init__(self, content: Path, library: Path = LIBRARY) -> None:
        folders = [content / "pages", library / "pages"]
        self._environment = Environment(
            loader=CachingFileSystemLoader(list(dict.fromkeys(folders)), auto_reload=True),
            undefined=StrictUndefined,
            autoescape=True,
        )

    def render(self, template: str, language: str, values: Mapping[str, Any]) -> str:
        """A page in a language, or in the one it falls back to. Raises ContentError."""
        for one in (language, language.partition("-")[0], FALLBACK_LANGUAGE):
            name = f"{template}.{one}.html.liquid"
            try:
                return self._environment.get_template(name).render(**values)
            except TemplateNotFoundError as error:
                if name not in str(error):  # a block that it includes
                    raise _wrong(name, error) from error
            except LiquidError as error:
                raise _wrong(name, error) from error
        raise ContentError(
            f"there is no page {template} in {language}",
            f"write content/pages/{template}.{FALLBACK_LANGUAGE}.html.liquid",
        )


def _wrong(name: str, error: LiquidError) -> ContentError:
    return ContentError(f"{name} is wrong: {error.message}", "correct content/pages/")


def linked(text: str) -> Markup:
    """A text with its links, ``[our policy](https://shop.example/privacy)``, and nothing else of
    HTML.
    """
    parts, end = [], 0
    for found in LINK.finditer(text):
        parts.append(html.escape(text[end : found.start()]))
        parts.append(
            f'<a href="{html.escape(found[2])}" target="_blank" rel="noopener">'
            f"{html.escape(found[1])}</a>"
        )
        end = found.end()
    return Markup("".join([*parts, html.escape(text[end:])]).replace("\n", "<br>"))


def describe(
    name: str,
    form: Form,
    language: str,
    given: Mapping[str, list[str]] | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A form as templates and the snippet show it, with what was typed already."""
    typed, wrong = given or {}, errors or {}
    text = form.text
    service = SERVICES[form.captcha.kind] if form.captcha else None
    return {
        "name": name,
        "language": language,
        "title": text(form.title, language),
        "intro": linked(text(form.intro, language)),
        "submit": text(form.submit, language) or say(language, "submit"),
        "trap": TRAP,
        "trap_label": say(language, "trap"),
        "fields": [
            _field(form, key, one, language, typed.get(key, []), wrong.get(key, ""))
            for key, one in form.fields.items()
        ],
        "consents": [
            {
                "name": key,
                "text": linked(text(one.text, language)),
                "required": one.required,
                "checked": bool(typed.get(key)),
                "error": wrong.get(key, ""),
            }
            for key, one in form.consents.items()
        ],
        "captcha": {
            "css": service.css,
            "script": service.script,
            "key": form.captcha.site_key,
        }
        if service and form.captcha
        else None,
    }


def _field(
    form: Form, name: str, one: FormField, language: str, typed: list[str], error: str
) -> dict[str, Any]:
    text = form.text
    steps = range(one.first_star, one.stars + 1) if one.type == "rating" else ()
    choices = [(each.value, text(each.label, language)) for each in one.choices]
    choices += [(str(step), str(step)) for step in steps]
    return {
        "name": name,
        "type": one.type,
        "input": INPUTS.get(one.type, "text"),
        "label": text(one.label, language),
        "placeholder": text(one.placeholder, language),
        "help": text(one.help, language),
        "required": one.required,
        "required_text": say(language, "required"),
        "choose": say(language, "choose"),
        "error": error,
        "value": typed[0][:20_000] if typed else "",
        "checked": bool(typed),
        "choices": [{"value": v, "label": label, "on": v in typed} for v, label in choices],
        "max_length": one.most_length,
        "min_length": one.min_length,
        "min": "" if one.min is None else str(one.min),
        "max": "" if one.max is None else str(one.max),
        "autocomplete": one.autocomplete or COMPLETE.get(one.of_person or "", "on"),
    }


def language_links(form: Form, name: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The page in each of its languages, with the rest of its query."""
    return [
        {
            "code": one,
            "label": NAMES.get(one.partition("-")[0], one),
            "url": f"/f/{name}?{urlencode({**query, 'lang': one})}",
        }
        for one in form.languages
    ]


def headers_of(form: Form) -> dict[str, str]:
    """The headers of a page: what it may load, and where it may lead. Its referrer goes to this
    service alone, so that a browser says in the POST which page it is from.
    """
    service = SERVICES[form.captcha.kind].origins if form.captcha else ""
    target = urlsplit(form.thanks.redirect or "")
    onward = f" {target.scheme}://{target.netloc}" if target.netloc else ""
    rules = [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src 'self' https: data:",
        f"form-action 'self'{onward}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    if service:
        rules += [f"{kind} {service}" for kind in ("script-src", "frame-src", "connect-src")]
    return {
        **SAFE,
        "Content-Security-Policy": "; ".join(rules),
        "Referrer-Policy": "same-origin",
        "Vary": "Accept-Language",
    }
