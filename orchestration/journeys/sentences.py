"""What is next for a contact in a journey, and why a contact is not in one, in words."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.orchestration.journeys.words import Language

SENTENCES: Mapping[str, Mapping[Language, str]] = {
    "the_end": {"en": "the end", "zh": "结束"},
    "stopped": {
        "en": "nothing, until version {0} has the node {1} again",
        "zh": "已停住：版本 {0} 恢复节点 {1} 后才能继续",
    },
    "broken": {
        "en": "nothing, until the journey can run again: see `sluice lint`",
        "zh": "已停住：旅程恢复运行后才能继续，见 `sluice lint`",
    },
    "when_else": {
        "en": "{0} when {1}; else {2} at {3}",
        "zh": "{1} 发生后进入 {0}；否则 {3} 进入 {2}",
    },
    "at": {
        "en": "{0} at {1}, in the first run from then on",
        "zh": "{1} 起的第一次运行时进入 {0}",
    },
    "next_run": {"en": "the next run moves the contact on", "zh": "下一次运行时继续"},
    "none_left": {
        "en": "stays here until {0} has something left to give",
        "zh": "停留在此，直到 {0} 有可用的名额",
    },
    "undecided": {
        "en": "the next run decides about the message",
        "zh": "下一次运行时决定是否发送",
    },
    "held": {
        "en": "the message is held ({0}); the next run decides again",
        "zh": "消息暂缓发送（{0}），下一次运行时再决定",
    },
    "held_until": {
        "en": "the message is held ({0}, open from {1}); the next run decides again",
        "zh": "消息暂缓发送（{0}，{1} 起可发送），下一次运行时再决定",
    },
    "sent": {
        "en": "{0}, in the run after the message was sent",
        "zh": "消息发出后，下一次运行时进入 {0}",
    },
    "not_sent": {
        "en": "{0}, in the next run: it is not sent ({1})",
        "zh": "不发送（{1}），下一次运行时进入 {0}",
    },
    "waits": {
        "en": "stays here until it can be sent ({0})",
        "zh": "停留在此，直到可以发送（{0}）",
    },
    "cannot_run": {
        "en": "the journey cannot run: {0}; see `sluice lint`",
        "zh": "旅程无法运行，原因见 `sluice lint`",
    },
    "not_run_yet": {
        "en": "the last run did not have this journey; run `sluice run`",
        "zh": "上次运行时还没有此旅程；请运行 `sluice run`",
    },
    "deleted": {"en": "the contact is deleted", "zh": "联系人已删除"},
    "entered_before": {
        "en": "entered before, on {0}, and reentry is never",
        "zh": "{0} 已进入过，且不可重复进入",
    },
    "handed_over": {
        "en": "a person has the contact until `sluice journeys release`",
        "zh": "已转交人工，须先运行 `sluice journeys release`",
    },
    "by_hand": {
        "en": "only `sluice journeys start`, or `enter` of another journey, lets contacts in",
        "zh": "只能通过 `sluice journeys start` 或其他旅程的 `enter` 动作进入",
    },
    "sent_here": {
        "en": "sent here {0} by another journey; the next run decides whether to let it in",
        "zh": "{0} 由其他旅程送入，下一次运行时决定是否进入",
    },
    "unreadable": {
        "en": "its trigger cannot be read back from rows",
        "zh": "现有数据无法判断是否触发过",
    },
    "no_trigger": {"en": "no trigger: {0}", "zh": "尚未触发：{0}"},
    "before_starts_on": {
        "en": "last triggered {0}, before {1}, its start",
        "zh": "上次触发 {0}，早于开始日 {1}",
    },
    "too_long_ago": {
        "en": "last triggered {0}, longer ago than {1} (enters_within)",
        "zh": "上次触发 {0}，已超过进入期限 {1}",
    },
    "not_again_yet": {
        "en": "entered before, on {0}; no trigger from {1} on",
        "zh": "{0} 已进入过；{1} 起没有触发",
    },
    "entry_condition": {
        "en": "triggered, but the entry condition held at no run since: {0}",
        "zh": "已触发，但此后各次运行时都不满足进入条件：{0}",
    },
    "unknown": {
        "en": "triggered {0}; no row says why it is not in",
        "zh": "{0} 触发过；现有数据中没有未进入的原因",
    },
}


def sentence(key: str, language: Language, *values: object) -> str:
    """The sentence of a key, with its values."""
    return SENTENCES[key][language].format(*values)
