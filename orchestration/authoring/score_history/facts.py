"""The warehouse as it stood at the cut-off: two temporary tables, ``events_then`` and
``facts_then``.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from sluice.orchestration.authoring.score_history.window import Window
from sluice.orchestration.dbt.rules_text import EVENT_WORDS

WORDS = ", ".join(f"subject as {word}" for word in EVENT_WORDS)


def timed_attributes(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Columns of dim_contacts that say when they were last changed."""
    names = _columns(connection)
    return [name for name in names if f"{name}_updated_at" in names]


def untimed_attributes(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Columns of dim_contacts of which nobody can tell what they were at the cut-off."""
    names = _columns(connection)
    suffixes = ("_updated_at", "_source")
    own = {"contact_id", "created_at", "updated_at"}
    sources = {f"{name}_source" for name in timed_attributes(connection)}
    timed = set(timed_attributes(connection))
    return [
        n
        for n in names
        if n not in own | timed | sources
        and not (n.endswith(suffixes[0]) and n[: -len(suffixes[0])] in timed)
    ]


def stand_then(
    connection: duckdb.DuckDBPyConnection, window: Window, events_of_others: Sequence[str]
) -> None:
    """Make both tables; ``events_of_others`` are not a person's own action.

    An attribute that was changed at or after the cut-off is null, and ``<attribute>__hidden`` says
    so.
    """
    timed = timed_attributes(connection)
    masks = [
        f'case when {_was_known(name, window)} then c."{name}" end as "{name}"' for name in timed
    ]
    flags = [
        f'(c."{name}" is not null and not {_was_known(name, window)}) as "{name}__hidden"'
        for name in timed
    ]
    others = [f'c."{name}"' for name in untimed_attributes(connection)]
    columns = "".join(f", {column}" for column in [*others, *masks, *flags])
    connection.execute(
        f"""create or replace temp table events_then as
        select *, {WORDS} from contacts.contact_events
        where not coalesce(is_machine, false) and occurred_at < {window.start_sql}
            and recorded_at < {window.start_sql}"""
    )
    connection.execute(f"""create or replace temp table facts_then as
        with activity as (
            select
                contact_id,
                max(occurred_at) as last_event_at,
                count(*) filter (event_type = 'order_placed') as order_count,
                count(*) filter (event_type = 'form_submitted') as form_count
            from events_then
            where list_position({list(events_of_others)}, event_type) is null
            group by contact_id
        )
        select
            c.contact_id, c.created_at{columns},
            cast({window.start_sql} as date) - cast(c.created_at as date) as days_known,
            cast({window.start_sql} as date) - cast(coalesce(a.last_event_at,
                c.created_at) as date) as days_silent,
            coalesce(a.order_count, 0) as order_count,
            coalesce(a.form_count, 0) as form_count
        from contacts.dim_contacts as c
        left join activity as a on c.contact_id = a.contact_id
        where c.created_at < {window.start_sql}""")


def _was_known(name: str, window: Window) -> str:
    return f'coalesce(c."{name}_updated_at" < {window.start_sql}, false)'


def _columns(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in connection.execute("describe contacts.dim_contacts").fetchall()]
