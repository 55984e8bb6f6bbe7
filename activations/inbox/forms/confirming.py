"""Double opt-in: the mail with the link that confirms, and the event of who followed it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool

from sluice.activations.addresses import address_hash, mailbox
from sluice.activations.destinations.base import Destination
from sluice.activations.inbox.address_limits import KeyedLimits
from sluice.activations.inbox.events import Event, key_of
from sluice.activations.inbox.forms.definition import DoubleOptIn
from sluice.activations.inbox.forms.submission import SOURCE, Call, Result
from sluice.activations.inbox.forms.tokens import FormTokens
from sluice.activations.inbox.store import Row
from sluice.models.delivery import Message, Outcome

log = logging.getLogger(__name__)
PAUSES = (0.0, 5.0, 30.0, 120.0)  # seconds before each try, while the server asks to come again
MAILS_PER_HOUR = 3  # to one mailbox: a form must not be a way to fill one


class ConfirmMails:
    """Sends the mails. ``open_destination``: the client of a destination, for a template."""

    def __init__(
        self,
        tokens: FormTokens,
        base: str,
        open_destination: Callable[[str, str], Destination],
        limits: KeyedLimits | None = None,
        pause: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep,
    ) -> None:
        self._tokens, self._base, self._open, self._pause = tokens, base, open_destination, pause
        self._limits = limits or KeyedLimits()
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun: dict[str, None] = {}

    def begin(self, call: Call, result: Result) -> None:
        """Send the mail of a submission that was kept, once, while others are served."""
        rule, event = call.form.double_opt_in, result.event
        if rule is None or event is None or result.confirm is None:
            return
        if event.event_key in self._begun:  # a double click
            return
        self._begun[event.event_key] = None
        if len(self._begun) > 10_000:
            self._begun.pop(next(iter(self._begun)))
        if self._limits.try_take(mailbox(result.confirm), MAILS_PER_HOUR / 3600, MAILS_PER_HOUR):
            log.warning("form %s: a mailbox had its mails for this hour", call.name)
            return
        message = self._message(call, rule, event, result.confirm)
        task = asyncio.create_task(self._send(call.name, rule.destination, message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _message(self, call: Call, rule: DoubleOptIn, event: Event, address: str) -> Message:
        until = event.occurred_at + timedelta(hours=rule.hours)
        token = self._tokens.confirmation(call.name, event.event_key, until)
        url = f"{self._base}/f/{call.name}/confirm/{token}?lang={call.language}"
        number = int.from_bytes(bytes.fromhex(event.event_key[:16]), signed=True)
        return Message(
            delivery_id=number,
            contact_id=0,
            address=address,
            address_hash=address_hash("email", address),
            channel="email",
            template=rule.template,
            language=call.language,
            values={
                "confirm_url": url,
                "form_title": call.form.text(call.form.title, call.language),
                "hours": f"{rule.hours:g}",
            },
            purpose="transactional",
        )

    async def _send(self, form: str, destination: str, message: Message) -> None:
        reason: str | None = "not tried"
        for seconds in PAUSES:
            await self._pause(seconds)
            outcome, reason = await run_in_threadpool(self._try, destination, message)
            if outcome is Outcome.ACCEPTED:
                return
            if outcome is not Outcome.RETRY:
                break
        log.error("form %s: a mail to confirm was not sent by %s (%s)", form, destination, reason)

    def _try(self, destination: str, message: Message) -> tuple[Outcome, str | None]:
        try:
            client = self._open(destination, message.template)
        except Exception as error:  # it is not configured: the log says so
            return Outcome.FAILED, type(error).__name__
        try:
            (result,) = client.send([message])
        except Exception as error:
            return Outcome.UNKNOWN, type(error).__name__
        finally:
            client.close()
        return result.outcome, result.reason

    async def finish(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._tasks, return_exceptions=True)


def confirmation(row: Row, now: datetime, agent: str) -> Event | None:
    """The event of a submission that was confirmed, with the consents that wait for it; None for
    what asks for none.
    """
    body = orjson.loads(row["body"])
    if row["kind"] != "form" or "pendingConsents" not in body:
        return None
    pending = body.pop("pendingConsents")
    key = key_of(SOURCE, f"{row['event_key']}:confirmed", {}, "")
    proof = {"confirmedAt": now.isoformat(), "userAgent": agent[:500], "by": "link in a mail"}
    return Event(
        SOURCE, "form", key, now, {**body, "consents": pending, "confirmed": True, "proof": proof}
    )
