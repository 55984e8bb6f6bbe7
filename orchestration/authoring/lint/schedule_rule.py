"""The rule ``schedule``: a run starts within the hours in which marketing may go out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sluice.models.errors import ConfigurationError
from sluice.models.journey import PREFIX
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.authoring.lint.yaml_lines import Yaml
from sluice.orchestration.installation.project_file import PROJECT_FILE, read_project
from sluice.orchestration.installation.times import Times

RULE = "schedule"
HORIZON = timedelta(days=366)
MOST = 5_000  # moments that are looked at: a schedule of each minute meets any hours within a day
# the vars of the first and of the last hour, by channel
HOURS = {"sms": ("sms_from_hour", "sms_until_hour")}
OTHER_HOURS = ("quiet_until_hour", "quiet_from_hour")


def check_schedules(project: RawProject) -> Iterator[Finding]:
    """``schedule``: of each channel that marketing uses, some run of ``sluice.yml`` starts within
    its hours on the project's clock. Recipients abroad have hours of their own: they are not asked.
    What is fast is sent by the fast lane, where that is on, and needs no run.
    """
    try:
        config = read_project(project.root / PROJECT_FILE)
    except ConfigurationError:
        return  # no project, or one that cannot be read: said elsewhere
    times = list(config.runs.values())
    variables = {**project.projects[0].variables, **project.projects[-1].variables}
    try:
        zone = ZoneInfo(str(variables.get("time_zone")))
    except (KeyError, ValueError, OSError):
        return  # without a clock no hour is known
    for model, sql, message in project.messages():
        is_fast = config.fast_lane.enabled and _is_fast(project, model, message)
        if is_fast or not _is_marketing(message):
            continue
        channel = str(message.mapping["channel"])
        first, until = (variables.get(name) for name in HOURS.get(channel, OTHER_HOURS))
        if not isinstance(first, int) or not isinstance(until, int):
            continue
        if not _ever(times, first, until, zone):
            yield project.finding(
                sql.with_suffix(".yml"),
                message.line,
                RULE,
                f"{channel} of purpose marketing goes out from {first:02}:00 to"
                f" {until:02}:00, and no run of {PROJECT_FILE} starts then: it is never sent",
                f"give {PROJECT_FILE} a run then: schedules: {{daytime: {{hour: {first}}}}}",
            )


def _is_marketing(message: Yaml) -> bool:
    return message.mapping.get("purpose") == "marketing" and "channel" in message.mapping


def _is_fast(project: RawProject, model: str, message: Yaml) -> bool:
    """Of a message of a journey its journey says so, of a campaign the campaign."""
    journey = project.meta(model, "journey") if model.startswith(PREFIX) else None
    return (message if journey is None else journey).mapping.get("fast") is True


def _ever(times: list[Times], first: int, until: int, zone: ZoneInfo) -> bool:
    return any(
        _is_between(moment.astimezone(zone).hour, first, until)
        for one in times
        for moment in _moments(one)
    )


def _moments(times: Times) -> Iterator[datetime]:
    """Moments of each kind that a schedule has: of an hour one in each half of the year, whose
    clocks may differ; of a cron those of the year to come.
    """
    now = datetime.now(UTC)
    if times.cron is not None:
        yield from islice(times.moments(now, now + HORIZON), MOST)
        return
    for day in (now.date(), (now + HORIZON / 2).date()):
        yield datetime.combine(day, time(times.hour), ZoneInfo(times.time_zone))


def _is_between(hour: int, first: int, until: int) -> bool:
    return first <= hour < until if first <= until else hour >= first or hour < until
