"""A message becomes MIME: text and HTML, with headers that say who sent it, why, and how to stop it."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formataddr, parseaddr

from activations.content import render_mail
from models.delivery import Message


def message_id(delivery_id: int, sender: str) -> str:
    """A Message-ID that is the same on every try, so a repeat can be recognised at the receiver and in bounces."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<sluice.{delivery_id}@{domain}>"


def to_mime(message: Message, sender: str) -> bytes:
    """RFC 5322 bytes of one message, addresses in internationalised form only where they are. Raises ContentError."""
    subject, text, html = render_mail(message)
    address = parseaddr(sender)[1]
    mime = EmailMessage(policy=SMTP_POLICY)
    mime["From"] = formataddr(parseaddr(sender))
    mime["To"] = message.address
    mime["Subject"] = subject
    mime["Message-ID"] = message_id(message.delivery_id, sender)
    mime["List-Unsubscribe"] = f"<mailto:{address}?subject=unsubscribe-{message.delivery_id}>"
    mime["Feedback-ID"] = f"{message.template}:{message.language}:sluice:{address.partition('@')[0]}"
    mime["Auto-Submitted"] = "auto-generated"
    mime.set_content(text)
    mime.add_alternative(html, subtype="html")
    return mime.as_bytes()
