"""Who is at work in a home."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration import lock
from orchestration.doctor.finding import Finding
from orchestration.settings import Settings


def check_lock(settings: Settings) -> Iterator[Finding]:
    """A run that holds the lock is named."""
    found = lock.holder(settings.home)
    yield Finding(check="run lock", state="ok", words="free" if found is None else f"held by {found.describe()}")
