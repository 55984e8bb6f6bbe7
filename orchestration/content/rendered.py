"""A text as a contact would get it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sluice.activations.content.sms_templates import body_sms
from sluice.activations.content.templates import mail_variant
from sluice.activations.destinations.wechat.content import wechat_content
from sluice.models.delivery import Message
from sluice.models.errors import ContentError
from sluice.orchestration.content.entries import Entry


@dataclass(frozen=True)
class Rendered:
    """``html``: empty where the channel has none; ``subject`` too."""

    text: str
    subject: str = ""
    html: str = ""


def render(entry: Entry, values: Mapping[str, Any], content: Path) -> Rendered:
    """The text with the values. Raises ContentError: a variable that is missing, a value that a
    filter does not take, MJML or Liquid that is none.
    """
    try:
        return RENDERERS[entry.channel](entry, values, content)
    except ContentError:
        raise
    except Exception as error:  # a filter may raise anything, and quote the value
        raise ContentError(
            f"it cannot be rendered ({type(error).__name__})", "correct the template"
        ) from error


def _mail(entry: Entry, values: Mapping[str, Any], content: Path) -> Rendered:
    variant = mail_variant(entry.template, entry.language, content)
    subject, text, html = variant.render(dict(values))
    return Rendered(text, subject, html)


def _sms(entry: Entry, values: Mapping[str, Any], content: Path) -> Rendered:
    """As a notice: whether marketing says how to say no is checked by its own rule."""
    message = Message(
        0, 0, "", "", "sms", entry.template, entry.language, values, purpose="transactional"
    )
    return Rendered(body_sms(message, content))


def _wechat(entry: Entry, values: Mapping[str, Any], content: Path) -> Rendered:
    tree = wechat_content(entry.template, entry.language, content).render(values)
    return Rendered(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False))


RENDERERS = {"email": _mail, "sms": _sms, "wechat": _wechat}
