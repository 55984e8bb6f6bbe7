"""Template messages: ``POST /cgi-bin/message/template/send``, one person a call.

Service notices alone: marketing is refused here as by the vendor's rules, whose penalty is a ban of
the interface.

The vendor sends one message a (openid, client_msg_id) within 10 minutes. So a call whose answer was
lost is made once more at once, which shows its outcome and reaches nobody twice; after that the
outcome stays unknown, and a later run holds it.
"""

from __future__ import annotations

from typing import Any

from sluice.activations.destinations.wechat.api import ApiAnswer
from sluice.activations.destinations.wechat.one_by_one import OneByOne
from sluice.activations.destinations.wechat.wechat_template.mapping import template_body
from sluice.models.delivery import Message, Outcome

TOLD = frozenset({Outcome.ACCEPTED, Outcome.FAILED})


class WeChatTemplate(OneByOne):
    """A destination for transactional messages. Results come by the event TEMPLATESENDJOBFINISH."""

    path = "/cgi-bin/message/template/send"
    receipts = True
    dedupes = True

    def body(self, message: Message) -> dict[str, Any]:
        """Recipient, template and values."""
        return template_body(message, self.config)

    def refused(self, message: Message) -> str | None:
        """Marketing may not go out as a template message."""
        return "marketing_not_allowed" if message.purpose == "marketing" else None

    def post(self, body: dict[str, Any]) -> ApiAnswer:
        """One call, made again at once where the answer was lost: seconds later the vendor still
        knows the client_msg_id.
        """
        answer = super().post(body)
        if answer.outcome is not Outcome.UNKNOWN:
            return answer
        again = super().post(body)
        return again if again.outcome in TOLD else answer
