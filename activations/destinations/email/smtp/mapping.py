"""A message becomes a mail: bytes with headers that say who sent it and how to stop it, and an
envelope for its bounces.
"""

from __future__ import annotations

from dataclasses import dataclass

from sluice.activations.content.templates import NO_LINKS, mail_variant, mark_subject, tracked
from sluice.activations.destinations.email.headers import ascii_address, xtext
from sluice.activations.destinations.email.mime import skeleton
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.activations.destinations.email.unsubscribe import unsubscribe_headers, unsubscribe_url
from sluice.models.delivery import Message


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who it is from and to (RFC 5321), and the DSN options of each (RFC 3461) for servers that
    take them.
    """

    return_path: str
    recipient: str
    mail_options: str
    recipient_options: str

    @property
    def needs_utf8(self) -> bool:
        """True when the local part of the recipient is not ASCII (RFC 6531)."""
        return not self.recipient.isascii()


def message_id(delivery_id: int, domain: str) -> str:
    """A Message-ID that is the same on every try, so a repeat can be recognised at the receiver and
    in bounces.
    """
    return f"<sluice.{delivery_id}@{domain}>"


def to_envelope(message: Message, config: SmtpConfig) -> Envelope:
    """The envelope: with a ``bounce_address`` the return path is of this mail alone.

    Raises ValueError for a bad address.
    """
    tag = config.signer.tag(message.delivery_id)
    local, _, domain = config.bounce_address.rpartition("@")
    return Envelope(
        return_path=f"{local}+{tag}@{domain}" if domain else config.address,
        recipient=ascii_address(message.address),
        mail_options=f" RET=HDRS ENVID={tag}",
        recipient_options=f" NOTIFY={config.notify} ORCPT=rfc822;{xtext(message.address)}",
    )


def to_mime(message: Message, config: SmtpConfig) -> bytes:
    """RFC 5322 bytes of one message, CRLF at line ends.

    Raises ContentError, and ValueError for what no header can hold.
    """
    variant = mail_variant(message.template, message.language, config.content)
    variant.require_way_out(message)
    url = unsubscribe_url(message, config)
    links = {**NO_LINKS, "unsubscribe_url": url}
    subject, text, html = variant.render({**links, **message.values}, message.subjects)
    headers = [
        ("Message-ID", message_id(message.delivery_id, config.domain)),
        *unsubscribe_headers(message, config, url),
    ]
    marked = mark_subject(subject, message, variant.language)
    html = tracked(html, message, url)
    return skeleton(variant, config.sender).assemble(message.address, marked, text, html, headers)
