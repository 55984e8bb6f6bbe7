"""Content of SMS: ``content/sms/<template>.<language>.liquid`` is a free body;
``content/sms/<template>.yml`` names, a vendor and area, the approved template of the vendor, its
wording, and its parameters as Liquid expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from liquid import Environment
from liquid.exceptions import LiquidError
from liquid.undefined import StrictDefaultUndefined
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sluice.activations.content.filling import filling_error
from sluice.activations.content.front_matter import read_sent, read_text
from sluice.activations.content.sms_text import Area, SmsRefused, check_text
from sluice.activations.content.templates import FALLBACK_LANGUAGE, language_there
from sluice.models.delivery import Message
from sluice.models.errors import ContentError

Kind = Literal["notice", "marketing", "verification"]
PLACEHOLDER = re.compile(r"\$\{(\w+)\}|\{(\d+)\}")
LIQUID = Environment(undefined=StrictDefaultUndefined)


class VendorTemplate(BaseModel):
    """A template as the vendor approved it.

    ``text``: its wording, with ``${name}`` (named) or ``{1}`` (ordered).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(min_length=1)
    text: str = Field(min_length=1)
    parameters: Mapping[str, str] | tuple[str, ...] = ()

    def named(self) -> dict[str, str]:
        """The Liquid expression of each parameter by its name, or by its number from 1."""
        if isinstance(self.parameters, Mapping):
            return dict(self.parameters)
        return {str(number): expression for number, expression in enumerate(self.parameters, 1)}

    def placeholders(self) -> set[str]:
        """Names of the parameters in the wording."""
        return {name or number for name, number in PLACEHOLDER.findall(self.text)}

    def render(self, values: Mapping[str, Any], path: Path | None = None) -> dict[str, str]:
        """The parameters of one recipient, in their order; ``path``: of the yml, for errors.

        Raises ContentError when a variable is missing.
        """
        return {
            name: _render(expression, values, path).strip()
            for name, expression in self.named().items()
        }

    def fill(self, parameters: Mapping[str, str]) -> str:
        """The text the recipient reads, without the signature."""
        return PLACEHOLDER.sub(lambda found: parameters.get(found[1] or found[2], ""), self.text)


class SmsTemplates(BaseModel):
    """One yml: what kind of message it is, and the vendors' templates by vendor, area and
    language.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    vendors: Mapping[str, Mapping[Area, Mapping[str, VendorTemplate]]] = {}

    def find(self, vendor: str, area: Area, language: str) -> VendorTemplate:
        """The vendor's template for numbers of an area: in the language, in English, or the only
        one. Raises SmsRefused.
        """
        found = self.vendors.get(vendor, {}).get(area, {})
        for name in (
            language,
            language.partition("-")[0],
            FALLBACK_LANGUAGE,
            *(found if len(found) == 1 else ()),
        ):
            if name in found:
                return found[name]
        raise SmsRefused(
            "no_vendor_template",
            f"there is no template of {vendor} for {area} numbers in '{language}' or"
            f" '{FALLBACK_LANGUAGE}'",
            f"add it to the template's yml in content/sms/, under vendors: {vendor}: {area}:",
        )

    def all(self) -> Iterator[tuple[str, Area, VendorTemplate]]:
        """Every template there is, with its vendor and area."""
        for vendor, areas in self.vendors.items():
            for area, languages in areas.items():
                yield from ((vendor, area, template) for template in languages.values())


@cache
def sms_templates(template: str, folder: Path) -> SmsTemplates:
    """The yml of a template, checked. Raises ContentError when it is missing or wrong."""
    path = folder / "sms" / f"{template}.yml"
    try:
        return SmsTemplates.model_validate(yaml.safe_load(read_text(path)))
    except (yaml.YAMLError, ValidationError) as error:
        where = (
            ", ".join(".".join(map(str, e["loc"])) for e in error.errors())
            if isinstance(error, ValidationError)
            else "YAML"
        )
        raise ContentError(
            f"{path.name} is not valid ({where})", "correct it after the examples in content/sms/"
        ) from error


def vendor_sms(
    message: Message, vendor: str, area: Area, folder: Path
) -> tuple[VendorTemplate, dict[str, str], str]:
    """The vendor's template for a message, its parameters, and the text the recipient will read.

    Raises ContentError.
    """
    templates = sms_templates(message.template, folder)
    if templates.kind == "marketing" and message.purpose != "marketing":
        raise SmsRefused(
            "marketing_template",
            f"the template '{message.template}' is marketing, and the campaign is not: nobody's"
            " consent was asked for",
            "set the campaign's purpose to marketing",
        )
    template = templates.find(vendor, area, message.language)
    check_text(template.text, message.purpose == "marketing", area)
    parameters = template.render(message.values, folder / "sms" / f"{message.template}.yml")
    return template, parameters, template.fill(parameters)


def body_sms(message: Message, folder: Path, area: Area | None = None) -> str:
    """The free body of a message in its language, or in English, checked for numbers of an area;
    with short links where the message is tracked.

    Raises ContentError.
    """
    base = folder / "sms"
    language = language_there(
        message.language, lambda one: (base / f"{message.template}.{one}.liquid").is_file()
    )
    path = base / f"{message.template}.{language}.liquid"
    text = _render(read_sent(path), message.values, path).strip()
    if message.tracker is not None:
        text = message.tracker.text(text, message.delivery_id)
    check_text(text, message.purpose == "marketing", area)
    return text


def template_problems(template: str, folder: Path) -> list[tuple[str, str]]:
    """What is wrong with a template before anybody gets it, each with its fix: rules of the text,
    and parameters that wording and the yml do not share. Raises ContentError when the yml is
    missing or wrong.
    """
    found: list[tuple[str, str]] = []
    templates = sms_templates(template, folder)
    texts: list[tuple[str, str, Area | None]] = [
        (path.name, read_sent(path).strip(), None) for path in bodies(template, folder)
    ]
    for vendor, area, approved in templates.all():
        name = f"{template}.yml, {vendor} {approved.code}"
        texts.append((name, approved.text, area))
        if approved.placeholders() != set(approved.named()):
            message = f"{name}: the wording and the parameters do not name the same things"
            found.append(
                (message, "give each variable of the wording a line under parameters, and no more")
            )
    for name, text, where in texts:
        try:
            check_text(text, templates.kind == "marketing", where)
        except SmsRefused as error:
            found.append((f"{name}: {error.message}", error.fix))
    return found


def bodies(template: str, folder: Path) -> list[Path]:
    """The free bodies of a template, a file a language."""
    return sorted((folder / "sms").glob(f"{template}.*.liquid"))


@cache
def approved_templates(vendor: str, folder: Path) -> dict[str, tuple[Kind, Area, VendorTemplate]]:
    """Every template of a vendor by its code, with what it is for."""
    found: dict[str, tuple[Kind, Area, VendorTemplate]] = {}
    for path in sorted((folder / "sms").glob("*.yml")):
        templates = sms_templates(path.stem, folder)
        for area, languages in templates.vendors.get(vendor, {}).items():
            found.update(
                {template.code: (templates.kind, area, template) for template in languages.values()}
            )
    return found


def _render(source: str, values: Mapping[str, Any], path: Path | None) -> str:
    try:
        return str(_parsed(source).render(**values))
    except LiquidError as error:
        raise filling_error(error, path, "a template cannot be rendered") from error


@cache
def _parsed(source: str) -> Any:
    return LIQUID.from_string(source)
