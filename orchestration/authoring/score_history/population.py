"""Whom a score is learnt from, who of them had the outcome, and who is kept apart to measure on."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from sluice.models.errors import ConfigurationError
from sluice.orchestration.authoring.score_history.window import Window, left_out_sql, outcomes_sql

LEAST = 30  # contacts with the outcome, and without


@dataclass(frozen=True)
class Population:
    """Contacts known before the cut-off, by contact_id; ``outcomes`` are 0 and 1, ``times``
    when each was first known, UTC.
    """

    contacts: pd.Series
    outcomes: npt.NDArray[np.int64]
    is_train: npt.NDArray[np.bool_]
    times: pd.Series


def find_population(connection: duckdb.DuckDBPyConnection, window: Window) -> Population:
    """Everybody in ``facts_then`` who can have the outcome. Raises ConfigurationError when too few
    had it, or had it not.
    """
    rows = connection.execute(
        f"""select f.contact_id, o.contact_id is not null, f.created_at from facts_then as f
            left join ({outcomes_sql(window)}) as o on f.contact_id = o.contact_id
            where f.contact_id not in ({left_out_sql(window)}) order by f.contact_id""",
        {"target": window.target},
    ).fetchall()
    outcomes = np.array([had for _, had, _ in rows], dtype=np.int64)
    positive, negative = int(outcomes.sum()), int(len(outcomes) - outcomes.sum())
    if min(positive, negative) < LEAST:
        raise ConfigurationError(
            f"of {len(rows):,} contacts known before {window.cut_off:%Y-%m-%d}, {positive:,} had"
            f" '{window.target}' in the {window.days} days after and {negative:,} had not: a card"
            f" needs {LEAST} of each",
            (
                "set a longer --horizon-days with an earlier --cut-off, or another --target"
                if positive < LEAST
                else "set a shorter --horizon-days, or another --target"
            ),
        )
    contacts = pd.Series([contact for contact, _, _ in rows], name="contact_id")
    times = pd.Series([created for _, _, created in rows], dtype="datetime64[us]")
    return Population(contacts, outcomes, contacts.map(is_training).to_numpy(dtype=bool), times)


def is_training(contact_id: object) -> bool:
    """Whether a contact is one of the 70 % to fit with: by a hash, so that it stays where it is."""
    return (
        int(hashlib.md5(str(contact_id).encode(), usedforsecurity=False).hexdigest()[:8], 16) % 10
        < 7
    )


def restrict(connection: duckdb.DuckDBPyConnection, applies_to: object) -> str | None:
    """Leave only the contacts that the present card applies to. Returns what to say when that
    cannot be asked of the cut-off.
    """
    if not applies_to:
        return None
    try:
        connection.execute(f"delete from facts_then where not coalesce(({applies_to}), false)")
    except duckdb.Error:
        return (
            "The present card applies to some contacts only, by what is not known of that time;"
            " this one was learnt from all."
        )
    return f"Learnt from the contacts the present card applies to: `{applies_to}`."


def check_excluded(
    connection: duckdb.DuckDBPyConnection, exclude: Collection[str], option: str = "--exclude"
) -> None:
    """Raises ConfigurationError naming what is no column, measure, event type or subject."""
    columns = [row[0] for row in connection.execute("describe facts_then").fetchall()]
    events = [
        row[0]
        for row in connection.execute(
            "select distinct event_type from contacts.contact_events order by 1"
        ).fetchall()
    ]
    subjects = {
        row[0]
        for row in connection.execute(
            "select distinct subject from contacts.contact_events"
        ).fetchall()
    }
    unknown = sorted(set(exclude) - set(columns) - set(events) - subjects)
    if unknown:
        asked = ", ".join(name for name in columns if not name.endswith("__hidden"))
        raise ConfigurationError(
            f"{option} names what there is not: {', '.join(unknown)}",
            f"use columns ({asked}), event types ({', '.join(map(str, events))}) or subjects of"
            " events",
        )


def guard_lines(
    connection: duckdb.DuckDBPyConnection,
    window: Window,
    hidden: dict[str, npt.NDArray[np.bool_]],
    exclude: Collection[str],
) -> list[str]:
    """What was kept from the card, in words, with numbers."""
    sql = f"""select
        count(*) filter (occurred_at < {window.start_sql} and recorded_at >= {window.start_sql}),
        count(*) filter (occurred_at >= {window.start_sql}),
        count(*) filter (coalesce(is_machine, false) and occurred_at < {window.start_sql})
        from contacts.contact_events"""
    late, after, machine = connection.execute(sql).fetchone() or (0, 0, 0)
    later_contacts = connection.execute(
        f"select count(*) from contacts.dim_contacts where created_at >= {window.start_sql}"
    ).fetchone()
    lines = [
        (
            f"{after:,} events at or after the cut-off, and {late:,} that happened before it but"
            " were recorded later, were left out."
        ),
        f"{machine:,} events of machines were left out.",
        (
            f"{later_contacts[0] if later_contacts else 0:,} contacts first known at or after the"
            " cut-off were left out."
        ),
        *(
            f"`{name}`: of {int(mask.sum()):,} contacts nothing was learnt, neither from the value"
            " nor from its absence, since values were changed at or after the cut-off."
            for name, mask in sorted(hidden.items())
        ),
    ]
    return [*lines, *([f"Excluded by hand: {', '.join(sorted(exclude))}."] if exclude else [])]
