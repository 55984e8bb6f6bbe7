"""Conversions as Meta keeps them: hashes only, at most 1,000 events, none older than 7 days; one
that is wrong refuses the call, and an event_id that came before is dropped.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.meta_audiences import HASH, error
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

TOKEN, DATASET = "sandbox-conversions-token", "1234567890"
PATH = re.compile(r"/v\d+\.\d+/(\d+)/events")
REQUIRED = {"event_name", "event_time", "event_id", "action_source", "user_data"}
LIMIT, OLDEST_SECONDS = 1_000, 7 * 86_400


class MetaConversionsVendor:
    """POST /<version>/<dataset>/events."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, the token and the dataset."""
        return {"url": url, "token": TOKEN, "dataset_id": DATASET}

    def handle(self, request: Request) -> Reply:
        """Answer as the Graph API does: errors are an object with a code."""
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(400, 190, "the access token is not valid")
        found = PATH.fullmatch(request.path)
        if found is None or request.method != "POST" or found[1] != DATASET:
            return error(400, 100, "no such object")
        try:
            events = request.json()["data"]
            is_right = 1 <= len(events) <= LIMIT and all(self._is_good(one) for one in events)
        except (ValueError, KeyError, TypeError):
            is_right, events = False, []
        if not is_right:
            return error(400, 100, "Invalid parameter")
        return self._keep(events)

    def fault_reply(self, fault: HttpFault) -> Reply:
        """Limits and tokens come as 400."""
        codes = {"500": (500, 2), "429": (400, 4), "401": (400, 190)}
        return error(*codes[fault], "scripted")

    def events(self) -> dict[str, dict[str, Any]]:
        """The events that arrived, by event_id."""
        rows = self.store.rows(
            "select key, body from received where vendor = 'meta_conversions'"
            " order by received_id desc",
            (),
        )
        return {key: json.loads(body) for key, body in rows}

    def _keep(self, events: list[dict[str, Any]]) -> Reply:
        known = self.events()
        new = {one["event_id"]: one for one in events if one["event_id"] not in known}
        for key, one in new.items():
            who = next(iter(one["user_data"].values()))[0]
            shown = json.dumps(one, ensure_ascii=False)
            self.store.add_received(
                "meta_conversions", "conversion", who, shown, title=one["event_name"], key=key
            )
        self.store.add_call("meta_conversions", "post", len(new))
        return Reply(200, {"events_received": len(events), "messages": []})

    def _is_good(self, event: dict[str, Any]) -> bool:
        """All there, young enough, and whoever did it as hashes in lower-case hex."""
        hashes = [value for values in event["user_data"].values() for value in values]
        age = self.clock.now().timestamp() - event["event_time"]
        return (
            event.keys() >= REQUIRED
            and bool(hashes)
            and all(HASH.fullmatch(one) for one in hashes)
            and -60 <= age <= OLDEST_SECONDS
        )
