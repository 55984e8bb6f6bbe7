"""How a message of each channel is rendered before anything is sent: a line a channel. A channel without a line is not tried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from activations.content import render_mail
from models.delivery import Message
from models.errors import ContentError

RENDERERS: Mapping[str, Callable[[Message], object]] = {"email": render_mail}


def template_problems(samples: Iterable[Message]) -> list[str]:
    """What is wrong with the variants of these messages, a message a variant: template, language, and the missing file or
    variable. No value of the message is told."""
    return [f"{one.template} in {one.language}: {words}" for one in samples if (words := _problem(one))]


def _problem(message: Message) -> str:
    render = RENDERERS.get(message.channel)
    try:
        if render is not None:
            render(message)
    except ContentError as error:
        return error.message
    return ""
