"""The texts of a project: one entry a template, channel and language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sluice.activations.content.front_matter import FrontMatter, front_matter, read_sent
from sluice.activations.content.templates import read_source
from sluice.models.errors import ContentError

# the file that says what a text is, by channel
MAIN = {"email": ".txt.liquid", "sms": ".liquid", "wechat": ".yml"}


@dataclass(frozen=True)
class Entry:
    """One text in one language. ``wrong``: why its front matter cannot be read, else empty."""

    channel: str
    template: str
    language: str
    path: Path
    about: FrontMatter = field(default_factory=FrontMatter)
    wrong: str = ""

    @property
    def name(self) -> str:
        """As it is called in a message: ``email/hello.zh``."""
        return f"{self.channel}/{self.template}.{self.language}"

    @property
    def files(self) -> list[Path]:
        """Its files: a mail has up to three."""
        return sorted(self.path.parent.glob(f"{self.template}.{self.language}.*"))

    def sources(self) -> Iterator[tuple[Path, str]]:
        """Each file of it with what is sent of its text, blocks included. Raises ContentError."""
        for path in self.files:
            yield path, read_source(path) if self.channel == "email" else read_sent(path)

    def row(self) -> dict[str, Any]:
        """The entry as the list of the library shows it."""
        return {
            "channel": self.channel,
            "template": self.template,
            "language": self.language,
            "stage": self.about.stage,
            "variant": self.about.variant,
            "tags": ", ".join(self.about.tags),
            "owner": self.about.owner,
            "expires_on": str(self.about.expires_on or ""),
        }


def entries(content: Path) -> list[Entry]:
    """All texts of the content folder, by channel, template and language."""
    found = [
        _entry(channel, path, suffix)
        for channel, suffix in MAIN.items()
        for path in sorted((content / channel).glob(f"*.*{suffix}"))
        if path.name.removesuffix(suffix).count(".") == 1
    ]
    return sorted(found, key=lambda one: (one.channel, one.template, one.language))


def _entry(channel: str, path: Path, suffix: str) -> Entry:
    template, _, language = path.name.removesuffix(suffix).partition(".")
    try:
        return Entry(channel, template, language, path, front_matter(path))
    except ContentError as error:
        return Entry(channel, template, language, path, wrong=f"{error.message}: {error.fix}")
