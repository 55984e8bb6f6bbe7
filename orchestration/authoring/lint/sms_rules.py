"""The rule on the templates of SMS campaigns: they are there for the destination, and say what an
SMS must say.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sluice.orchestration.authoring.lint.content_rules import own_texts
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.raw_project import RawProject

if TYPE_CHECKING:
    from sluice.activations.content.sms_templates import SmsTemplates

WITH_BODIES = ("kannel", "twilio")  # the other destinations send templates that the vendor approved


def check_sms_templates(project: RawProject) -> Iterator[Finding]:
    """``sms_template``: the template of each SMS campaign can be sent by its destination."""
    for authored in project.authored:
        meta = (
            project.meta(authored.name, "campaign")
            if authored.contract.kind == "campaign"
            else None
        )
        if (
            meta is not None
            and meta.mapping.get("channel") == "sms"
            and meta.mapping.get("template")
        ):
            line = meta.line_at("template")
            for message, fix in sms_problems(project.content, meta.mapping):
                yield project.finding(authored.yml, line, "sms_template", message, fix)
            for name, template, _ in own_texts(meta.mapping):
                at = meta.line_at("variants", name, "template")
                own = {**meta.mapping, "template": template}
                for message, fix in sms_problems(project.content, own) if template else ():
                    yield project.finding(
                        authored.yml, at, "sms_template", f"variant {name}: {message}", fix
                    )


def sms_problems(folder: Path, campaign: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(what is wrong with the template of an SMS, how to fix it)."""
    from sluice.activations.content.sms_templates import bodies, sms_templates, template_problems
    from sluice.models.errors import ContentError

    template, destination = str(campaign["template"]), str(campaign.get("destination"))
    if destination in WITH_BODIES and not bodies(template, folder):
        yield (
            f"there is no text {template}",
            f"write content/sms/{template}.en.liquid, and one for each language",
        )
    try:
        yield from template_problems(template, folder)
        yield from _of_campaign(sms_templates(template, folder), campaign)
    except ContentError as error:
        yield error.message, error.fix


def _of_campaign(templates: SmsTemplates, campaign: dict[str, Any]) -> Iterator[tuple[str, str]]:
    template, destination = campaign["template"], campaign.get("destination")
    if destination not in WITH_BODIES and destination not in templates.vendors:
        message = f"{template}.yml names no template that {destination} approved"
        yield message, f"add it under vendors: {destination}: to content/sms/{template}.yml"
    if (templates.kind == "marketing") != (campaign.get("purpose") == "marketing"):
        message = (
            f"the template {template} is of kind {templates.kind}, the campaign's purpose is"
            f" {campaign.get('purpose')}"
        )
        yield message, "a marketing template for a marketing campaign, and no other"
