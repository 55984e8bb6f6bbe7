"""Who is at work in a home, and who only seems to be."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.orchestration.doctor.finding import Finding
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.runs import lock


def check_lock(settings: Settings) -> Iterator[Finding]:
    """A run that holds the lock is named."""
    found = lock.holder(settings.home)
    yield Finding(
        check="run lock",
        state="ok",
        words="free" if found is None else f"held by {found.describe()}",
    )


def check_runs(settings: Settings) -> Iterator[Finding]:
    """Runs that Dagster takes for alive, and whose process is dead."""
    from sluice.orchestration.runs.dead_runs import find_dead
    from sluice.orchestration.runs.in_process import dagster_instance

    if not (settings.home / "dagster").is_dir():
        return
    with dagster_instance(settings) as instance:
        dead = len(find_dead(instance, settings.home))
    if dead:
        words = f"{dead} runs seem to be at work, and their process is dead"
        yield Finding(
            check="runs",
            state="warning",
            words=words,
            figure=dead,
            fix="none needed: the next run ends them",
        )
    else:
        yield Finding(check="runs", state="ok", words="none is dead", figure=0)
