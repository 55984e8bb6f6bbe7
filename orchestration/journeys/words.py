"""Triggers, conditions and nodes of a journey in words, English or Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sluice.models.journey_nodes import KINDS
from sluice.orchestration.report.vocabulary import CHINESE

Language = Literal["en", "zh"]
Written = Mapping[str, Any]  # a part of a journey as its yml has it
TEXTS: Mapping[str, Mapping[Language, str]] = {
    "in_segment": {"en": "in segment {0}", "zh": "属于分群 {0}"},
    "has_tag": {"en": "has tag {0}", "zh": "有标签 {0}"},
    "score_at_least": {"en": "score {0} at least {1}", "zh": "评分 {0} 不低于 {1}"},
    "in_stage": {"en": "in {0} at {1}", "zh": "处于 {0} 的 {1}"},
    "attribute_is": {"en": "{0} is {1}", "zh": "{0} 为 {1}"},
    "reachable_by": {"en": "reachable by {0} ({1})", "zh": "可通过 {0} 触达（{1}）"},
    "prefers": {"en": "prefers {0}", "zh": "偏好渠道为 {0}"},
    "all": {"en": " and ", "zh": " 且 "},
    "any": {"en": " or ", "zh": " 或 "},
    "not": {"en": "not {0}", "zh": "不满足 {0}"},
    "where": {"en": " with {0}", "zh": "（{0}）"},
    "at_least": {"en": ", at least {0} times", "zh": "，至少 {0} 次"},
    "within": {"en": " within {0}", "zh": "，{0}内"},
    "segment": {"en": "enters segment {0}", "zh": "进入分群 {0}"},
    "event": {"en": "event {0}", "zh": "事件 {0}"},
    "score": {"en": "score {0} reaches {1}", "zh": "评分 {0} 达到 {1}"},
    "stage": {"en": "enters {0} at {1}", "zh": "进入 {0} 的 {1}"},
    "tag": {"en": "gets tag {0}", "zh": "获得标签 {0}"},
    "came": {"en": "brings {0} contacts who come", "zh": "带来 {0} 位到访好友"},
    "bought": {"en": "brings {0} contacts who buy", "zh": "带来 {0} 位下单好友"},
    "by_hand": {"en": "by hand", "zh": "手动"},
    "date": {"en": "each year on {0}", "zh": "每年 {0}"},
    "date_once": {"en": "on {0}", "zh": "{0} 当天"},
    "days_before": {"en": ", {0} days before", "zh": "，提前 {0} 天"},
    "active_hours": {"en": "wait until the active hours", "zh": "等到活跃时段"},
    "attribute": {"en": "wait until {0}", "zh": "等到 {0}"},
    "minus": {"en": "wait until {0} minus {1}", "zh": "等到 {0} 前 {1}"},
    "add_tag": {"en": "add tag {0}", "zh": "添加标签 {0}"},
    "remove_tag": {"en": "remove tag {0}", "zh": "移除标签 {0}"},
    "points": {"en": "{1} points of {0}", "zh": "{0} {1} 分"},
    "enter": {"en": "enter {0}", "zh": "进入旅程 {0}"},
    "leave": {"en": "leave {0}", "zh": "退出旅程 {0}"},
    "add_to": {"en": "put on list {0}", "zh": "加入名单 {0}"},
    "remove_from": {"en": "take off list {0}", "zh": "移出名单 {0}"},
    "call": {"en": "call {0}", "zh": "触发 {0}"},
    "give_coupon": {"en": "coupon of {0}", "zh": "发放 {0} 优惠券"},
    "assign": {"en": "assign to {0}", "zh": "分配给 {0}"},
    "assign_by": {"en": "assign to {0} by {1}", "zh": "按 {1} 分配给 {0}"},
    "none_left": {"en": "none left", "zh": "已无可用"},
    "wait": {"en": "wait {0}", "zh": "等待 {0}"},
    "wait_until": {"en": "wait until {0}", "zh": "等到 {0}"},
    "wait_for": {"en": "wait for {0}, at most {1}", "zh": "等待 {0}，最多 {1}"},
    "branch": {"en": "branch", "zh": "分支"},
    "split": {"en": "split", "zh": "分流"},
    "message": {"en": "{0} by {1}: {2}", "zh": "{0}（{1}）：{2}"},
    "exit": {"en": "end: {0}", "zh": "结束：{0}"},
    "waited": {"en": "then", "zh": "之后"},
    "happened": {"en": "happened", "zh": "已发生"},
    "timed_out": {"en": "timed out", "zh": "超时"},
    "else": {"en": "else", "zh": "否则"},
    "sent": {"en": "sent", "zh": "已发送"},
    "missing": {"en": "no date", "zh": "没有日期"},
    "other": {"en": "other: {0}", "zh": "其他：{0}"},
    "not_sent": {"en": "not sent", "zh": "未发送"},
    "end": {"en": "end", "zh": "结束"},
    "here": {"en": "{0} here", "zh": "{0} 人在此"},
    "overdue": {"en": "{0} overdue", "zh": "{0} 人已超时"},
    "entered": {"en": "{0} entered", "zh": "{0} 人进入"},
    "inside": {"en": "{0} inside", "zh": "{0} 人在旅程中"},
    "ended": {"en": "ended: {0}", "zh": "已结束：{0}"},
    "version": {"en": "version {0}", "zh": "版本 {0}"},
    "owner": {"en": "owner {0}", "zh": "负责人 {0}"},
    "trigger": {"en": "trigger: {0}", "zh": "触发：{0}"},
    "contact": {"en": "contact {0}", "zh": "联系人 {0}"},
    "next": {"en": "next: {0}", "zh": "下一步：{0}"},
    "is_at": {
        "en": "{0}, version {1}, entered {2}: at {3} since {4}",
        "zh": "{0}，版本 {1}，{2} 进入：{4} 起位于 {3}",
    },
    "has_ended": {
        "en": "{0}, version {1}, entered {2}: ended {3}, {4}",
        "zh": "{0}，版本 {1}，{2} 进入：{3} 结束，{4}",
    },
    "at_last_node": {"en": "at its last node", "zh": "已走完最后一个节点"},
    "in_brackets": {"en": "{0} ({1})", "zh": "{0}（{1}）"},
    "moved_at": {"en": "moved at, UTC", "zh": "移动时间（UTC）"},
    "from_node": {"en": "from_node", "zh": "原节点"},
    "to_node": {"en": "to_node", "zh": "新节点"},
    "reason": {"en": "reason", "zh": "原因"},
    "not_in": {"en": "Not in", "zh": "未进入的旅程"},
    "journey": {"en": "journey", "zh": "旅程"},
    "why": {"en": "why", "zh": "原因"},
}
# of moves and ends; those of messages are words of the report
REASONS_ZH: Mapping[str, str] = {
    "entered": "进入旅程",
    "migrated": "迁移到新版本",
    "moved_by_hand": "人工移动",
    "waited": "等待结束",
    "past": "日期已过",
    "missing": "没有日期",
    "happened": "事件已发生",
    "timed_out": "超时",
    "else": "否则",
    "split": "分流",
    "none_left": "已无可用",
    "sent": "已发送",
    "done_before_merge": "合并前已完成",
    "goal": "达成目标",
    "deleted": "联系人已删除",
    "withdrawn": "已撤回同意",
    "merged": "已合并",
    "handed_over": "已转交人工",
    "stopped_by_hand": "人工停止",
    "left_by_journey": "由其他旅程移出",
    "add_tag": "添加标签",
    "remove_tag": "移除标签",
    "points": "加减分",
    "enter": "进入其他旅程",
    "leave": "退出其他旅程",
    "add_to": "加入名单",
    "remove_from": "移出名单",
    "call": "触发外部动作",
    "give_coupon": "发放优惠券",
    "assign": "分配负责人",
}
UNITS = {"hour": "小时", "day": "天", "week": "周"}


def say(key: str, language: Language, *values: object) -> str:
    """The text of a key, with its values."""
    return TEXTS[key][language].format(*values)


def reason_words(reason: object, language: Language) -> str:
    """The code of a reason as it is, or in Chinese; of an exit it is the project's own word."""
    code = "" if reason is None else str(reason)
    if language == "en":
        return code
    if branch := re.fullmatch(r"branch_(\d+)", code):
        return f"第 {branch[1]} 分支"
    return REASONS_ZH.get(code) or CHINESE.get(code, code)


