"""A segment as its file stands now, against the contacts of the last run: nothing is built, nothing
is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.orchestration.authoring.segments.catalog import PREFIX, segment_node
from sluice.orchestration.authoring.segments.explanation import count_conditions
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.settings import Settings, as_utc
from sluice.orchestration.warehouse.base import Session, WarehouseError
from sluice.orchestration.warehouse.reader import open_warehouse

SAMPLE = """
select c.contact_id, left(c.full_name, 1) || '*' as name, c.language, c.province, c.city,
    l.stage as activity,
    c.email is not null as has_email, c.phone is not null as has_phone,
        c.unionid is not null as has_wechat
from selected as s
inner join contacts.dim_contacts as c on s.contact_id = c.contact_id
left join lifecycle.contact_lifecycle as l on c.contact_id = l.contact_id
    and l.lifecycle = 'activity'
order by md5(cast(c.contact_id as varchar)) limit $1
"""
OVERLAPS = """
select m.segment, count(*) as members, round(count(*) * 1.0 / (select count(*) from selected),
    3) as share
from selected as s inner join segments.segment_members as m on s.contact_id = m.contact_id
where m.segment <> $1 group by m.segment order by 2 desc, 1
"""
TREND = """
select changed_at, entered, exited, sum(entered - exited) over (order by changed_at) as members
from (
    select changed_at, count(*) filter (change = 'entered') as entered,
        count(*) filter (change = 'exited') as exited
    from segments.segment_changes where segment = $1 group by changed_at
) order by changed_at
"""
MOVES = """
select case when m.contact_id is null then 'enters' else 'leaves' end as change,
    coalesce(s.contact_id, m.contact_id) as contact_id
from selected as s
full outer join (select contact_id from segments.segment_members where segment = $1) as m
    on s.contact_id = m.contact_id
where s.contact_id is null or m.contact_id is null order by 1, 2
"""


def preview(settings: Settings, dbt: Dbt, name: str, sample: int) -> dict[str, Any]:
    """Size, a masked sample, overlaps with other segments (of the last run) and the trend over the
    runs so far; of a segment without members, for how many contacts each of its conditions
    holds.
    """
    sql = compiled_segment(settings, dbt, name)
    with _selected(settings, sql) as connection:
        members = _rows(connection, "select count(*) as n from selected")[0]["n"]
        return {
            "segment": name,
            "members": members,
            "conditions": [] if members else count_conditions(connection, sql),
            "sample": _rows(connection, SAMPLE, [sample]),
            "overlaps": _rows(connection, OVERLAPS, [name]),
            "trend": _rows(connection, TREND, [name]),
        }


def diff(settings: Settings, dbt: Dbt, name: str) -> dict[str, Any]:
    """Who would enter and who would leave, against the members of the last run."""
    with _selected(settings, compiled_segment(settings, dbt, name)) as connection:
        moves = _rows(connection, MOVES, [name])
        size = _rows(connection, "select count(*) as n from selected")[0]["n"]
        before = _rows(
            connection,
            "select count(*) as n from segments.segment_members where segment = $1",
            [name],
        )[0]["n"]
    found = {
        change: [row["contact_id"] for row in moves if row["change"] == change]
        for change in ("enters", "leaves")
    }
    return {"segment": name, "members_before": before, "members_after": size, **found}


def compiled_segment(settings: Settings, dbt: Dbt, name: str) -> str:
    """The SQL of a segment as its file stands, at the logical time of the last run."""
    segment_node(dbt.manifest, name)
    return dbt.compile(last_as_of(settings), [f"{PREFIX}{name}"])[f"{PREFIX}{name}"]


def last_as_of(settings: Settings) -> datetime:
    """The logical time of the last run of this home. Raises ConfigurationError when there was
    none.
    """
    runs = sorted(
        (settings.home / "runs").glob("*/run.json"), key=lambda path: path.stat().st_mtime
    )
    if not runs:
        raise ConfigurationError(
            "nothing was decided in this home yet", "run `sluice plan` first, or set SLUICE_HOME"
        )
    return as_utc(datetime.fromisoformat(json.loads(runs[-1].read_text(encoding="utf-8"))))


@contextmanager
def _selected(settings: Settings, sql: str) -> Iterator[Session]:
    """A connection with the table ``selected``: the contacts that the SQL of a segment gives
    now.
    """
    with open_warehouse(settings.warehouse) as connection:
        try:
            connection.native(
                f"create temp table selected as select distinct contact_id from ({sql}) as segment"
                " where contact_id is not null"
            )
        except WarehouseError as error:
            first = str(error).splitlines()[0]
            raise ConfigurationError(
                f"the segment cannot be computed: {first}",
                "fix its .sql, or run `sluice plan` once",
            ) from error
        yield connection


def _rows(session: Session, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    return session.execute(sql, values).records()
