"""What an alert says, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Language = Literal["en", "zh"]
# rule: what is wrong, and what to do about it, in both languages
RULES: dict[str, dict[Language, tuple[str, str]]] = {
    "open_rate": {
        "en": ("open rate of {subject}: {measured}, the limit is {limit}",
               "look at subject and audience: sluice report, page campaigns"),
        "zh": ("{subject} 打开率 {measured}，阈值 {limit}", "检查主题和受众：sluice report 活动页"),
    },
    "bounce_rate": {
        "en": ("bounce rate of {subject}: {measured}, the limit is {limit}",
               "pause it and clean the addresses: sluice pause {subject}"),
        "zh": ("{subject} 退回率 {measured}，阈值 {limit}",
               "暂停并清理地址：sluice pause {subject}"),
    },
    "complaint_rate": {
        "en": ("complaint rate of {subject}: {measured}, the limit is {limit}",
               "pause it and see who asked for it: sluice pause {subject}"),
        "zh": ("{subject} 投诉率 {measured}，阈值 {limit}",
               "暂停并核实订阅来源：sluice pause {subject}"),
    },
    "follow_up_rate": {
        "en": ("leads of {subject} followed up in time: {measured}, the limit is {limit}",
               "see which leads wait: sluice report, page stages"),
        "zh": ("{subject} 及时跟进率 {measured}，阈值 {limit}",
               "查看待跟进线索：sluice report 阶段页"),
    },
    "score_age": {
        "en": ("no change in the score {subject} for {measured}, the limit is {limit}",
               "see whether its sources still deliver: sluice doctor"),
        "zh": ("评分 {subject} 已 {measured}未更新，阈值 {limit}", "检查数据源：sluice doctor"),
    },
    "source_age": {
        "en": ("nothing new from the source {subject} for {measured}, the limit is {limit}",
               "see whether its files arrive in raw: sluice doctor"),
        "zh": ("数据源 {subject} 已 {measured}没有新数据，阈值 {limit}",
               "检查文件是否到达：sluice doctor"),
    },
    "never_sent": {
        "en": ("no schedule can ever send {subject}", "see the rule schedule of sluice lint"),
        "zh": ("{subject}：没有任何运行计划能发送它", "参见 sluice lint 的 schedule 规则"),
    },
}  # fmt: skip
ENDS: dict[str, dict[Language, str]] = {
    "over": {"en": "over", "zh": "已恢复"},
    "not_measured": {"en": "closed, nothing is left to measure", "zh": "已关闭，无数据可测"},
}
OPENED: dict[Language, str] = {"en": "Alert", "zh": "告警"}


def what(row: Mapping[str, Any], language: Language) -> str:
    """What is wrong, in one line."""
    return _filled(row, language)[0]


def fix(row: Mapping[str, Any], language: Language) -> str:
    """What to do about it."""
    return _filled(row, language)[1]


def title(row: Mapping[str, Any], notice: str, language: Language) -> str:
    """The subject of a notice: an alert, or the end of one."""
    head = OPENED[language] if notice == "opening" else ENDS[row["closed_reason"]][language]
    return f"{head}: {what(row, language)}"


def never_sent_in_words(name: str, language: Language) -> tuple[str, str]:
    """What is wrong with a campaign or journey that no schedule can send, and what to do."""
    said, done = RULES["never_sent"][language]
    return said.format(subject=name), done


def _filled(row: Mapping[str, Any], language: Language) -> tuple[str, str]:
    values = {
        "subject": row["subject"],
        "measured": _number(row, "measured", language),
        "limit": _number(row, "limit_value", language),
    }
    said, done = RULES[row["rule"]][language]
    return said.format(**values), done.format(**values)


def _number(row: Mapping[str, Any], name: str, language: Language) -> str:
    value = row[name]
    if value is None:
        return "-"
    if str(row["rule"]).endswith("_rate"):
        return f"{value * 100:.4g} %"
    days = "day" if value == 1 else "days"
    return f"{value:.3g} {days if language == 'en' else '天'}"
