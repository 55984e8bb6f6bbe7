"""Consent statements that are quarantined or match nobody: counted by a run, named by lint. No personal data is shown."""

from __future__ import annotations

from pathlib import Path

from orchestration.warehouse import has_table, query

COUNTS = """select issue = 'matches_nobody', count(distinct row_key) from contacts.consent_issues group by 1 order by 1"""
# an id that is an address, or may be a phone number, is not shown
SHOWN = r"regexp_full_match({0}, '[A-Za-z0-9_-]{{1,40}}') and not regexp_full_match({0}, '(00)?[0-9]{{10,15}}')"
NAMED = f"""select stated_in,
    case when {SHOWN.format("record_source")} then record_source else '(hidden)' end as record_source,
    case when contact_id is not null or {SHOWN.format("record_id")} then record_id else '(hidden)' end as record_id,
    issue, channel, contact_id, cast(stated_at as varchar) as stated_at, row_key
from contacts.consent_issues order by is_holding desc, stated_in, stated_at, record_id limit $shown"""


def describe_issues(warehouse: Path) -> list[str]:
    """A sentence for each kind of them; none where all is well, or nothing was decided yet."""
    if not has_table(warehouse, "contacts", "consent_issues"):
        return []
    words = {
        False: "consent statements are not understood, marketing to their people is held",
        True: "consent statements match no record",
    }
    return [f"{count:,} {words[is_nobody]}: `sluice lint` names them" for is_nobody, count in query(warehouse, COUNTS)]
