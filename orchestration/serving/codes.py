"""The QR codes of a project, served."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import orjson
from starlette.routing import Route

from sluice.activations.inbox.codes import routes
from sluice.activations.inbox.codes.definition import Codes
from sluice.activations.inbox.codes.turns import Turns
from sluice.activations.inbox.keeping import GroupCommit
from sluice.activations.inbox.store import Inbox
from sluice.orchestration.installation.settings import Settings


def code_routes(
    settings: Settings, inbox: Inbox, commit: GroupCommit, public_url: str
) -> list[Route]:
    """The routes; a day of limits is one in the time zone of the schedule."""
    turns = Turns(
        lambda moment: taken_since(inbox, moment), settings.project.config.schedule.time_zone
    )
    codes = Codes(settings.project.content)
    return routes.routes(codes, turns, commit, is_https=public_url.startswith("https://"))


def taken_since(inbox: Inbox, moment: datetime) -> Iterator[tuple[str, int]]:
    """Code and target of each person who was given one since a moment."""
    for row in inbox.of_kind(routes.KIND, since=moment):
        body = orjson.loads(row["body"])
        if body.get("isNew") and isinstance(body.get("place"), int):
            yield body["qr"], body["place"]
