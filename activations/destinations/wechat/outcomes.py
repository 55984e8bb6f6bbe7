"""What an errcode means for the item, the account and the token: one table for the official
account, one for WeCom.

HTTP 200 says nothing here: the outcome is ``errcode`` in the body. Codes: developers.weixin.qq.com,
global return codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

BEIJING = timezone(timedelta(hours=8))  # the vendor's day; China has no summer time
MINUTE_SECONDS = 60.0


class Action(StrEnum):
    """What to do next."""

    REFRESH = "refresh"  # the token is not good: get another, and call once more
    RETRY = "retry"  # the vendor is busy: again with backoff
    WAIT_MINUTE = "wait_minute"  # too many calls: the whole account waits a minute
    WAIT_DAY = (  # the day's quota is used up: the whole account waits until midnight in Beijing
        "wait_day"
    )
    STOP = (  # the account may not: nothing of this destination can go out until a person fixes it
        "stop"
    )
    STOP_TEMPLATE = (  # the template is at fault: its messages wait until a person fixes it
        "stop_template"
    )
    FAIL = "fail"  # this item, for good
    DROP = "drop"  # the recipient cannot be reached: nothing may be sent there again
    LEFT = "left"  # the recipient said no, or left: nothing may be sent there again
    DONE = "done"  # the vendor has acted on it before


@dataclass(frozen=True, slots=True)
class CodeOutcome:
    """An action, and the category that is written down for it."""

    action: Action
    reason: str


OFFICIAL_ACCOUNT: Mapping[int, CodeOutcome] = {
    -1: CodeOutcome(Action.RETRY, "vendor_busy"),
    40001: CodeOutcome(Action.REFRESH, "token_refused"),
    40014: CodeOutcome(Action.REFRESH, "token_refused"),
    42001: CodeOutcome(Action.REFRESH, "token_expired"),
    40002: CodeOutcome(Action.STOP, "login_refused"),
    40013: CodeOutcome(Action.STOP, "appid_refused"),
    40125: CodeOutcome(Action.STOP, "secret_refused"),
    40164: CodeOutcome(Action.STOP, "ip_not_in_whitelist"),
    45009: CodeOutcome(Action.WAIT_DAY, "daily_quota_used_up"),
    45011: CodeOutcome(Action.WAIT_MINUTE, "minute_quota_used_up"),
    48001: CodeOutcome(Action.STOP, "no_permission"),
    48004: CodeOutcome(Action.STOP, "interface_banned"),
    50002: CodeOutcome(Action.STOP, "account_limited"),
    40003: CodeOutcome(Action.DROP, "openid_not_valid"),
    40031: CodeOutcome(Action.FAIL, "openid_list_not_valid"),
    40032: CodeOutcome(Action.FAIL, "openid_list_too_long"),
    43004: CodeOutcome(Action.LEFT, "not_a_follower"),
    43019: CodeOutcome(Action.DROP, "blacklisted"),
    48002: CodeOutcome(Action.LEFT, "messages_blocked"),
    49003: CodeOutcome(Action.DROP, "openid_of_another_account"),
    # refused this one template, not the account: another channel of the account may still reach
    # them
    43101: CodeOutcome(Action.FAIL, "not_subscribed"),
    40037: CodeOutcome(Action.STOP_TEMPLATE, "template_not_valid"),
    # which values are to blame is not said reliably: the item fails and the rest goes on
    47003: CodeOutcome(Action.FAIL, "template_value_refused"),
    47001: CodeOutcome(Action.FAIL, "body_refused"),
    40033: CodeOutcome(Action.FAIL, "characters_refused"),
    45002: CodeOutcome(Action.FAIL, "content_too_long"),
    45015: CodeOutcome(Action.FAIL, "outside_reply_window"),
    45047: CodeOutcome(Action.FAIL, "reply_window_used_up"),
    45065: CodeOutcome(Action.DONE, "already_sent"),
    45056: CodeOutcome(Action.STOP, "too_many_tags"),
    45058: CodeOutcome(Action.FAIL, "tag_of_the_system"),
    45059: CodeOutcome(Action.FAIL, "too_many_tags_of_one_user"),
    45157: CodeOutcome(Action.FAIL, "tag_name_taken"),
    45158: CodeOutcome(Action.FAIL, "tag_name_too_long"),
    45159: CodeOutcome(Action.FAIL, "tag_not_there"),
}

WECOM: Mapping[int, CodeOutcome] = {
    -1: CodeOutcome(Action.RETRY, "vendor_busy"),
    40014: CodeOutcome(Action.REFRESH, "token_refused"),
    42001: CodeOutcome(Action.REFRESH, "token_expired"),
    40001: CodeOutcome(Action.STOP, "secret_refused"),
    40013: CodeOutcome(Action.STOP, "corpid_refused"),
    40003: CodeOutcome(Action.FAIL, "user_not_valid"),
    40096: CodeOutcome(Action.FAIL, "external_userid_not_valid"),
    41048: CodeOutcome(Action.FAIL, "no_valid_recipient"),
    45009: CodeOutcome(Action.WAIT_MINUTE, "minute_quota_used_up"),
    45033: CodeOutcome(Action.WAIT_MINUTE, "too_many_calls_at_once"),
    48001: CodeOutcome(Action.STOP, "no_permission"),
    48002: CodeOutcome(Action.STOP, "no_permission"),
    50002: CodeOutcome(Action.STOP, "account_limited"),
    60020: CodeOutcome(Action.STOP, "ip_not_in_whitelist"),
    84061: CodeOutcome(Action.FAIL, "not_a_customer_of_the_sender"),
    93000: CodeOutcome(Action.STOP, "robot_key_refused"),
    40058: CodeOutcome(Action.FAIL, "content_too_long"),
    45002: CodeOutcome(Action.FAIL, "content_too_long"),
    47001: CodeOutcome(Action.FAIL, "body_refused"),
}


def code_outcome(table: Mapping[int, CodeOutcome], errcode: int) -> CodeOutcome:
    """The outcome of an errcode other than 0.

    One that is not listed did nothing, and is tried again: no message is lost.
    """
    return table.get(errcode, CodeOutcome(Action.RETRY, f"errcode_{errcode}"))


def seconds_to_midnight(now: datetime) -> float:
    """Seconds from an aware time until the vendor's next day begins."""
    local = now.astimezone(BEIJING)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return (midnight - local).total_seconds()


def wait_of(action: Action, now: datetime | None = None) -> float | None:
    """Seconds that the vendor wants to be left alone, if it is known."""
    if action is Action.WAIT_DAY:
        return seconds_to_midnight(now or datetime.now(UTC))
    return MINUTE_SECONDS if action is Action.WAIT_MINUTE else None
