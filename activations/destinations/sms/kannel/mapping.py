"""A message as the query of sendsms, and Kannel's answer as its result."""

from __future__ import annotations

from sluice.activations.content.sms_templates import body_sms
from sluice.activations.content.sms_text import alphabet_of, check_length, signed
from sluice.activations.destinations.sms.kannel.config import KannelConfig
from sluice.activations.destinations.sms.kannel.outcomes import ACCEPTED, STATUSES
from sluice.activations.destinations.sms.outcomes import (
    area_of,
    as_asked,
    digits,
    of_transport,
    result,
    valid_number,
)
from sluice.activations.http.client import Answer
from sluice.models.delivery import ItemResult, Message

FINAL = 1 | 2 | 16  # delivered, not delivered, refused by the link


def to_query(message: Message, config: KannelConfig) -> dict[str, str]:
    """The query for one message, in GSM-7 where the text fits it and else in UCS-2.

    Raises ContentError for a number that gets no SMS, and for texts that must not be sent.
    """
    number = valid_number(message.address)
    text = signed(body_sms(message, config.content, area_of(number)), config.signature)
    check_length(text, config.max_segments)
    query = {
        "username": config.username,
        "password": config.password.get_secret_value(),
        "from": config.sender,
        "to": f"+{digits(number)}",
        "text": text,
        "coding": "0" if alphabet_of(text) == "gsm7" else "2",
        "charset": "UTF-8",
    }
    if config.smsc:
        query["smsc"] = config.smsc
    if config.callback_url:
        query |= {"dlr-mask": str(FINAL), "dlr-url": report_url(config, message.delivery_id)}
    return query


def report_url(config: KannelConfig, delivery_id: int) -> str:
    """Where Kannel reports on a delivery: its answer has no id, so the address names ours.

    It fills in the signs.
    """
    token = config.callback_token.get_secret_value()
    first = "&" if "?" in config.callback_url else "?"
    report = f"token={token}&kind=report&delivery={delivery_id}&status=%d&at=%T&answer=%A"
    return f"{config.callback_url}{first}{report}"


def to_result(delivery_id: int, answer: Answer) -> ItemResult:
    """202 with "0:" or "3:" is accepted; else the status decides.

    Its text is never repeated: it may echo a value.
    """
    if answer.status == 202 and answer.text.partition(":")[0] in ACCEPTED:
        return result(delivery_id, ACCEPTED[answer.text.partition(":")[0]])
    if answer.status in STATUSES:
        return result(
            delivery_id, as_asked(STATUSES[answer.status], answer), answer.reason or "http_202"
        )
    return result(delivery_id, *of_transport(answer))
