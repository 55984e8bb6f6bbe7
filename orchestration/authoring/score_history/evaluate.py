"""The points that a card gives at the cut-off, over ``events_then`` and ``facts_then``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml

from sluice.models.errors import ConfigurationError
from sluice.orchestration.authoring.score_history.window import Window
from sluice.orchestration.dbt.rules_text import read_rules


def read_scorecard(path: Path) -> dict[str, Any] | None:
    """The rules of a score model; None when there is no such file. Raises ConfigurationError when
    it holds none.
    """
    if not path.is_file():
        return None
    try:
        found = read_rules(path)
        scorecard = found.data if found else {}
        return dict(scorecard) | {"rules": list(scorecard["rules"])}
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(
            f"{path.name} holds no scorecard",
            "write {% set card %}, the rules in YAML, {% endset %}: see docs/scoring.md",
        ) from error


def points_then(
    connection: duckdb.DuckDBPyConnection, scorecard: Mapping[str, Any], window: Window
) -> tuple[pd.Series, list[str]]:
    """The total of each contact of ``facts_then``, by contact_id, and the rules that could not be
    asked of that time.
    """
    contacts = [
        row[0]
        for row in connection.execute(
            "select contact_id from facts_then order by contact_id"
        ).fetchall()
    ]
    kinds: dict[str, pd.Series] = {}
    skipped = []
    for rule in scorecard["rules"]:
        points = _points(connection, rule, window)
        if points is None:
            skipped.append(str(rule.get("rule", "without a name")))
            continue
        kind = str(rule.get("kind", ""))
        kinds[kind] = kinds.get(kind, pd.Series(0.0, index=contacts)).add(
            points.reindex(contacts, fill_value=0.0)
        )
    caps = scorecard.get("caps") or {}
    total = pd.Series(float(scorecard.get("base") or 0), index=contacts)
    for kind, points in kinds.items():
        total += points.clip(upper=caps[kind]) if kind in caps else points
    return total.clip(lower=scorecard.get("floor"), upper=scorecard.get("ceiling")), skipped


def _points(
    connection: duckdb.DuckDBPyConnection, rule: Mapping[str, Any], window: Window
) -> pd.Series | None:
    """The points of one rule by contact_id; None when it asks what is not known of that time."""
    if rule.get("after"):
        return None
    try:
        if rule.get("contact"):
            found = connection.execute(
                f"select contact_id from facts_then where ({rule['contact']})"
            ).df()
            return pd.Series(float(rule["points"]), index=found["contact_id"])
        return _event_points(connection, rule, window)
    except duckdb.Error:
        return None


def _event_points(
    connection: duckdb.DuckDBPyConnection, rule: Mapping[str, Any], window: Window
) -> pd.Series:
    days, half_life = rule.get("within_days"), rule.get("half_life_days")
    inside = f" and e.occurred_at > {window.start_sql} - interval {int(days)} day" if days else ""
    age = f"(epoch({window.start_sql}) - epoch(e.occurred_at)) / 86400.0"
    weight = f"power(0.5, {age} / {half_life})" if half_life else "1.0"
    events = connection.execute(f"""
        select
            f.contact_id,
            count(e.contact_id) as number,
            coalesce(sum(case when e.contact_id is not null then {weight} end), 0) as weight
        from facts_then as f
        left join (select * from events_then where ({rule["event"]})) as e
            on f.contact_id = e.contact_id{inside}
        group by f.contact_id""").df()
    events = events.set_index("contact_id")
    number, points = events["number"], float(rule["points"])
    if rule.get("absent"):
        return (number == 0) * points
    holds = (number >= int(rule.get("at_least") or 1)) & (
        number <= float(rule.get("at_most") or np.inf)
    )
    return _worth(events, points, rule).where(holds, 0.0)


def _worth(events: pd.DataFrame, points: float, rule: Mapping[str, Any]) -> pd.Series:
    """Points of one match, of each event, or of their mean freshness."""
    if rule.get("each"):
        worth = (points * events["weight"]).round()
        cap = rule.get("cap")
        return worth if not cap else worth.clip(lower=-cap) if points < 0 else worth.clip(upper=cap)
    if rule.get("half_life_days"):
        return (points * events["weight"] / events["number"].clip(lower=1)).round()
    return pd.Series(points, index=events.index)
