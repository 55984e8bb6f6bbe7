"""Sends the mails to confirm that wait in the outbox, while the service runs.

A try that the mail server puts off is repeated, also by the next process, until the link would no
longer work. A mail that may have arrived is not sent again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool

from sluice.activations.destinations.base import Destination
from sluice.activations.inbox.forms.catalog import Forms
from sluice.activations.inbox.forms.confirming import ConfirmMails
from sluice.activations.inbox.forms.reading import FormError
from sluice.activations.inbox.keeping import utc_now
from sluice.activations.inbox.outbox import WaitingMail
from sluice.activations.inbox.store import Inbox
from sluice.models.delivery import Message, Outcome

log = logging.getLogger(__name__)
BACKOFF = (5, 30, 120, 600, 1_800, 3_600)  # seconds after each try; from the last on, hourly
AT_ONCE = 8
IDLE_SECONDS = 30.0  # how often the outbox is looked at, where nothing asks for it


class ConfirmSender:
    """Sends what waits. ``open_destination``: the client of a destination, for a template."""

    def __init__(
        self,
        inbox: Inbox,
        forms: Forms,
        mails: ConfirmMails,
        open_destination: Callable[[str, str], Destination],
        clock: Callable[[], datetime] = utc_now,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._inbox, self._forms, self._mails = inbox, forms, mails
        self._open, self._clock, self._idle = open_destination, clock, idle_seconds
        self._wake = asyncio.Event()
        self._is_stopping = False

    def wake(self) -> None:
        """Look now: a mail was queued. For the service's event loop."""
        self._wake.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send in the background, for the block; its end waits for the tries under way."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._is_stopping = True
            self._wake.set()
            await task

    async def _run(self) -> None:
        while not self._is_stopping:
            self._wake.clear()
            try:
                seconds = await self._send_due()
            except Exception as error:
                log.error("mails to confirm were not read (%s)", type(error).__name__)
                seconds = self._idle
            if seconds and not self._is_stopping:
                await self._wait(seconds)

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return

    async def _send_due(self) -> float:
        """Try what is due. Returns the seconds until there is more to do."""
        batch = await run_in_threadpool(self._claim)
        await asyncio.gather(*(run_in_threadpool(self._try, one) for one in batch))
        if batch:
            return 0.0
        seconds = await run_in_threadpool(self._inbox.outbox.seconds_to_next, self._clock())
        return self._idle if seconds is None else min(max(seconds, 0.01), self._idle)

    def _claim(self) -> list[WaitingMail]:
        now = self._clock()
        for state, count in self._inbox.outbox.sweep(now).items():
            if count:
                log.error("%d mails to confirm were not sent: %s", count, state)
        return self._inbox.outbox.claim(now, AT_ONCE)

    def _try(self, waiting: WaitingMail) -> None:
        destination, outcome, reason = self._send(waiting)
        if outcome is Outcome.RETRY:
            wait = BACKOFF[min(waiting.tries, len(BACKOFF)) - 1]
            self._inbox.outbox.postpone(waiting.event_key, self._clock() + timedelta(seconds=wait))
            text = "form %s: a mail to confirm waits for %s (%s)"
            log.warning(text, waiting.form, destination, reason)
            return
        self._inbox.outbox.finish(waiting.event_key, outcome.value)
        if outcome is not Outcome.ACCEPTED:
            text = "form %s: a mail to confirm was not sent by %s (%s)"
            log.error(text, waiting.form, destination, reason)

    def _send(self, waiting: WaitingMail) -> tuple[str, Outcome, str | None]:
        """The destination, and what it said. What is not configured may be soon."""
        try:
            form = self._forms.get(waiting.form)
        except FormError:
            return "the service", Outcome.RETRY, "the form is wrong"
        row = self._inbox.with_key(waiting.event_key)
        message = self._mails.message(form, waiting, row) if form and row else None
        if form is None or form.double_opt_in is None or message is None:
            return "the service", Outcome.FAILED, "nothing asks for it any more"
        destination = form.double_opt_in.destination
        try:
            client = self._open(destination, message.template)
        except Exception as error:
            return destination, Outcome.RETRY, type(error).__name__
        return destination, *_deliver(client, message)


def _deliver(client: Destination, message: Message) -> tuple[Outcome, str | None]:
    try:
        (result,) = client.send([message])
    except Exception as error:
        return Outcome.UNKNOWN, type(error).__name__
    finally:
        client.close()
    return result.outcome, result.reason
