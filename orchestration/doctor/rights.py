"""Who can read the home."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.orchestration.doctor.finding import Finding
from sluice.orchestration.installation.home import describe, loose
from sluice.orchestration.installation.settings import Settings


def check_rights(settings: Settings) -> Iterator[Finding]:
    """The folder first: what is in a closed one is out of reach. What is ours was tightened when
    the command began.
    """
    found = loose(settings.home)
    if not found:
        yield Finding(check="rights", state="ok", words="the home and its files are yours alone")
    elif settings.home in found:
        words, _, fix = describe(settings.home).rpartition("; ")
        yield Finding(check="rights", state="warning", words=words, fix=fix)
    else:
        words = f"{len(found):,} files in the home belong to another user, or can be read by others"
        fix = "chown them to the user who runs sluice, and chmod -R go= SLUICE_HOME"
        yield Finding(check="rights", state="warning", words=words, figure=len(found), fix=fix)
