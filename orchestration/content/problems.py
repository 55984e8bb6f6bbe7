"""What is wrong with a text, by rule: each a sentence and how to correct it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from sluice.activations.content.opting_out import silent_parts
from sluice.activations.content.sms_text import segments
from sluice.models.errors import ContentError
from sluice.orchestration.content.entries import Entry
from sluice.orchestration.content.page import Page
from sluice.orchestration.content.rendered import Rendered, render
from sluice.orchestration.content.samples import LINKS, LONG, sample_contacts, used
from sluice.orchestration.content.uses import Use

Level = Literal["error", "warning"]
ROBOT = re.compile(r"^kind:\s*robot\b", re.MULTILINE)
LINK = re.compile(r"(https?://[^\s/?#]+\S*|mailto:\S+@\S+|tel:\+?[\d-]+)")
IN_TEXT = re.compile(r"https?://[^\s<>\"'）】，。]+")
# Gmail cuts a mail beyond 102 KB; a phone shows some 60 columns of a subject, a Chinese character
# takes two
WAYS_OUT = (LINKS["unsubscribe_url"], LINKS["preferences_url"])
HTML_BYTES, SUBJECT_COLUMNS, SMS_SEGMENTS, LEAST_WORDS = 102 * 1024, 60, 4, 60


@dataclass(frozen=True)
class Problem:
    """One finding on a text."""

    text: str
    rule: str
    level: Level
    words: str
    fix: str


def problems(
    entry: Entry, uses: Mapping[tuple[str, str], Use], content: Path, today: date
) -> Iterator[Problem]:
    """Everything that is wrong with a text, an error where it cannot be sent as it is meant."""
    seen: set[tuple[str, str]] = set()
    for rule, level, words, fix in _found(entry, uses, content, today):
        if (rule, words) not in seen:
            seen.add((rule, words))
            yield Problem(entry.name, rule, level, words, fix)


Found = tuple[str, Level, str, str]


def _found(
    entry: Entry, uses: Mapping[tuple[str, str], Use], content: Path, today: date
) -> Iterator[Found]:
    if entry.wrong:
        yield "front_matter", "error", entry.wrong, "correct the lines between the two ---"
    if entry.about.expires_on and entry.about.expires_on < today:
        words = f"it was true until {entry.about.expires_on}"
        yield "expired", "error", words, "write it anew, or take it out of its campaign"
    use = uses.get((entry.channel, entry.template))
    try:
        yield from _values(entry, use)
        contacts = sample_contacts(entry, use.constants if use else None)
    except ContentError as error:
        yield "renders", "error", error.message, error.fix
        return
    for who, values in contacts.items():
        try:
            shown = render(entry, values, content)
        except ContentError as error:
            yield "renders", "error", error.message, error.fix
            continue
        for check in CHECKS[entry.channel] if who != LONG else (_empty,):
            yield from check(shown, use)


def _values(entry: Entry, use: Use | None) -> Iterator[Found]:
    if use is None:
        if any(ROBOT.search(text) for _, text in entry.sources()):
            return  # a sync or an alert sends it
        fix = "name it in a campaign or a journey, or delete it"
        yield "unused", "warning", "no campaign and no journey sends it", fix
        return
    for name in sorted(used(entry) - use.values):
        words = f"the value '{name}' is given by none of {', '.join(use.by)}"
        yield "missing_value", "error", words, f"give '{name}' in the context, or take it out"


def _subject(shown: Rendered, use: Use | None) -> Iterator[Found]:
    if not shown.subject.strip():
        yield "length", "error", "its subject is empty", "write the subject"
    if _columns(shown.subject) > SUBJECT_COLUMNS:
        words = f"its subject has {_columns(shown.subject)} columns of {SUBJECT_COLUMNS} on a phone"
        yield "length", "warning", words, "shorten it"


def _html(shown: Rendered, use: Use | None) -> Iterator[Found]:
    page = Page(shown.html)
    if len(shown.html.encode()) > HTML_BYTES:
        words = f"its HTML has {len(shown.html.encode()) // 1024} KB: Gmail cuts it at 102"
        yield "length", "warning", words, "shorten it"
    missing = page.images.count(None)
    if missing:
        words = f"{missing} of {len(page.images)} images have no alt"
        yield "images", "warning", words, "say in alt what they show"
    if page.images and len(page.words) < LEAST_WORDS:
        words = "without its images it says next to nothing"
        yield "images", "warning", words, "write in words what the images say"


def _links(shown: Rendered, use: Use | None) -> Iterator[Found]:
    for link in [*Page(shown.html).links, *IN_TEXT.findall(shown.text)]:
        if not LINK.fullmatch(link):
            words = f"the link '{link[:60]}' leads nowhere"
            yield "link", "error", words, "write a whole address, beginning with https://"


def _unsubscribe(shown: Rendered, use: Use | None) -> Iterator[Found]:
    if use is None or not use.is_marketing:
        return
    for part in silent_parts(shown.text, shown.html, WAYS_OUT):
        yield (
            "unsubscribe",
            "error",
            f"its {part} says no way to stop it, and it is marketing",
            "add unsubscribe_url or preferences_url",
        )


def _sms(shown: Rendered, use: Use | None) -> Iterator[Found]:
    count = segments(shown.text)
    if count > SMS_SEGMENTS:
        yield "length", "warning", f"it takes {count} segments, each is paid", "shorten it"


def _empty(shown: Rendered, use: Use | None) -> Iterator[Found]:
    if not shown.text.strip():
        yield "length", "error", "it says nothing", "write the text"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


Check = Callable[[Rendered, Any], Iterator[Found]]
CHECKS: dict[str, tuple[Check, ...]] = {
    "email": (_empty, _subject, _html, _links, _unsubscribe),
    "sms": (_empty, _links, _sms),
    "wechat": (_empty, _links),
}
