"""Mass messages: ``message/mass/send`` to a list of openids, or ``mass/sendall`` to a tag made for
this send and nobody else.

A tag that a sync keeps is never sent to: it holds people whom consent, caps or a holdout left out.
A list needs two people, so one alone is reached by tag. The vendor sends one mass message a
``clientmsgid``, so a call whose answer was lost is made once more at once; the other batches of a
later run would have other ids, so a later run holds what is unknown.

A service account reaches a person with four mass messages a calendar month. From the fifth on the
vendor leaves that person out and says so only as a count (event MASSSENDJOBFINISH), so such a send
is accepted, and delivered to nobody in particular.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from sluice.activations.destinations.wechat.api import ApiAnswer, official_account
from sluice.activations.destinations.wechat.tagging import ONE_IS_TO_BLAME, Tags
from sluice.activations.destinations.wechat.wechat_mass.config import WeChatMassConfig
from sluice.activations.destinations.wechat.wechat_mass.mapping import (
    Send,
    content_of,
    key_of,
    made_at,
)
from sluice.models.delivery import Capabilities, ItemResult, Message, Outcome
from sluice.models.errors import ContentError

TAGS_LIVE_SECONDS = (
    86_400  # the account's admin has 30 minutes to stop a send, and it takes its time
)


class WeChatMass:
    """A destination for messages with the same content for many."""

    def __init__(self, config: WeChatMassConfig) -> None:
        self.config = config
        # overlapping sends would sweep and make tags at once
        self.capabilities = Capabilities(
            batch_size=config.mass_batch_size,
            on_unknown="hold",
            dedupes=True,
            receipts=True,
            is_one_at_a_time=True,
        )
        self.api = official_account(config)
        self.tags = Tags(self.api)

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        """One send for each content in the batch."""
        results: list[ItemResult] = []
        sends: dict[str, Send] = {}
        for message in items:
            try:
                content = content_of(message, self.config.content)
            except ContentError as error:
                results.append(ItemResult(message.delivery_id, Outcome.FAILED, error.reason))
                continue
            if not message.address:
                results.append(ItemResult(message.delivery_id, Outcome.FAILED, "no_openid"))
                continue
            known = sends.get(key_of(content))
            sends[key_of(content)] = Send(content, [*(known.messages if known else ()), message])
        for send in sends.values():
            results += self._send(send)
        return results

    def close(self) -> None:
        """Give the connection back."""
        self.api.close()

    def _send(self, send: Send) -> list[ItemResult]:
        if self.config.mass_by_tag or len(send.openids) == 1:
            return self._send_by_tag(send)
        answer = self._post("/cgi-bin/message/mass/send", send.by_list())
        if answer.errcode in ONE_IS_TO_BLAME:
            return [result for half in send.halves() for result in self._send(half)]
        return _all(send.messages, answer)

    def _send_by_tag(self, send: Send) -> list[ItemResult]:
        self._sweep()
        tag_id = self.tags.find_or_make(send.tag_name(time.time()))
        if isinstance(tag_id, ApiAnswer):
            return _nobody(send.messages, tag_id)
        answers = self.tags.change("batchtagging", tag_id, send.openids)
        unclear = next(
            (a for a in answers.values() if a.outcome not in {Outcome.ACCEPTED, Outcome.FAILED}),
            None,
        )
        reached = [m for m in send.messages if answers[m.address].outcome is Outcome.ACCEPTED]
        if (
            unclear is not None or not reached
        ):  # who is in the tag is not known, or nobody is: nothing is sent
            self.tags.delete(tag_id)
            return _nobody(send.messages, unclear) if unclear else _each(send.messages, answers)
        refused = [m for m in send.messages if m not in reached]
        answer = self._post(
            "/cgi-bin/message/mass/sendall", Send(send.content, reached).by_tag(tag_id)
        )
        return _all(reached, answer) + _each(refused, answers)

    def _post(self, path: str, body: dict[str, object]) -> ApiAnswer:
        answer = self.api.post(path, body)
        if answer.outcome is not Outcome.UNKNOWN:
            return answer
        again = self.api.post(path, body)
        return again if again.outcome in {Outcome.ACCEPTED, Outcome.FAILED} else answer

    def _sweep(self) -> None:
        """Tags of sends a day ago are not needed any more; an account has a hundred."""
        known = self.tags.names()
        names = known if not isinstance(known, ApiAnswer) else {}
        for name, tag_id in list(names.items()):
            made = made_at(name)
            if made is not None and made < time.time() - TAGS_LIVE_SECONDS:
                self.tags.delete(tag_id)


def _all(messages: Sequence[Message], answer: ApiAnswer) -> list[ItemResult]:
    """One outcome for all, under the number of the send.

    A fault of one recipient among them would have been found.
    """
    number = (answer.body or {}).get("msg_id") if answer.outcome is Outcome.ACCEPTED else None
    return [
        answer.result(message.delivery_id, str(number) if number else None) for message in messages
    ]


def _each(messages: Sequence[Message], answers: dict[str, ApiAnswer]) -> list[ItemResult]:
    return [answers[message.address].result(message.delivery_id) for message in messages]


def _nobody(messages: Sequence[Message], answer: ApiAnswer) -> list[ItemResult]:
    """Nothing was sent, whatever happened to the tag: all may be tried again."""
    return [
        ItemResult(
            m.delivery_id,
            Outcome.RETRY,
            answer.reason,
            retry_after_seconds=answer.retry_after_seconds,
        )
        for m in messages
    ]
