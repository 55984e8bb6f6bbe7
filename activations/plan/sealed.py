"""Saved plans: their seal, how they differ from what is due now, and how they show people without
showing who. Pure.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.models.plan import PLAN_VERSION, PlanDifference, PlannedActivation, SavedPlan

SEAL = b"sluice plan\0"  # what the key is used for: its other hashes are of payloads
MAKE_ANEW = "make a new one with `sluice plan --out FILE`"


def seal(plan: SavedPlan, key: bytes) -> SavedPlan:
    """The plan with its id: an HMAC of all that is in it, so that who edits it cannot seal it again
    without the key.
    """
    return plan.model_copy(update={"plan_id": _digest(plan, key)})


def read_plan(text: str, key: bytes) -> SavedPlan:
    """A plan from its JSON.

    Raises ConfigurationError for what is no plan, of another version or home, or was edited.
    """
    try:
        plan = SavedPlan.model_validate_json(text)
    except (
        ValueError
    ) as error:  # pydantic's errors are ValueErrors; their words could hold what the file holds
        raise ConfigurationError("the file is not a plan of sluice", MAKE_ANEW) from error
    if plan.version != PLAN_VERSION:
        raise ConfigurationError(
            f"the plan has version {plan.version}, and this sluice writes {PLAN_VERSION}", MAKE_ANEW
        )
    if not hmac.compare_digest(plan.plan_id.encode(), _digest(plan, key).encode()):
        raise ConfigurationError(
            "the plan was changed after it was written, or written in another home", MAKE_ANEW
        )
    return plan


def payload_hash(row: Mapping[str, Any], key: bytes) -> str:
    """What would be sent, as 16 hex digits.

    Under a key, so that nobody without it can try addresses until one fits.
    """
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode(), key=key, digest_size=8).hexdigest()


def differences(
    planned: Mapping[str, PlannedActivation], now: Mapping[str, PlannedActivation]
) -> list[PlanDifference]:
    """The activations whose operations, or words, are not what was planned, by name; none when the
    plan still holds.
    """
    found = [
        _difference(name, planned.get(name), now.get(name)) for name in sorted({*planned, *now})
    ]
    return [
        one for one in found if one.added or one.removed or one.changed or one.is_config_changed
    ]


def mask(address: str | None) -> str:
    """An address that a person can tell from the next and nobody can write to: ``l***@***.com``,
    ``***42``.
    """
    if not address:
        return ""
    local, at, domain = address.rpartition("@")
    if at:
        return f"{local[:1]}***@***.{domain.rpartition('.')[2]}"
    return f"***{address[-2:]}"


def _difference(
    name: str, planned: PlannedActivation | None, now: PlannedActivation | None
) -> PlanDifference:
    before = {
        (one, operation): payload
        for one, operation, payload in (planned.operations if planned else ())
    }
    after = {
        (one, operation): payload for one, operation, payload in (now.operations if now else ())
    }
    return PlanDifference(
        activation=name,
        added=len(after.keys() - before.keys()),
        removed=len(before.keys() - after.keys()),
        changed=sum(before[key] != after[key] for key in before.keys() & after.keys()),
        is_config_changed=bool(
            (before or after) and planned and now and planned.config_hash != now.config_hash
        ),
    )


def _digest(plan: SavedPlan, key: bytes) -> str:
    content = plan.model_copy(update={"plan_id": ""}).model_dump_json()
    return hmac.new(key, SEAL + content.encode(), hashlib.sha256).hexdigest()
