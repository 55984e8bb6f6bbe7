"""``GET`` and ``POST /p/<token>``: the page that a link in a message leads to.

A GET changes nothing, since scanners open links; a POST must hold the token of the page. A token
names a message of ours, so the person is who that message went to.
"""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sluice.activations.inbox.answers import body_of, page
from sluice.activations.inbox.events import Event, key_of, new_id
from sluice.activations.inbox.keeping import GroupCommit
from sluice.activations.inbox.preferences.centre import (
    PATH,
    PURPOSE,
    Centre,
    People,
    Row,
    Shown,
    look_up,
)
from sluice.activations.inbox.preferences.form import MOST_BYTES, Changes, changes_in, read_form
from sluice.activations.inbox.preferences.page import preference_page, wrong_page
from sluice.activations.inbox.preferences.wording import TEXTS, language_of
from sluice.activations.inbox.tokens import LinkSigner
from sluice.activations.ledger.store import Ledger

SOURCE = "preferences"


def routes(
    centre: Centre, ledger: Ledger, people: People, signer: LinkSigner, commit: GroupCommit
) -> list[Route]:
    """The route of the preference page."""
    endpoint = _Endpoint(centre, ledger, people, signer, commit)
    return [Route(PATH + "{token:path}", endpoint.handle, methods=["GET", "POST"])]


def preferences_url(base: str, signer: LinkSigner, delivery_id: int) -> str:
    """The link of a message."""
    return f"{base}{PATH}{signer.token(PURPOSE, delivery_id)}"


class _Endpoint:
    def __init__(
        self,
        centre: Centre,
        ledger: Ledger,
        people: People,
        signer: LinkSigner,
        commit: GroupCommit,
    ) -> None:
        self._centre, self._ledger, self._people = centre, ledger, people
        self._signer, self._commit = signer, commit

    async def handle(self, request: Request) -> Response:
        body = await body_of(request, MOST_BYTES) if request.method == "POST" else b""
        token, now = request.path_params["token"], self._commit.clock()
        delivery = await run_in_threadpool(self._delivery, token, now)
        if delivery is None:
            return _wrong(request)
        shown = await run_in_threadpool(look_up, self._ledger, self._people, delivery, now)
        if request.method != "POST":
            return self._page(request, token, shown)
        fields = read_form(body)
        if fields.get("token") != [token]:
            return _wrong(request)
        changes = changes_in(fields, self._centre, shown, now)
        if not changes:
            return self._page(request, token, shown, "unchanged")
        await self._keep(request, changes, shown, delivery, now)
        shown = await run_in_threadpool(look_up, self._ledger, self._people, delivery, now)
        return self._page(request, token, shown, "stopped" if changes.stops_all else "saved")

    def _delivery(self, token: str, now: datetime) -> Row | None:
        """The delivery of the message that a token names; None where the link leads nowhere."""
        delivery_id = self._signer.read(PURPOSE, token)
        if delivery_id is None:
            return None
        found = self._ledger.recipient(delivery_id)
        if found is None or self._centre.is_expired(found["claimed_at"].replace(tzinfo=UTC), now):
            return None
        return found

    async def _keep(
        self, request: Request, changes: Changes, shown: Shown, delivery: Row, now: datetime
    ) -> None:
        """In the ledger, which whoever sends asks, and as an event, with what the person saw."""
        language = language_of(request, shown.language)
        await run_in_threadpool(
            self._ledger.answer,
            int(delivery["delivery_id"]),
            changes.consents,
            changes.preferences,
            shown.address_hashes,
            delivery,
            now,
        )
        texts = TEXTS[language]
        proof = {
            "how": "preference_page",
            "language": language,
            "text": texts["stop_note" if changes.stops_all else "consent"],
            "channels": {one.name: one.masked_address for one in shown.channels},
            "statedAt": now.isoformat(),
        }
        kept = {
            "deliveryId": int(delivery["delivery_id"]),
            "contactId": int(delivery["subject_id"]),
            "changes": changes.listed(),
            "proof": proof,
        }
        key = key_of(SOURCE, None, {}, new_id())
        await self._commit.keep([Event(SOURCE, "preference", key, now, kept)])

    def _page(self, request: Request, token: str, shown: Shown, notice: str = "") -> Response:
        language = language_of(request, shown.language)
        body = preference_page(self._centre, shown, token, language, notice)
        return page(body, TEXTS[language]["title"], language)


def _wrong(request: Request) -> Response:
    """The same page whatever is wrong: it says nothing of the link or the person."""
    language = language_of(request)
    return page(wrong_page(language), TEXTS[language]["wrong_title"], language, 403)
