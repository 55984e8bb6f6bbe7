"""Changes in the preference page as rows of ``inbox.preferences``: who changed what, when, by the
link of which message, and what the page said. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from sluice.activations.inbox.preferences.routes import SOURCE

Row = dict[str, Any]


def preference_rows(row: Mapping[str, Any]) -> list[Row]:
    """One row a change of an event of the inbox; none for any other event."""
    if (row["source"], row["kind"]) != (SOURCE, "preference"):
        return []
    body = orjson.loads(row["body"]) if isinstance(row["body"], str) else row["body"]
    changes, proof = body.get("changes"), body.get("proof")
    if not isinstance(changes, list) or not isinstance(proof, dict):
        return []  # erased
    return [
        {
            "event_id": row["event_id"],
            "event_key": row["event_key"],
            "contact_id": body.get("contactId"),
            "delivery_id": body.get("deliveryId"),
            "preference": preference,
            "value": value,
            "language": proof.get("language"),
            "proof": f"{proof.get('how')}: {proof.get('text')}",
            "stated_at": row["occurred_at"],
            "received_at": row["received_at"],
        }
        for one in changes
        for preference, value in _said(one)
    ]


def _said(change: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """As ``contact_preferences`` names it; of a channel, its name and purpose."""
    if "channel" in change:
        yield f"channel:{change['channel']}:{change['purpose']}", change["status"]
    elif "topic" in change:
        yield f"topic:{change['topic']}", change["status"]
    else:
        yield from change.items()
