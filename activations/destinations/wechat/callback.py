"""What the official account's server configuration calls: GET to check the address, POST for every
event and message.

The vendor gives up after 5 s and calls three times more, so the answer is made from the call alone.
A repeat says the very same (events by FromUserName and CreateTime, messages by MsgId), and the
ledger takes the same word twice without harm; nothing is kept here, since a call that was read but
not recorded must be read again. So a call that somebody else repeats says nothing new either: its
signature covers the document, and ``callback_max_age_seconds`` ends its time.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs

from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.wechat.config import OfficialAccountConfig
from sluice.activations.destinations.wechat.conversation import doings_in
from sluice.activations.destinations.wechat.crypto import SafeModeError, decrypt, is_signed
from sluice.activations.destinations.wechat.events import events_in, time_of
from sluice.activations.destinations.wechat.xml import XmlError, read_xml

LARGEST_BYTES = 1_000_000
REFUSED = CallbackAnswer(status=403, body=b"the signature is wrong")
UNREADABLE = CallbackAnswer(status=400, body=b"not a document of this vendor")
REPORTED = b"success"
# whoever has seen one signed address of plain mode could send any document with it: the signature
# covers the address alone
NEEDS_SAFE_MODE = (
    b"choose the safe mode in the server configuration and set SLUICE_WECHAT_CALLBACK_AES_KEY to"
    b" its EncodingAESKey"
)
log = logging.getLogger(__name__)


def read_callback(config: OfficialAccountConfig, request: CallbackRequest) -> CallbackAnswer:
    """What an official account said: receipts of template, subscription and mass messages, and who
    wants no more.
    """
    query = {
        name: values[-1] for name, values in parse_qs(request.query, keep_blank_values=True).items()
    }
    if not _is_fresh(config, query):
        return REFUSED
    if request.method == "GET":
        is_right = _is_from_vendor(config, query)
        return CallbackAnswer(body=query.get("echostr", "").encode()) if is_right else REFUSED
    if len(request.body) > LARGEST_BYTES:
        return UNREADABLE
    if not config.callback_aes_key.get_secret_value():
        log.warning("wechat: a callback was refused: %s", NEEDS_SAFE_MODE.decode())
        return CallbackAnswer(status=403, body=NEEDS_SAFE_MODE)
    try:
        document = _document(config, query, request.body)
        if document is None:
            return REFUSED
        fields = read_xml(document)
        doings = doings_in(fields, min(time_of(fields), datetime.now(UTC)))
        return CallbackAnswer(events_in(config, fields), body=REPORTED, doings=doings)
    except (XmlError, SafeModeError):
        return UNREADABLE


def _document(config: OfficialAccountConfig, query: dict[str, str], body: bytes) -> bytes | None:
    """The plain document; None when it is not signed."""
    aes_key = config.callback_aes_key.get_secret_value()
    encrypted = str(read_xml(body).get("Encrypt", ""))
    token = config.callback_token.get_secret_value()
    parts = (token, query.get("timestamp", ""), query.get("nonce", ""), encrypted)
    if not token or not encrypted or not is_signed(query.get("msg_signature", ""), *parts):
        return None
    return decrypt(encrypted, aes_key, config.appid)


def _is_from_vendor(config: OfficialAccountConfig, query: dict[str, str]) -> bool:
    token = (
        config.callback_token.get_secret_value()
    )  # without one nobody can sign, so every call is refused
    parts = (token, query.get("timestamp", ""), query.get("nonce", ""))
    return bool(token) and is_signed(query.get("signature", ""), *parts)


def _is_fresh(config: OfficialAccountConfig, query: dict[str, str]) -> bool:
    if not config.callback_max_age_seconds:
        return True
    try:
        return abs(time.time() - int(query.get("timestamp", ""))) <= config.callback_max_age_seconds
    except ValueError:
        return False
