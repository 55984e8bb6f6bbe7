"""A message as Twilio's form, and Twilio's answer as its result."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.activations.content.sms_templates import body_sms
from sluice.activations.content.sms_text import check_length, signed
from sluice.activations.destinations.sms.outcomes import (
    ACCEPT,
    area_of,
    as_asked,
    by_table,
    digits,
    named,
    of_transport,
    result,
    valid_number,
)
from sluice.activations.destinations.sms.twilio.config import TwilioConfig
from sluice.activations.destinations.sms.twilio.outcomes import CODES
from sluice.activations.http.client import Answer
from sluice.models.delivery import ItemResult, Message, Outcome


def to_form(message: Message, config: TwilioConfig) -> dict[str, str]:
    """The form of one message.

    Raises ContentError for a number that gets no SMS, and for texts that must not be sent.
    """
    number = valid_number(message.address)
    text = signed(body_sms(message, config.content, area_of(number)), config.signature)
    check_length(text, config.max_segments)
    sender = (
        "MessagingServiceSid"
        if config.sender.startswith("MG") and len(config.sender) == 34
        else "From"
    )
    form = {"To": f"+{digits(number)}", sender: config.sender, "Body": text}
    if config.callback_url:
        form["StatusCallback"] = status_callback(config.callback_url, message.delivery_id)
    return form


def status_callback(url: str, delivery_id: int) -> str:
    """Where Twilio reports on a delivery: the address names it, so that it is known also when the
    answer was lost.
    """
    return f"{url}{'&' if '?' in url else '?'}delivery={delivery_id}"


def to_result(delivery_id: int, answer: Answer) -> ItemResult:
    """201 with a sid is accepted; else the code in the body decides, or the status where there is
    none.
    """
    body = answer.body if isinstance(answer.body, Mapping) else {}
    if answer.outcome is Outcome.ACCEPTED and body.get("sid"):
        return result(delivery_id, ACCEPT, None, str(body["sid"]))
    code = body.get("code")
    if code is None or answer.status is None or answer.status >= 500:
        return result(delivery_id, *of_transport(answer))
    return result(delivery_id, as_asked(by_table(str(code), CODES, {}), answer), named(code))
