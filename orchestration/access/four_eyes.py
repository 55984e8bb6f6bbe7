"""Four eyes: who changed a campaign or sync since it was last approved does not approve it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path

from sluice.models.errors import BlockedError
from sluice.orchestration.access.contents import digest_of, is_source, matcher, read_files
from sluice.orchestration.installation.settings import Settings

GIT_SECONDS = 30
ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")
# the author of a commit, and whom it names as authors beside
AUTHORS = "--format=%ae%n%(trailers:key=Co-authored-by,valueonly)"


def require_other_eyes(
    settings: Settings,
    name: str,
    activation: str,
    files: Sequence[str],
    approved: Collection[str] = (),
) -> None:
    """Refuse an approval by whoever changed a file of it since it was last approved, or ever, where
    ``access.four_eyes`` is on.

    ``files``: patterns of paths below the project. ``approved``: the digests of what was approved
    so far. Raises BlockedError also where git cannot say who changed them: they are not committed,
    or there is no git.
    """
    access, root = settings.project.config.access, settings.project.root
    if not access.four_eyes:
        return
    if not _is_committed(settings, files):
        raise BlockedError(
            f"{activation} has changes that are not committed: whose they are is unknown",
            "commit them, and let somebody else approve",
        )
    authors = _authors(root, files, approved)
    if not authors and not approved:
        raise BlockedError(
            f"git knows no author of {activation}, and access.four_eyes asks who it is",
            "commit its files",
        )
    own = {one.lower() for one in access.people[name].authors} if name in access.people else set()
    if authors & own or not own:
        since = "since it was last approved" if approved else "and nobody else has approved it yet"
        why = f"changed it, {since}" if own else "has no authors in access.people of sluice.yml"
        raise BlockedError(
            f"{name} may not approve {activation}: {name} {why}",
            "ask a second person who may approve",
        )


def _is_committed(settings: Settings, files: Sequence[str]) -> bool:
    """Asked of the files as well: git's status leaves out what it is set to ignore."""
    root = settings.project.root
    if _git(root, "status", "--porcelain", "--", *files):
        return False
    try:
        head = _git(root, "rev-parse", "--verify", "HEAD").decode().strip()
    except BlockedError:
        return False
    return _digest_at(root, head, files) == digest_of(read_files(settings, files))


def _authors(root: Path, files: Sequence[str], approved: Collection[str]) -> set[str]:
    """Whoever changed a file after the latest commit at which all stood as it was approved; without
    such a commit, whoever ever did. Lower-case addresses.
    """
    log = ("log", "--full-history", "--no-show-signature")
    commits = _git(root, *log, "--format=%H", "--", *files).decode().split() if approved else []
    last = next((one for one in commits if _digest_at(root, one, files) in approved), None)
    after = "HEAD" if last is None else f"{last}..HEAD"
    written = _git(root, *log, AUTHORS, after, "--", *files).decode(errors="replace")
    return set(ADDRESS.findall(written.lower()))


def _digest_at(root: Path, commit: str, files: Sequence[str]) -> str:
    wanted = matcher(files)
    listed = _git(root, "ls-tree", "-r", "-z", "--name-only", commit).decode().split("\0")
    paths = [
        one
        for one in listed
        if wanted.fullmatch(one) and all(is_source(part) for part in one.split("/")[:-1])
    ]
    return digest_of((path, _git(root, "show", f"{commit}:./{path}")) for path in paths)


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            timeout=GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise BlockedError(
            "access.four_eyes asks git who changed a campaign, and git cannot say",
            "keep the project in git",
        ) from error
    return done.stdout
