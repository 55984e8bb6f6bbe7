"""A row of a sync as an action of a user: who, what, when and for how much; and what Tencent
answers as an outcome.

Protocol: Tencent Marketing API v3.0, user_actions/add
(developers.e.qq.com/v3.0/docs/api/user_actions/add): POST in JSON, 1 to 50 ``actions`` and 50 KB a
call; ``sha256_phone`` is of the 11 digits of a mainland number, WeChat's ids stay as they are; a
repeat of an ``outer_action_id`` (letters, digits and _) is dropped. Codes:
developers.e.qq.com/v3.0/docs/errors.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sluice.activations.destinations.ads import conversions
from sluice.activations.destinations.ads.hashing import hashed
from sluice.activations.destinations.ads.tencent_api import mobile
from sluice.activations.http.client import Answer
from sluice.models.delivery import ItemResult, Outcome, SyncOperation

LARGEST_CALL = 50_000  # bytes
TYPE = re.compile(r"[A-Z][A-Z0-9_]{1,59}")
OUTER_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
WECHAT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
CLICK_ID = re.compile(r"[^\s<>&'\"\\]{1,64}")
CUSTOM, URL_LENGTH, WORDS_LENGTH = "CUSTOM", 2_048, 128
CURRENCY = "CNY"  # an amount has no currency there
# a parameter is missing or wrong: an action may be at fault. Every other code is the account's, or
# passes
ROW_CODES = frozenset({*range(18001, 18015), 31002, 31057, 34109})


def problem(operation: SyncOperation, now: datetime, app_id: str) -> str | None:
    """Why an action is refused here: Tencent would refuse the whole call, and name none."""
    values = operation.properties
    if reason := conversions.problem_of_time(conversions.occurred_at(operation), now, None):
        return reason
    kind = str(values.get("action_type") or "")
    custom = str(values.get("custom_action") or "")
    if not TYPE.fullmatch(kind) or (kind == CUSTOM and not 1 <= len(custom) <= WORDS_LENGTH):
        return "no_action_type"
    if not user_of(operation, app_id) and not click_id(operation):
        return "no_identifier"
    if len(str(values.get("url") or "").encode()) > URL_LENGTH:
        return "url_too_long"
    reason = conversions.problem_of_amount(values)
    is_foreign = values.get("amount") is not None and values.get("currency") != CURRENCY
    return reason or ("other_currency" if is_foreign else None)


def user_of(operation: SyncOperation, app_id: str) -> dict[str, str]:
    """Whoever did it: the hash of the phone, and WeChat's ids where we know whose they are."""
    values, found = operation.properties, dict[str, str]()
    if phone := hashed(values.get("phone"), mobile):
        found["sha256_phone"] = phone
    for name, key in (("openid", "wechat_openid"), ("unionid", "wechat_unionid")):
        text = str(values.get(name) or "")
        if app_id and WECHAT_ID.fullmatch(text):
            found |= {key: text, "wechat_app_id": app_id}
    return found


def click_id(operation: SyncOperation) -> str:
    """The id of the click on the ad (qz_gdt, gdt_vid); '' without one."""
    text = str(operation.properties.get("click_id") or "")
    return text if CLICK_ID.fullmatch(text) else ""


def outer_id(key: int | str) -> str:
    """The key of the sync as Tencent takes one: as it is, or its hash."""
    text = str(key)
    return text if OUTER_ID.fullmatch(text) else hashlib.sha256(text.encode()).hexdigest()


def action_of(operation: SyncOperation, app_id: str) -> dict[str, Any]:
    """One action. Its id is the key of the sync, so that a repeat is dropped."""
    values, moment = operation.properties, conversions.occurred_at(operation)
    if moment is None:
        raise ValueError("an action without a time")
    click, amount = click_id(operation), values.get("amount")
    parts: dict[str, Any] = {
        "outer_action_id": outer_id(operation.key),
        "action_time": int(moment.timestamp()),
        "action_type": str(values["action_type"]),
        "custom_action": values.get("custom_action") if values["action_type"] == CUSTOM else None,
        "user_id": user_of(operation, app_id),
        "trace": {"click_id": click} if click else None,
        "url": values.get("url"),
        # in fen
        "action_param": None if amount is None else {"value": round(float(amount) * 100)},
    }
    return {name: value for name, value in parts.items() if value}


def bodies(
    operations: Sequence[SyncOperation], head: Mapping[str, int], app_id: str
) -> list[tuple[list[SyncOperation], dict[str, Any]]]:
    """The calls there are to make, none larger than Tencent takes: the operations of each, and its
    body.
    """
    calls: list[tuple[list[SyncOperation], dict[str, Any]]] = []
    size = LARGEST_CALL
    for one in operations:
        action = action_of(one, app_id)
        added = len(json.dumps(action)) + 2  # ASCII, as it is sent
        if size + added > LARGEST_CALL - 200:
            calls.append(([], {**head, "actions": []}))
            size = 0
        calls[-1][0].append(one)
        calls[-1][1]["actions"].append(action)
        size += added
    return calls


def call_result(answer: Answer) -> ItemResult:
    """The outcome of a call: 0 in the answer is done, a wrong parameter is refused for good, and
    all else (a token, a limit, a permission) is tried again.
    """
    code = answer.body.get("code") if isinstance(answer.body, dict) else None
    wait = answer.retry_after_seconds
    if isinstance(code, int) and code in ROW_CODES:
        return ItemResult(0, Outcome.FAILED, f"tencent_ads_{code}")
    if isinstance(code, int) and code != 0:
        return ItemResult(0, Outcome.RETRY, f"tencent_ads_{code}", retry_after_seconds=wait)
    if answer.outcome is Outcome.ACCEPTED and code == 0:
        return ItemResult(0, Outcome.ACCEPTED)
    is_unknown = answer.outcome in {Outcome.ACCEPTED, Outcome.UNKNOWN}
    outcome = Outcome.UNKNOWN if is_unknown else Outcome.RETRY
    reason = answer.reason or "unreadable_answer"
    return ItemResult(0, outcome, reason, retry_after_seconds=wait)
