"""Whether anything starts the daily run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from sluice.orchestration.doctor.finding import Finding
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.installation.times import Times, last_known_year

CHECK, SCHEDULER = "schedule", "SCHEDULER"
ALIVE = timedelta(minutes=5)


def check_schedule(settings: Settings) -> Iterator[Finding]:
    """Dagster's daemon is alive, and the schedule is switched on in it."""
    from dagster._core.scheduler.instigation import InstigatorStatus, InstigatorType

    from sluice.orchestration.runs.in_process import dagster_instance

    plans = list(settings.project.config.runs.values())
    when = ", ".join(f"{plan.cron_schedule} {plan.time_zone}" for plan in plans)
    yield from _unknown_year(plans)
    if not (settings.home / "dagster").is_dir():
        yield _warning(f"nothing starts the run of {when}: no Dagster has run in this home")
        return
    with dagster_instance(settings) as instance:
        beat = instance.get_daemon_heartbeats().get(SCHEDULER)
        states = instance.all_instigator_state(instigator_type=InstigatorType.SCHEDULE)
    is_on = any(one.status is InstigatorStatus.RUNNING for one in states)
    age = None if beat is None else datetime.now(UTC) - datetime.fromtimestamp(beat.timestamp, UTC)
    if age is None or age > ALIVE:
        since = (
            ""
            if age is None
            else f"; the last one was alive {age.total_seconds() // 60:.0f} minutes ago"
        )
        yield _warning(f"nothing starts the run of {when}: no daemon of Dagster is alive{since}")
    elif not is_on:
        yield _warning(f"nothing starts the run of {when}: the schedule is switched off")
    else:
        yield Finding(check=CHECK, state="ok", words=f"alive: {when}")


def _unknown_year(plans: Iterable[Times]) -> Iterator[Finding]:
    year = datetime.now(UTC).year
    if any(plan.days != "all" for plan in plans) and last_known_year() <= year:
        words = (
            f"the holidays of China are known to the end of {last_known_year()}: after that Monday"
            " to Friday count as working days"
        )
        fix = "install a newer chinesecalendar: the State Council announces a year in November"
        yield Finding(check=CHECK, state="warning", words=words, fix=fix)


def _warning(words: str) -> Finding:
    fix = (
        "keep `sluice dev` running and switch the schedule on under Automation, or let a scheduler"
        " of your own start `sluice run`"
    )
    return Finding(check=CHECK, state="warning", words=words, fix=fix)
