"""The library as a whole: its texts, what is wrong with them, and where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from sluice.activations.http.client import HttpClient
from sluice.models.errors import ConfigurationError, ContentError
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.content.entries import Entry, entries
from sluice.orchestration.content.page import Page
from sluice.orchestration.content.problems import IN_TEXT, Problem, problems
from sluice.orchestration.content.rendered import render
from sluice.orchestration.content.samples import sample_contacts
from sluice.orchestration.content.uses import Use, uses

TIMEOUT_SECONDS = 10.0
FIRST_REFUSED = 400


def library(content: Path, names: Sequence[str] = ()) -> list[Entry]:
    """The texts of a project, or those of some templates. Raises ConfigurationError for a name
    that there is none of.
    """
    found = entries(content)
    unknown = sorted(set(names) - {one.template for one in found})
    if unknown:
        known = ", ".join(sorted({one.template for one in found})) or "none"
        raise ConfigurationError(
            f"there is no text {', '.join(unknown)} in {content.name}/", f"name one of: {known}"
        )
    return [one for one in found if not names or one.template in names]


def sent_by(project: Path) -> dict[tuple[str, str], Use]:
    """What sends which text."""
    return uses(RawProject(project))


def check(
    found: Sequence[Entry], sent: Mapping[tuple[str, str], Use], content: Path, today: date
) -> list[Problem]:
    """What is wrong with the texts; nothing is sent and no page is called."""
    return [problem for one in found for problem in problems(one, sent, content, today)]


def gaps(found: Sequence[Entry]) -> list[str]:
    """Stages of the front matter without a text for a channel that others of them have; texts that
    lack a language that the rest of their channel has.
    """
    stages = sorted({one.about.stage for one in found if one.about.stage})
    channels = sorted({one.channel for one in found if one.about.stage})
    there = {(one.about.stage, one.channel) for one in found}
    made = [
        f"stage {stage}: no text by {channel}"
        for stage in stages
        for channel in channels
        if (stage, channel) not in there
    ]
    return [*made, *_languages(found)]


def _languages(found: Sequence[Entry]) -> Iterator[str]:
    for channel in sorted({one.channel for one in found}):
        of = [one for one in found if one.channel == channel]
        languages = sorted({one.language for one in of})
        for template in sorted({one.template for one in of}):
            for language in languages:
                if not any(one.template == template and one.language == language for one in of):
                    yield f"{channel}/{template}: not written in {language}"


def links(
    found: Sequence[Entry], sent: Mapping[tuple[str, str], Use], content: Path
) -> dict[str, list[str]]:
    """{address: texts that lead there}, as their first sample contact gets them."""
    leading: dict[str, list[str]] = {}
    for one in found:
        use = sent.get((one.channel, one.template))
        try:
            contacts = sample_contacts(one, use.constants if use else None)
            shown = render(one, next(iter(contacts.values())), content)
        except ContentError:
            continue  # a problem of its own
        for link in {*Page(shown.html).links, *IN_TEXT.findall(shown.text)}:
            if link.startswith("http") and ".example/" not in link:
                leading.setdefault(link, []).append(one.name)
    return leading


def dead_links(leading: dict[str, list[str]]) -> list[Problem]:
    """The addresses that do not answer, each asked once."""
    return [
        Problem(name, "link", "error", f"{link}: {why}", "correct the link, or the page")
        for link, names in sorted(leading.items())
        if (why := _why_dead(link))
        for name in names
    ]


def _why_dead(link: str) -> str:
    client = HttpClient(link, {}, TIMEOUT_SECONDS)
    try:
        status = client.fetch("").status
    finally:
        client.close()
    if status is None:
        return "it does not answer"
    return f"it answers {status}" if status >= FIRST_REFUSED else ""
