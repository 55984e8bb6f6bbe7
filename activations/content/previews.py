"""How a message is rendered before anything is sent: a line a channel, and one for a destination
whose vendor keeps the wording.

A channel without a line is not tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from liquid.exceptions import LiquidError, UndefinedError

from sluice.activations.content.sms_templates import body_sms, vendor_sms
from sluice.activations.content.sms_text import Area
from sluice.activations.content.templates import render_mail
from sluice.activations.destinations.wechat.content import render as render_wechat
from sluice.models.delivery import Message
from sluice.models.errors import ContentError

Renderer = Callable[[Message, Path], object]


def _area(message: Message) -> Area:
    return "mainland" if message.address.startswith("+86") else "abroad"


def _wechat(kind: str) -> Renderer:
    """A value that is too long for its field is its row's own fault, and is met when the row is
    sent.
    """
    return lambda message, folder: render_wechat(
        message.template, message.language, kind, message.values, folder
    )


RENDERERS: Mapping[str, Renderer] = {
    "email": render_mail,
    "sms": lambda message, folder: body_sms(message, folder, _area(message)),
    "aliyun": lambda message, folder: vendor_sms(message, "aliyun", _area(message), folder),
    "tencent": lambda message, folder: vendor_sms(message, "tencent", _area(message), folder),
    "wechat_template": _wechat("template"),
    "wechat_subscribe": _wechat("subscribe"),
    "wechat_service": _wechat("message"),
    "wechat_mass": _wechat("message"),
    "wecom_mass": _wechat("message"),
}


def template_problems(samples: Iterable[Message], destination: str, folder: Path) -> list[str]:
    """What is wrong with the variants of these messages, a message a variant: template, language,
    and the missing file or variable. No value of the message is repeated.
    """
    return [
        f"{one.template} in {one.language}: {words}"
        for one in samples
        if (words := _problem(one, destination, folder))
    ]


def _problem(message: Message, destination: str, folder: Path) -> str:
    render = RENDERERS.get(destination, RENDERERS.get(message.channel))
    try:
        if render is not None:
            render(message, folder)
    except Exception as error:  # whatever a template does, it stops its own campaign
        return _words(error)
    return ""


def _words(error: Exception) -> str:
    """A filter's error may quote the value it was given: of those the kind alone is named, unless
    the words are the template's own.
    """
    quotes_values = isinstance(error.__cause__, LiquidError) and not isinstance(
        error.__cause__, UndefinedError
    )
    is_clean = not quotes_values or getattr(error, "reason", "") != "template_error"
    if isinstance(error, ContentError) and is_clean:
        return error.message
    return f"it cannot be rendered ({type(error.__cause__ or error).__name__})"
