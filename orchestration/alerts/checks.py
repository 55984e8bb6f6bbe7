"""What the rules of alerts measured in the last run: rows of ``rpt_alert_checks``, and what only
the schedules of ``sluice.yml`` can say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from sluice.models.journey import PREFIX, journey_name
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.authoring.lint.schedule_rule import check_schedules
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.warehouse.base import MissingTableError
from sluice.orchestration.warehouse.reader import query

MODEL = "rpt_alert_checks"
NEVER_SENT = "never_sent"
SQL = f"""
select rule, subject, measured, limit_value, is_breached, owner, channel from reports.{MODEL}
order by rule, subject
"""


@dataclass(frozen=True)
class Check:
    """One rule and what it is about. ``is_breached``: None where too little is there to say so."""

    rule: str
    subject: str
    measured: float | None
    limit_value: float | None
    is_breached: bool | None
    owner: str
    channel: str


def read_checks(settings: Settings) -> list[Check] | None:
    """The checks as of the last reports; None where none were built."""
    try:
        rows = query(settings.warehouse, SQL)
    except MissingTableError:
        return None
    found = [Check(*row) for row in rows]
    return [one for check in found for one in _expanded(check, settings)]


def never_sent(settings: Settings) -> list[str]:
    """The campaigns and journeys that no schedule of ``sluice.yml`` can ever send."""
    project = RawProject(settings.project.dbt_folder, settings.project.package)
    models = {PurePosixPath(one.file).stem for one in check_schedules(project)}
    return sorted({_name_of(model) for model in models})


def _name_of(model: str) -> str:
    """As reports and commands name it."""
    return journey_name(model) if model.startswith(PREFIX) else model.removeprefix("campaign_")


def _expanded(check: Check, settings: Settings) -> Iterator[Check]:
    if check.rule != NEVER_SENT:
        yield check
        return
    for name in never_sent(settings):
        yield Check(NEVER_SENT, name, None, None, True, check.owner, check.channel)
