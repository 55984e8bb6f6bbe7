"""Double opt-in: which submission asks for a mail, what the mail says, and the event of who
followed its link.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

import orjson

from sluice.activations.addresses import address_hash, mailbox
from sluice.activations.inbox.address_limits import KeyedLimits, RateLimits
from sluice.activations.inbox.events import Event, PendingMail, key_of
from sluice.activations.inbox.forms.definition import Form
from sluice.activations.inbox.forms.submission import SOURCE, Call, Result
from sluice.activations.inbox.forms.tokens import FormTokens
from sluice.activations.inbox.outbox import WaitingMail
from sluice.activations.inbox.store import Row
from sluice.models.delivery import Message

log = logging.getLogger(__name__)
MAILS_PER_HOUR = 3  # to one mailbox: a form must not be a way to fill one


class ConfirmMails:
    """Decides which submissions get a mail, and writes it."""

    def __init__(self, tokens: FormTokens, base: str, limits: RateLimits | None = None) -> None:
        self._tokens, self._base = tokens, base
        self._limits = limits or KeyedLimits()

    def attach(self, call: Call, result: Result) -> Event | None:
        """The event to keep, with the mail that it asks for. It is sent once, however often the
        same submission comes.
        """
        rule, event = call.form.double_opt_in, result.event
        if rule is None or event is None or result.confirm is None:
            return event
        if not self._has_room(event.event_key, mailbox(result.confirm)):
            log.warning("form %s: a mailbox had its mails for this hour", call.name)
            return event
        until = event.occurred_at + timedelta(hours=rule.hours)
        return replace(event, mail=PendingMail(call.name, call.language, until))

    def _has_room(self, event_key: str, address: str) -> bool:
        per_second, double_click = MAILS_PER_HOUR / 3600, f"mail {event_key}"
        return not self._limits.try_take(
            f"mailbox {address}", per_second, MAILS_PER_HOUR, double_click
        )

    def message(self, form: Form, waiting: WaitingMail, row: Row) -> Message | None:
        """The mail of a submission, with the same link at each try; None where the form asks for
        none any more, or the submission was erased.
        """
        rule = form.double_opt_in
        address = (orjson.loads(row["body"]).get("traits") or {}).get("email")
        if rule is None or not address:
            return None
        token = self._tokens.confirmation(waiting.form, waiting.event_key, waiting.expires_at)
        url = f"{self._base}/f/{waiting.form}/confirm/{token}?lang={waiting.language}"
        number = int.from_bytes(bytes.fromhex(waiting.event_key[:16]), signed=True)
        return Message(
            delivery_id=number,
            contact_id=0,
            address=address,
            address_hash=address_hash("email", address),
            channel="email",
            template=rule.template,
            language=waiting.language,
            values={
                "confirm_url": url,
                "form_title": form.text(form.title, waiting.language),
                "hours": f"{rule.hours:g}",
            },
            purpose="transactional",
        )


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
