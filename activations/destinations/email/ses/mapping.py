"""Mails as the body of SendBulkEmail (SES API v2): our rendering goes in as variables of a template
of nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from email.utils import formataddr, parseaddr
from typing import Any

from sluice.activations.destinations.email.headers import ascii_address
from sluice.activations.destinations.email.rendering import RenderedMail
from sluice.activations.destinations.email.ses.config import SesConfig

PATH = "/v2/email/outbound-bulk-emails"
DATA_LIMIT = 262_144  # characters of ReplacementTemplateData (sesv2/2019-09-27)
# JSON may write a letter of text as two, or a control letter as six; HTML and text are far from
# that
MAIL_BYTES = 200_000


def bulk_body(mails: Sequence[RenderedMail], config: SesConfig) -> dict[str, Any]:
    """The body of one call, one entry a mail, in order: results come back in the same order.

    All have HTML, or none.
    """
    words, address = parseaddr(config.sender)
    body = {
        "FromEmailAddress": formataddr((words, ascii_address(address))),
        "DefaultContent": {"Template": _template(config, has_html=bool(mails[0].html))},
        "BulkEmailEntries": [_entry(mail) for mail in mails],
    }
    return (
        {**body, "ConfigurationSetName": config.configuration_set}
        if config.configuration_set
        else body
    )


def fits(mail: RenderedMail) -> bool:
    """True when the mail's variables are within what SES takes."""
    return len(_data(mail)) <= DATA_LIMIT


def _template(config: SesConfig, *, has_html: bool) -> dict[str, Any]:
    if config.template_name:
        return {"TemplateName": config.template_name, "TemplateData": "{}"}
    opening, closing = ("{{{", "}}}") if config.triple_braces else ("{{", "}}")
    content = {
        name.title(): f"{opening}{name}{closing}"
        for name in ("subject", "text", *(["html"] if has_html else []))
    }
    return {"TemplateContent": content, "TemplateData": "{}"}


def _entry(mail: RenderedMail) -> dict[str, Any]:
    entry = {
        "Destination": {"ToAddresses": [mail.address]},
        "ReplacementTags": [{"Name": "delivery_id", "Value": str(mail.message.delivery_id)}],
        "ReplacementEmailContent": {
            "ReplacementTemplate": {"ReplacementTemplateData": _data(mail)}
        },
    }
    headers = [{"Name": name, "Value": value} for name, value in mail.headers]
    return {**entry, "ReplacementHeaders": headers} if headers else entry


def _data(mail: RenderedMail) -> str:
    # html is given even where it is empty: a template that is kept at SES fails without one of its
    # variables
    return json.dumps(
        {"subject": mail.subject, "text": mail.text, "html": mail.html}, ensure_ascii=False
    )
