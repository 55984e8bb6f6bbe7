"""Rows that are left out: consent statements that are not understood or match nobody, and bad rows
of seeds. A run counts them, lint names them; no personal data is shown.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.reader import has_table, query

COUNTS = """select case
        when is_holding then 'held'
        when issue in ('matches_nobody', 'matches_nearly', 'time_in_future') then issue
        else 'left_out'
    end, count(distinct row_key)
    from contacts.consent_issues group by 1"""
# an id that is an address, or may be a phone number, is not shown
SHOWN = (
    r"regexp_matches({0}, '^[A-Za-z0-9_-]{{1,40}}$') and not regexp_matches({0},"
    r" '^(00)?[0-9]{{10,15}}$')"
)
NAMED = f"""select stated_in,
    case when {SHOWN.format("record_source")} then record_source else '(hidden)'
        end as record_source,
    case when contact_id is not null or {SHOWN.format("record_id")} then record_id else '(hidden)'
        end as record_id,
    issue, channel, contact_id, cast(stated_at as varchar) as stated_at, row_key
from contacts.consent_issues order by is_holding desc, stated_in, stated_at, record_id
    limit $shown"""


SEED_COUNTS = "select seed, count(*) from reports.rpt_seed_faults group by seed order by seed"
SEED_FAULTS = (
    "select seed, fault, row_text from reports.rpt_seed_faults order by seed, fault, row_text limit"
    " $shown"
)
WORDS = {
    "held": "consent statements are not understood, marketing to their people is held",
    "left_out": "grants of consent have no time and do not count",
    "time_in_future": (
        "consent statements have a time that is still to come: a no counts since it was landed"
    ),
    "matches_nearly": "refusals name a record by another spelling of its id, and count",
    "matches_nobody": "consent statements match no record",
}


def describe_issues(warehouse: Warehouse) -> list[str]:
    """A sentence for each kind of consent statement that needs a look; none where all is well, or
    nothing was decided yet.
    """
    if not has_table(warehouse, "contacts", "consent_issues"):
        return []
    counts = dict(query(warehouse, COUNTS))
    return [
        f"{counts[kind]:,} {text}: `sluice lint` names them"
        for kind, text in WORDS.items()
        if kind in counts
    ]


def describe_seeds(warehouse: Warehouse) -> list[str]:
    """A sentence for each seed with rows that are left out."""
    if not has_table(warehouse, "reports", "rpt_seed_faults"):
        return []
    counts = query(warehouse, SEED_COUNTS)
    return [
        f"of the seed {seed}, {count:,} row{'s are' if count != 1 else ' is'} left out:"
        " `sluice lint` says which, by file and line"
        for seed, count in counts
    ]


def with_lines(faults: Iterable[dict[str, Any]], folders: Sequence[Path]) -> list[dict[str, Any]]:
    """Faults of seeds with the line of the file instead of what stands in it; without a line where
    the file changed since. The row is of the project's ``my_<seed>``, or of the seed itself: of the
    first folder that has it.
    """
    return [_with_line(fault, folders) for fault in faults]


def _with_line(fault: Mapping[str, Any], folders: Sequence[Path]) -> dict[str, Any]:
    names = [f"my_{fault['seed']}.csv", f"{fault['seed']}.csv"]
    paths = [path for name in names for folder in folders if (path := folder / name).is_file()]
    row = json.loads(fault["row_text"])
    for path in paths:
        lines = _lines_of(path, row)
        if lines:  # of rows alike, the last are left out
            return {"file": f"seeds/{path.name}", "line": lines[-1], "fault": fault["fault"]}
    name = paths[0].name if paths else names[1]
    return {"file": f"seeds/{name}", "line": None, "fault": fault["fault"]}


def _lines_of(path: Path, row: dict[str, Any]) -> list[int]:
    wanted = {name: value or "" for name, value in row.items()}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        return [
            reader.line_num
            for one in reader
            if {name: (one.get(name) or "").strip() for name in wanted} == wanted
        ]
