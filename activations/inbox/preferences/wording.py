"""The texts of the page, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "订阅偏好",
        "intro": "选择您希望如何收到我们的消息，随时可以更改。",
        "channels": "通过哪些方式联系您",
        "email": "电子邮件",
        "sms": "短信",
        "wechat": "微信",
        "phone": "电话",
        "topics": "您感兴趣的内容",
        "frequency": "频率",
        "normal": "正常",
        "less": "少一些",
        "language": "消息语言",
        "pause": "暂停所有营销消息 30 天",
        "paused": "营销消息已暂停至 {until}（UTC）",
        "resume": "结束暂停，恢复接收",
        "save": "保存",
        "stop_all": "停止所有营销消息",
        "stop_note": "“停止所有”立即生效，适用于所有方式。",
        "consent": "勾选某种方式并保存，即表示您同意我们通过该方式向您发送营销消息。",
        "saved": "已保存，立即生效。",
        "unchanged": "没有更改。",
        "stopped": "已停止：您不会再收到我们的营销消息。",
        "wrong_title": "链接无法使用",
        "wrong": "该链接不完整或已过期。请从我们最近的一封邮件或消息中重新打开完整的链接，"
        "或直接回复“退订”。",
        "other": "English",
    },
    "en": {
        "title": "Your preferences",
        "intro": "Choose how you want to receive our messages. You can change it at any time.",
        "channels": "How we may write to you",
        "email": "E-mail",
        "sms": "SMS",
        "wechat": "WeChat",
        "phone": "Phone",
        "topics": "What you want to read about",
        "frequency": "How often",
        "normal": "As usual",
        "less": "Less often",
        "language": "Language of the messages",
        "pause": "Pause all marketing messages for 30 days",
        "paused": "Marketing messages are paused until {until} (UTC)",
        "resume": "End the pause",
        "save": "Save",
        "stop_all": "Stop all marketing messages",
        "stop_note": "Stopping all takes effect at once and on all channels.",
        "consent": "By ticking a channel and saving you agree that we send you marketing messages"
        " on it.",
        "saved": "Saved. It takes effect at once.",
        "unchanged": "Nothing was changed.",
        "stopped": "Stopped: you get no more marketing messages from us.",
        "wrong_title": "This link cannot be used",
        "wrong": "The link is not complete, or too old. Open it from our latest mail or message"
        " again, as a whole, or reply to it with the word unsubscribe.",
        "other": "中文",
    },
}
LANGUAGE_NAMES = {
    "zh": "简体中文",
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "ja": "日本語",
    "ko": "한국어",
    "pt": "Português",
    "ru": "Русский",
}


def language_of(request: Request, known: str = "") -> str:
    """The language of the page: the one chosen in it, the person's, or what their browser takes."""
    chosen = request.query_params.get("l", "")
    if chosen in TEXTS:
        return chosen
    if known:
        return "zh" if known.partition("-")[0] == "zh" else "en"
    accepted = request.headers.get("accept-language", "")[:200].lower().split(",")
    named = (part.split(";")[0].strip().partition("-")[0] for part in accepted)
    return next((one for one in named if one in TEXTS), "zh")