def duration(window: object, language: Language) -> str:
    """``2 days`` as it is, or ``2 天``."""
    found = re.fullmatch(r"\s*(\d+)\s+(hour|day|week)s?\s*", str(window))
    if found is None or language == "en":
        return str(window).strip()
    return f"{found[1]} {UNITS[found[2]]}"


def condition_words(condition: Written, language: Language) -> str:
    """A condition in words; of a word that is not in the list, its name and value."""
    word = next(iter(set(condition) - {"where", "at_least", "within"}), "")
    value = condition.get(word)
    if word in {"all", "any"} and isinstance(value, list):
        parts = [_in_brackets(one, language) for one in value]
        return TEXTS[word][language].join(parts)
    if word == "not" and isinstance(value, Mapping):
        return say("not", language, _in_brackets(value, language))
    if word == "performed":
        return event_words(str(value), condition, language)
    if word in {"in_stage", "attribute_is"} and isinstance(value, list):
        rest = TEXTS["any"][language].join(map(str, value[1:]))
        return say(word, language, value[0], rest)
    if word in TEXTS:
        return say(word, language, *(value if isinstance(value, list) else [value]))
    return plain(condition)


def _in_brackets(condition: Written, language: Language) -> str:
    words = condition_words(condition, language)
    return f"({words})" if {"all", "any"} & set(condition) else words


