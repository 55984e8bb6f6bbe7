"""The rule on what mails and WeChat messages say: each language of a campaign's template is whole,
and the one to fall back to is there. The templates of SMS have a rule of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sluice.models.config import GROUP_ROBOT
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.raw_project import RawProject

SUFFIXES = ("subject.liquid", "txt.liquid", "html.liquid", "mjml.liquid")
ANY = True  # one language is enough: a robot speaks the one of its settings
RAW = re.compile(r"\{%-?\s*raw\s*-?%\}")  # what stands after it is left as it is by dbt
WECHAT_KINDS = {
    "wechat_template": "template",
    "wechat_subscribe": "subscribe",
    "wechat_service": "message",
    "wechat_mass": "message",
    "wecom_mass": "message",
}


def check_templates(project: RawProject) -> Iterator[Finding]:
    """``template``: what a campaign sends is written, whole in each language, and in the one that
    stands in for the rest.
    """
    folder = project.content
    for authored in project.authored if folder.is_dir() else ():
        meta = (
            project.meta(authored.name, "campaign")
            if authored.contract.kind == "campaign"
            else None
        )
        if meta is not None and meta.mapping.get("template"):
            for message, fix in problems(folder, meta.mapping):
                yield project.finding(
                    authored.yml, meta.line_at("template"), "template", message, fix
                )
            for place, message, fix in variant_problems(folder, meta.mapping):
                yield project.finding(
                    authored.yml, meta.line_at("variants", *place), "template", message, fix
                )


def variant_problems(
    folder: Path, campaign: dict[str, Any]
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """(place, what is wrong, how to fix it) of templates and subjects of a campaign's variants."""
    for name, template, subject in own_texts(campaign):
        if template is not None:
            for message, fix in problems(folder, {**campaign, "template": template}):
                yield (name, "template"), f"variant {name}: {message}", fix
        if subject is not None and campaign.get("channel") == "email":
            written = _mail_languages(folder, template or str(campaign["template"]))
            for message in _subject_problems(subject, written):
                fix = "a subject in each language of the template, as Liquid; en stands in"
                yield (name, "subject"), f"variant {name}: {message}", fix


def own_texts(
    campaign: dict[str, Any],
) -> Iterator[tuple[str, str | None, dict[str, Any] | None]]:
    """(name, template, subject by language) of each variant, None where it has none of its own."""
    variants = campaign.get("variants")
    for name, one in variants.items() if isinstance(variants, dict) else ():
        if isinstance(one, dict):
            template, subject = one.get("template"), one.get("subject")
            of_its_own = subject if isinstance(subject, dict) else None
            yield str(name), str(template) if template else None, of_its_own


def _subject_problems(subject: dict[str, Any], written: list[str]) -> Iterator[str]:
    from sluice.activations.content.templates import subject_template
    from sluice.models.errors import ContentError

    if lacking := [one for one in written if one not in subject]:
        yield f"the subject lacks {', '.join(lacking)}, which the template is written in"
    if more := [str(one) for one in subject if written and one not in written]:
        yield f"the subject is written in {', '.join(more)}, and the template is not"
    for language, text in subject.items():
        if "{" in str(text) and not RAW.search(str(text)):
            yield (
                f"the subject in {language} would be filled in by dbt, with nothing: put it between"
                " {% raw %} and {% endraw %}"
            )
        try:
            subject_template(RAW.sub("", str(text)).replace("{% endraw %}", ""))
        except ContentError as error:
            yield f"the subject in {language}: {error.message}"


def check_alerts(project: RawProject) -> Iterator[Finding]:
    """``template``: what a sync to the group robot says is written: its text is called as the
    sync's ``object``.
    """
    folder = project.content
    for authored in project.authored if folder.is_dir() else ():
        meta = project.meta(authored.name, "sync") if authored.contract.kind == "sync" else None
        if meta is None or meta.mapping.get("destination") != GROUP_ROBOT:
            continue
        name = str(meta.mapping.get("object") or "contacts")
        line = meta.line_at("object") if "object" in meta.mapping else meta.line
        languages = _wechat_languages(folder, name)
        for message, fix in _check(folder, "wechat", name, languages, ".yml", "robot", ANY):
            yield project.finding(authored.yml, line, "template", message, fix)


def problems(folder: Path, campaign: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(what is wrong with the template of a campaign, how to fix it)."""
    template, channel = str(campaign["template"]), campaign.get("channel")
    if channel == "email":
        yield from _check(
            folder,
            "email",
            template,
            _mail_languages(folder, template),
            ".txt.liquid and .subject.liquid",
            None,
        )
    elif channel == "wechat":
        kind = WECHAT_KINDS.get(str(campaign.get("destination")))
        yield from _check(
            folder, "wechat", template, _wechat_languages(folder, template), ".yml", kind
        )


def _check(
    folder: Path,
    channel: str,
    template: str,
    languages: list[str],
    files: str,
    kind: str | None,
    is_one_enough: bool = False,
) -> Iterator[tuple[str, str]]:
    from sluice.activations.content.templates import FALLBACK_LANGUAGE
    from sluice.models.errors import ContentError

    if not languages:
        yield (
            f"there is no template {template} for {channel}",
            f"write content/{channel}/{template}.{FALLBACK_LANGUAGE}{files}",
        )
        return
    if FALLBACK_LANGUAGE not in languages and not is_one_enough:
        message = (
            f"{template} is written in {', '.join(languages)} alone: whoever reads another language"
            " gets nothing"
        )
        yield (
            message,
            (
                f"write content/{channel}/{template}.{FALLBACK_LANGUAGE}{files}, which stands in"
                " for other languages"
            ),
        )
    for language in languages:
        try:
            _read(folder, channel, template, language, kind)
        except ContentError as error:
            yield f"{template} in {language}: {error.message}", error.fix


def _read(folder: Path, channel: str, template: str, language: str, kind: str | None) -> None:
    """Raises ContentError where a file of the language is missing or cannot be read."""
    from sluice.activations.content.templates import mail_variant
    from sluice.activations.destinations.wechat.content import wechat_content
    from sluice.models.errors import ContentError

    if channel == "wechat":
        found = wechat_content.__wrapped__(template, language, folder)
        if kind is not None and found.kind != kind:
            raise ContentError(
                f"it is content of kind {found.kind}, and {kind} is needed",
                f"write kind: {kind} in it",
            )
        return
    if not (folder / "email" / f"{template}.{language}.subject.liquid").is_file():
        raise ContentError(
            f"the template {template}.{language}.subject.liquid is missing",
            "add it to content/email/",
        )
    mail_variant.__wrapped__(template, language, folder)


def _mail_languages(folder: Path, template: str) -> list[str]:
    files = [
        (path.name, suffix)
        for path in (folder / "email").glob(f"{template}.*")
        for suffix in SUFFIXES
    ]
    names = [
        name.removeprefix(f"{template}.").removesuffix(f".{suffix}")
        for name, suffix in files
        if name.endswith(f".{suffix}")
    ]
    return sorted({name for name in names if "." not in name})


def _wechat_languages(folder: Path, template: str) -> list[str]:
    names = [
        path.name.removeprefix(f"{template}.").removesuffix(".yml")
        for path in (folder / "wechat").glob(f"{template}.*.yml")
    ]
    return sorted({name for name in names if "." not in name})
