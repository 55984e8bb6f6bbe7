"""What a project offers in its preference page, and what of a person it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from sluice.activations.ledger.store import Ledger

PURPOSE = "preferences"  # of tokens
PATH = "/p/"
PAUSE = timedelta(days=30)
CHANNELS = ("email", "sms", "wechat", "phone")
Row = dict[str, Any]


@dataclass(frozen=True)
class Centre:
    """``topics``: by name, the title in each language of the page. ``languages``: that messages are
    written in. ``link_days``: how long a link leads here; None for ever. ``sender``: whose page it
    is, to people.
    """

    topics: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    languages: tuple[str, ...] = ("zh", "en")
    link_days: int | None = None
    sender: str = ""

    def is_expired(self, sent_at: datetime, now: datetime) -> bool:
        """Whether a link is too old; both times of one kind."""
        return self.link_days is not None and now - sent_at > timedelta(days=self.link_days)


@dataclass(frozen=True)
class Channel:
    """A channel that reaches the person. ``masked_address``: empty where none is known."""

    name: str
    is_on: bool
    masked_address: str = ""


@dataclass(frozen=True)
class Shown:
    """What the page shows: ``refused`` are topics, ``paused_until`` is naive UTC, ``language`` is
    what messages to the person are written in, empty where it is not known.
    """

    channels: tuple[Channel, ...]
    refused: frozenset[str]
    is_less: bool
    language: str
    paused_until: datetime | None
    address_hashes: Mapping[str, str]


class People:
    """What the last run knew of whoever gets messages (model int_preference_pages): a file, since
    the warehouse is not to be opened while a run writes it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def channels_of(self, contact_id: int) -> list[Row]:
        """The rows of a contact; none where no run has written them yet."""
        try:
            found = pq.read_table(self._path, filters=[("contact_id", "==", contact_id)])
        except FileNotFoundError:
            return []
        rows: list[Row] = found.to_pylist()
        return rows


def look_up(ledger: Ledger, people: People, delivery: Row, now: datetime) -> Shown:
    """What is known of the person that a delivery went to: what they stated goes before what the
    last run knew.
    """
    contact_id = int(delivery["subject_id"])
    rows = {row["channel"]: row for row in people.channels_of(contact_id)}
    consents, stated = ledger.stated_by(contact_id)
    rows.setdefault(delivery["channel"], {"is_granted": True})
    channels = tuple(
        Channel(
            name,
            consents.get(name, bool(rows[name]["is_granted"])),
            rows[name].get("masked_address") or "",
        )
        for name in CHANNELS
        if name in rows
    )
    languages = [str(row["language"]) for row in rows.values() if row.get("language")]
    until = _time(stated.get("pause_until"))
    return Shown(
        channels,
        frozenset(
            name.removeprefix("topic:")
            for name, value in stated.items()
            if name.startswith("topic:") and value == "refused"
        ),
        stated.get("frequency") == "less",
        stated.get("language") or (languages[0] if languages else ""),
        until if until is not None and until > now.replace(tzinfo=None) else None,
        {name: row["address_hash"] for name, row in rows.items() if row.get("address_hash")},
    )


def _time(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
