"""Findings on the contacts: clusters above a size, suspicious merges, faults of records.

No personal data in them.
"""

from __future__ import annotations

from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.orchestration.inspection.row_issues import NAMED, SEED_FAULTS, with_lines
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.warehouse.base import MissingTableError
from sluice.orchestration.warehouse.reader import open_warehouse

QUERIES = {
    "large_contacts": (
        """select contact_id, count(*) as record_count from identity.identity_map
        group by contact_id having count(*) > $large order by 2 desc, 1"""
    ),
    "suspicious_merges": (
        """select * from reports.rpt_suspicious_merges
        order by suspicion desc, record_count desc, contact_id limit $shown"""
    ),
    "consent_issues": NAMED,
    "unclassified_sources": (
        """select case when touch_source like '%@%' then 'an address' else touch_source
            end as utm_source,
        count(*) as touches, count(distinct contact_id) as contacts from contacts.contact_touches
            where channel = 'unknown'
        group by 1 order by 2 desc, 1 limit $shown"""
    ),
    "seed_faults": SEED_FAULTS,
    "record_issues": (
        "select * from reports.rpt_record_issues order by record_count desc, source, issue"
    ),
    "unmatched_events": (
        """select source, record_source, reason, is_fault, event_count,
            cast(first_at as varchar) as first_at,
        cast(last_at as varchar) as last_at
        from reports.rpt_unmatched_events order by is_fault desc, event_count desc, source,
            reason"""
    ),
}


def inspect_identity(settings: Settings, shown: int) -> dict[str, list[dict[str, Any]]]:
    """Rows by kind of finding.

    Raises ConfigurationError when nothing was decided in this home yet.
    """
    project = settings.project
    values = {"large": project.dbt_var("identity_large_contact"), "shown": shown}
    found = {}
    with open_warehouse(settings.warehouse) as connection:
        for name, sql in QUERIES.items():
            used = {key: value for key, value in values.items() if f"${key}" in sql}
            try:
                found[name] = connection.execute(sql, used).records()
            except MissingTableError as error:
                raise ConfigurationError(
                    "the reports that lint reads are not built yet",
                    "run `sluice run` first, or set SLUICE_HOME",
                ) from error
    found["seed_faults"] = with_lines(
        found["seed_faults"], [folder / "seeds" for folder in project.dbt_folders]
    )
    return found
