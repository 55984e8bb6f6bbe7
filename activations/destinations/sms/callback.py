"""What every SMS destination does with its provider's calls: is it the provider, whose number is
it, does a reply say no.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from sluice.activations.addresses import address_hash, e164
from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.sms.settings import SmsSettings
from sluice.activations.http.safe_json import read_json
from sluice.activations.opt_out_words import says_no
from sluice.models.delivery import VendorEvent, Withdrawal

CHINA = ZoneInfo("Asia/Shanghai")
DENIED = CallbackAnswer(status=403)
UNREADABLE = CallbackAnswer(status=400)
DELIVERY = re.compile(r"-?[0-9]{1,19}")


def has_token(request: CallbackRequest, settings: SmsSettings) -> bool:
    """Whether the call carries the secret of ``callback_token``; never where none is set."""
    secret = settings.callback_token.get_secret_value()
    given = one(parse_qs(request.query), "token")
    return bool(secret) and hmac.compare_digest(secret.encode(), given.encode())


def one(form: dict[str, list[str]], name: str) -> str:
    """The first value of a name, or nothing."""
    return form.get(name, [""])[0]


def delivery_number(text: str) -> int | None:
    """Our delivery_id as a provider brings it back; None when it is none of ours (64 bits)."""
    found = int(text) if DELIVERY.fullmatch(text) else None
    return found if found is not None and -(2**63) <= found < 2**63 else None


def number_hash(number: str, settings: SmsSettings) -> str:
    """The hash of a number as a provider writes it."""
    return address_hash("sms", e164(number, settings.region) or number)


def withdrawals(
    number: str, text: str, at: datetime, settings: SmsSettings
) -> Sequence[Withdrawal]:
    """What a reply comes to: a withdrawal, or nothing."""
    if not number or not says_no(text):
        return ()
    return (Withdrawal("sms", number_hash(number, settings), at, "replied_stop"),)


def china_time(text: str) -> datetime:
    """A provider's time of day in China as aware UTC; now where it cannot be read."""
    try:
        return (
            datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S")
            .replace(tzinfo=CHINA)
            .astimezone(UTC)
        )
    except ValueError:
        return datetime.now(UTC)


def unix_time(seconds: object) -> datetime:
    """A UNIX time as aware UTC; now where it cannot be read."""
    try:
        return datetime.fromtimestamp(float(str(seconds)), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC)


def read_push(
    request: CallbackRequest,
    settings: SmsSettings,
    read_entry: Callable[[Mapping[str, Any]], Sequence[VendorEvent]],
    reply: bytes,
) -> CallbackAnswer:
    """Receipts and withdrawals of one pushed array.

    An entry that cannot be read does not lose the others.
    """
    if not has_token(request, settings):
        return DENIED
    pushed = entries(request.body)
    if pushed is None:
        return UNREADABLE
    reported = [one for entry in pushed for one in read_entry(entry)]
    return CallbackAnswer(reported, body=reply, content_type="application/json; charset=utf-8")


def entries(body: bytes) -> list[Mapping[str, Any]] | None:
    """The entries of a pushed JSON array, or the one object; None when it is neither.

    What is no object in it is left out.
    """
    try:
        pushed = read_json(body)
    except ValueError:
        return None
    listed = pushed if isinstance(pushed, list) else [pushed]
    found = [entry for entry in listed if isinstance(entry, Mapping)]
    return None if listed and not found else found