def event_words(event: str, condition: Written, language: Language) -> str:
    """An event with its filter, count and window."""
    words = event
    if where := condition.get("where"):
        words += say("where", language, plain(where))
    if (count := condition.get("at_least", 1)) != 1:
        words += say("at_least", language, count)
    if within := condition.get("within"):
        words += say("within", language, duration(within, language))
    return words


def trigger_words(trigger: Written, language: Language) -> str:
    """What takes a contact in, in words; as it is written where that is wrong."""
    if trigger.get("segment"):
        return say("segment", language, trigger["segment"])
    if trigger.get("event"):
        return say("event", language, event_words(str(trigger["event"]), trigger, language))
    if isinstance(stage := trigger.get("stage"), list) and stage:
        return say("stage", language, stage[0], TEXTS["any"][language].join(map(str, stage[1:])))
    if isinstance(score := trigger.get("score"), list) and len(score) > 1:
        return say("score", language, *score)
    if trigger.get("date"):
        return _date_words(trigger, language)
    if isinstance(brought := trigger.get("referrals"), dict) and "at_least" in brought:
        return say(str(brought.get("who", "came")), language, brought["at_least"])
    word = next((one for one in ("tag", "by_hand") if trigger.get(one)), None)
    return say(word, language, trigger[word]) if word else plain(trigger)


def _date_words(trigger: Written, language: Language) -> str:
    words = say("date" if trigger.get("yearly", True) else "date_once", language, trigger["date"])
    days = trigger.get("before_days", 0)
    return words + (say("days_before", language, days) if days else "")


def kind_of(node: Written) -> str:
    """The key that says what a node does."""
    return next((kind for kind in KINDS if kind in node), next(iter(node), ""))


def node_words(node: Written, language: Language) -> str:
    """What a node does, in words."""
    kind = kind_of(node)
    value = node.get(kind)
    if kind == "wait":
        return say(kind, language, duration(value, language))
    if kind == "wait_until":
        return _until_words(node, value, language)
    if kind == "wait_for" and isinstance(value, Mapping):
        event = event_words(str(value.get("performed")), value, language)
        return say(kind, language, event, duration(node.get("at_most"), language))
    if kind == "message" and isinstance(value, Mapping):
        channel = reason_words(value.get("channel"), language)
        return say(kind, language, channel, value.get("destination"), value.get("template"))
    if kind == "action" and isinstance(value, Mapping):
        return _action_words(value, language)
    if kind in {"branch", "split"}:
        return say(kind, language)
    return say(kind, language, value) if kind == "exit" else f"{kind}: {plain(value)}"


def _until_words(node: Written, value: Any, language: Language) -> str:
    if isinstance(value, Mapping) and value.get("minus"):
        return say("minus", language, value.get("attribute"), duration(value["minus"], language))
    if isinstance(value, Mapping):
        return say("attribute", language, value.get("attribute"))
    if value == "active_hours":
        return say("active_hours", language)
    zone = f" ({node['time_zone']})" if node.get("time_zone") else ""
    return say("wait_until", language, f"{value}{zone}")


def _action_words(action: Written, language: Language) -> str:
    word = next(iter(action), "")
    value = action.get(word)
    if word == "points" and isinstance(value, Mapping):
        return say(word, language, value.get("score"), value.get("points"))
    if word == "assign" and isinstance(value, Mapping):
        return say("assign_by", language, value.get("team"), value.get("by"))
    return say(word, language, value) if word in TEXTS else plain(action)


def moment_words(moment: datetime) -> str:
    """A moment of naive UTC to the minute."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def plain(value: object) -> str:
    """Data in a line: ``form = newsletter, page = pricing``."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {plain(one)}" for key, one in value.items())
    return ", ".join(map(plain, value)) if isinstance(value, list | tuple) else str(value)
