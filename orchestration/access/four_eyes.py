"""Four eyes: who changed a file of a campaign or sync last does not approve it: git says who."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from sluice.models.errors import BlockedError
from sluice.orchestration.installation.settings import Settings

GIT_SECONDS = 30


def require_other_eyes(
    settings: Settings, name: str, activation: str, files: Iterable[str]
) -> None:
    """Refuse an approval by whoever changed a file of it last, where ``access.four_eyes`` is on.

    ``files``: patterns of paths below the project. Raises BlockedError also where git cannot say
    who changed them: they are not committed, or there is no git.
    """
    access = settings.project.config.access
    if not access.four_eyes:
        return
    paths = list(files)
    if _git(settings.project.root, "status", "--porcelain", "--", *paths):
        raise BlockedError(
            f"{activation} has changes that are not committed: whose they are is unknown",
            "commit them, and let somebody else approve",
        )
    authors = _last_authors(settings.project.root, paths)
    if not authors:
        raise BlockedError(
            f"git knows no author of {activation}, and access.four_eyes asks who it is",
            "commit its files",
        )
    own = {one.lower() for one in access.people[name].authors} if name in access.people else set()
    if authors & own or not own:
        why = "changed it last" if own else "has no authors in access.people of sluice.yml"
        raise BlockedError(
            f"{name} may not approve {activation}: {name} {why}",
            "ask a second person who may approve",
        )


def files_of(activation: str, model: str, template: str | None) -> list[str]:
    """What a campaign or sync is made of: its model and yml, its template in every language."""
    patterns = [f":(glob)**/{model}.*", f":(glob)**/{activation}.yml"]
    return [*patterns, *([f":(glob)content/**/{template}.*"] if template else [])]


def _last_authors(root: Path, paths: Sequence[str]) -> set[str]:
    """Of each file there is, and of what is not there any more."""
    files = _git(root, "ls-files", "-z", "--", *paths).split("\0")
    asked = [list(paths), *([f":(literal){file}"] for file in files if file)]
    log = ("log", "-1", "--no-show-signature", "--format=%ae", "--")
    return {author for each in asked if (author := _git(root, *log, *each).lower())}


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise BlockedError(
            "access.four_eyes asks git who changed a campaign, and git cannot say",
            "keep the project in git",
        ) from error
    return done.stdout.strip()
