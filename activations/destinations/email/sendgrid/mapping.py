"""Mails as the body of Mail Send (API v3): one personalization each, whose substitutions are our
rendering.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from sluice.activations.destinations.email.headers import ascii_address
from sluice.activations.destinations.email.rendering import RenderedMail, alike
from sluice.activations.destinations.email.sendgrid.config import SendGridConfig

PATH = "/v3/mail/send"
# substitutions of one personalization, in bytes, names included
SUBSTITUTION_BYTES = 50_000
MAIL_BYTES = SUBSTITUTION_BYTES - 100
SUBJECT, TEXT, HTML = "-sluice_subject-", "-sluice_text-", "-sluice_html-"


def send_body(mails: Sequence[RenderedMail], config: SendGridConfig) -> dict[str, Any]:
    """The body of one call, of mails that all have HTML or none has.

    Tracking by the vendor is left to its account.
    """
    name, address = parseaddr(config.sender)
    sender = {"email": ascii_address(address)}
    return {
        "from": {**sender, "name": name} if name else sender,
        "subject": SUBJECT,
        "personalizations": [_personalization(mail) for mail in mails],
        "content": [
            {"type": "text/plain", "value": TEXT},
            *([{"type": "text/html", "value": HTML}] if mails[0].html else []),
        ],
    }


def calls(mails: Sequence[RenderedMail]) -> list[list[RenderedMail]]:
    """Mails in as few calls as can be: one call holds an address once, whatever its case, and mails
    with HTML or without.
    """
    return [call for group in alike(mails) for call in _once_each(group)]


def _once_each(mails: Sequence[RenderedMail]) -> list[list[RenderedMail]]:
    found: list[list[RenderedMail]] = []
    seen: list[set[str]] = []
    for mail in mails:
        address = mail.address.lower()
        at = next(
            (number for number, addresses in enumerate(seen) if address not in addresses), len(seen)
        )
        if at == len(seen):
            found.append([])
            seen.append(set())
        found[at].append(mail)
        seen[at].add(address)
    return found


def _personalization(mail: RenderedMail) -> dict[str, Any]:
    found = {
        "to": [{"email": mail.address}],
        "substitutions": {
            SUBJECT: mail.subject,
            TEXT: mail.text,
            **({HTML: mail.html} if mail.html else {}),
        },
        "custom_args": {"delivery_id": str(mail.message.delivery_id)},
    }
    return {**found, "headers": dict(mail.headers)} if mail.headers else found
