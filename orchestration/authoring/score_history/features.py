"""What is known of each contact at the cut-off, as a table: attributes, and how often which event
happened.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from sluice.orchestration.authoring.score_history.facts import timed_attributes, untimed_attributes
from sluice.orchestration.authoring.score_history.guards import (
    UNSPEAKABLE,
    asked_by_rules,
    never_used,
)
from sluice.orchestration.authoring.score_history.window import Window
from sluice.scorecards.levels import literal

WINDOWS = (30, 90)  # days before the cut-off
MOST_SUBJECTS = 8  # of one event type
MEASURES = ("days_silent", "days_known", "order_count")
# of the contacts: above it, that an attribute is empty today tells of what came after the cut-off
HIDDEN_SHARE = 0.05


@dataclass(frozen=True)
class Feature:
    """A column of the table, and the condition that a rule asks: of an event in a window of days,
    or of the contact.
    """

    name: str
    event: str | None = None
    within_days: int | None = None
    event_type: str | None = None
    subject: str | None = None


@dataclass(frozen=True)
class Features:
    """One row a contact, by contact_id; ``hidden`` marks what nothing may be learnt from;
    ``left_out`` says why not.
    """

    features: list[Feature]
    table: pd.DataFrame
    hidden: dict[str, npt.NDArray[np.bool_]]
    left_out: dict[str, str]


def build_features(
    connection: duckdb.DuckDBPyConnection,
    window: Window,
    contacts: pd.Series,
    exclude: Collection[str],
    least: int,
) -> Features:
    """The features of some contacts. A subject or event type of fewer than ``least`` contacts is
    none.
    """
    attributes, left_out = _attributes(connection, exclude)
    measures = [Feature(name) for name in MEASURES if name not in exclude]
    events = _event_features(connection, window, exclude, least)
    names = [feature.name for feature in [*attributes, *measures]]
    columns = ", ".join(
        f'"{name}"'
        for name in ["contact_id", *names, *(f"{feature.name}__hidden" for feature in attributes)]
    )
    facts = (
        connection.execute(f"select {columns} from facts_then")
        .df()
        .set_index("contact_id")
        .loc[contacts]
    )
    counts = _counts(connection, window, events).reindex(contacts, fill_value=0)
    table = pd.concat([facts[names], counts], axis=1).reset_index(drop=True)
    hidden = {feature.name: _nothing_learnt(facts, feature.name) for feature in attributes}
    return Features(
        [*attributes, *measures, *events],
        table,
        {k: v for k, v in hidden.items() if v.any()},
        left_out,
    )


def _attributes(
    connection: duckdb.DuckDBPyConnection, exclude: Collection[str]
) -> tuple[list[Feature], dict[str, str]]:
    never, asked = never_used(), asked_by_rules()
    left_out = {
        name: "nobody can tell what it was at the cut-off"
        for name in untimed_attributes(connection)
    }
    features = []
    for name in timed_attributes(connection):
        if name in never:
            left_out[name] = "personal data"
        elif name in exclude:
            left_out[name] = "excluded"
        elif asked is not None and name not in asked:
            left_out[name] = "no rule can ask it: it is not in contact_facts"
        else:
            features.append(Feature(name))
    return features, left_out | {name: "excluded" for name in exclude if name not in left_out}


def _event_features(
    connection: duckdb.DuckDBPyConnection, window: Window, exclude: Collection[str], least: int
) -> list[Feature]:
    """Each event type that is frequent enough, and each of its subjects that is."""
    recent = f"occurred_at > {window.start_sql} - interval {max(WINDOWS)} day"
    kinds = connection.execute(
        f"""select event_type, count(distinct subject) from events_then where {recent}
            group by event_type having count(distinct contact_id) >= $1 order by event_type""",
        [least],
    ).fetchall()
    subjects = connection.execute(
        f"""select event_type, subject from events_then
            where {recent} and subject is not null and not regexp_matches(subject, $1)
            group by event_type, subject having count(distinct contact_id) >= $2
            qualify row_number() over (partition by event_type
                order by count(distinct contact_id) desc, subject) <= $3
            order by event_type, subject""",
        [UNSPEAKABLE, least, MOST_SUBJECTS],
    ).fetchall()
    several = {kind for kind, number in kinds if number > 1}
    wanted = [(kind, None) for kind, _ in kinds] + [
        (kind, subject) for kind, subject in subjects if kind in several
    ]
    return [
        _event_feature(kind, subject, days)
        for kind, subject in wanted
        if kind not in exclude and (subject is None or subject not in exclude)
        for days in WINDOWS
    ]


def _event_feature(event_type: str, subject: str | None, days: int) -> Feature:
    condition = f"event_type = {literal(event_type)}" + (
        f" and subject = {literal(subject)}" if subject is not None else ""
    )
    name = f"{event_type} {subject} {days}d" if subject is not None else f"{event_type} {days}d"
    return Feature(name, condition, days, event_type, subject)


def _counts(
    connection: duckdb.DuckDBPyConnection, window: Window, events: list[Feature]
) -> pd.DataFrame:
    counts = "".join(
        f", count(*) filter (({event.event}) and occurred_at > {window.start_sql} - interval"
        f" {event.within_days} day)"
        for event in events
    )
    rows = connection.execute(
        f"select contact_id{counts} from events_then group by contact_id"
    ).fetchall()
    frame = pd.DataFrame(rows, columns=["contact_id", *(event.name for event in events)])
    return frame.set_index("contact_id")


def _nothing_learnt(facts: pd.DataFrame, name: str) -> npt.NDArray[np.bool_]:
    """Rows whose value came after the cut-off; where these are many, also rows without a value."""
    is_hidden: npt.NDArray[np.bool_] = facts[f"{name}__hidden"].to_numpy(dtype=bool)
    is_empty: npt.NDArray[np.bool_] = facts[name].isna().to_numpy(dtype=bool)
    return is_hidden | is_empty if is_hidden.mean() > HIDDEN_SHARE else is_hidden
