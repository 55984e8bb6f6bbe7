"""A small warehouse file, made by hand: contacts, their events and a segment around one moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

CUT_OFF = datetime(2026, 5, 1)
BEFORE, AFTER = CUT_OFF - timedelta(days=10), CUT_OFF + timedelta(days=5)
ATTRIBUTES = ["full_name", "email", "company", "job_title", "owner_id"]
NAME, MAIL = "Zhang Sanfeng", "zhang@example.com"


def contacts(count: int = 400) -> pd.DataFrame:
    """Contacts known long before the cut-off; every other one is a chief, all of it recorded
    before.
    """
    frame = pd.DataFrame({"contact_id": range(count)})
    for name in ATTRIBUTES:
        frame[name] = pd.Series(None, index=frame.index, dtype=object)
        frame[f"{name}_source"] = "crm"
        frame[f"{name}_updated_at"] = BEFORE
    frame["full_name"], frame["email"], frame["owner_id"] = NAME, MAIL, "u1"
    frame["job_title"] = np.where(frame["contact_id"] % 2 == 0, "CEO", "总监's")
    frame["language"] = "zh"
    frame["created_at"] = BEFORE - timedelta(days=300)
    frame["updated_at"] = BEFORE
    return frame


def events(rows: list[tuple[int, str, str | None, datetime, datetime]]) -> pd.DataFrame:
    """Events of (contact, type, subject, occurred, recorded)."""
    frame = pd.DataFrame(
        rows, columns=["contact_id", "event_type", "subject", "occurred_at", "recorded_at"]
    )
    return frame.assign(is_machine=False, event_key=range(len(frame)))


def buyers(count: int = 400, share: float = 0.25, seed: int = 1) -> list[int]:
    """Who orders after the cut-off: by chance, nothing known before tells."""
    return [int(n) for n in np.flatnonzero(np.random.default_rng(seed).random(count) < share)]


def orders(who: list[int]) -> list[tuple[int, str, str | None, datetime, datetime]]:
    """An order of each, five days after the cut-off."""
    return [(contact, "order_placed", "paid", AFTER, AFTER) for contact in who]


def write(
    path: Path, people: pd.DataFrame, happened: pd.DataFrame, changes: pd.DataFrame | None = None
) -> None:
    """The warehouse file."""
    empty = pd.DataFrame(
        {"segment": ["x"], "contact_id": [0], "change": ["entered"], "changed_at": [BEFORE]}
    )[:0]
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        for table, frame in (
            ("contacts.dim_contacts", people),
            ("contacts.contact_events", happened),
            ("segments.segment_changes", empty if changes is None else changes),
        ):
            connection.register("frame", frame)
            connection.execute(f"create schema if not exists {table.split('.')[0]}")
            connection.execute(f"create table {table} as select * from frame")
            connection.unregister("frame")
        for column in ("company", "job_title"):
            connection.execute(f"alter table contacts.dim_contacts alter {column} type varchar")
