"""The QR codes of a project, served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import orjson
from starlette.routing import Route

from sluice.activations.inbox.codes import routes
from sluice.activations.inbox.codes.definition import Codes
from sluice.activations.inbox.codes.shared_turns import SharedTurns
from sluice.activations.inbox.keeping import GroupCommit
from sluice.activations.inbox.store import Inbox
from sluice.orchestration.installation.settings import Settings


@contextmanager
def code_routes(
    settings: Settings, inbox: Inbox, commit: GroupCommit, public_url: str
) -> Iterator[list[Route]]:
    """The routes, for the block; a day of limits is one in the time zone of the schedule."""
    zone = settings.project.config.schedule.time_zone
    turns = SharedTurns(settings.limits, lambda moment: taken_since(inbox, moment), zone)
    codes = Codes(settings.project.content)
    yield routes.routes(codes, turns, commit, is_https=public_url.startswith("https://"))
    turns.close()


def taken_since(inbox: Inbox, moment: datetime) -> Iterator[tuple[str, int]]:
    """Code and target of each person who was given one since a moment."""
    for row in inbox.of_kind(routes.KIND, since=moment):
        body = orjson.loads(row["body"])
        if body.get("isNew") and isinstance(body.get("place"), int):
            yield body["qr"], body["place"]
