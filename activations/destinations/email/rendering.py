"""A message as subject, text and HTML, for vendors that make the MIME themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.activations.content.templates import render_mail
from sluice.activations.destinations.email.headers import ascii_address
from sluice.activations.destinations.email.settings import MailSettings
from sluice.activations.destinations.email.unsubscribe import unsubscribe_headers, unsubscribe_url
from sluice.models.delivery import ItemResult, Message, Outcome
from sluice.models.errors import ContentError


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """One mail, ready but for its MIME; ``html`` is '' of a mail that is text alone, ``headers``
    are those to unsubscribe by.
    """

    message: Message
    address: str
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """Bytes of subject, text and HTML."""
        return sum(len(text.encode()) for text in (self.subject, self.text, self.html))


def alike(mails: Sequence[RenderedMail]) -> list[list[RenderedMail]]:
    """Those with HTML and those that are text alone: a call has one kind of body."""
    groups = ([mail for mail in mails if mail.html], [mail for mail in mails if not mail.html])
    return [group for group in groups if group]


def render(message: Message, settings: MailSettings, max_bytes: int) -> RenderedMail | ItemResult:
    """The mail, or why it can never be sent: a bad address, an error in the template, or more than
    ``max_bytes``.
    """
    try:
        address = ascii_address(message.address)
    except ValueError:
        return ItemResult(message.delivery_id, Outcome.FAILED, "bad_address", suppress=True)
    if not address.isascii():  # these vendors take no SMTPUTF8 addresses
        return ItemResult(message.delivery_id, Outcome.FAILED, "address_not_supported")
    url = unsubscribe_url(message, settings)
    try:
        subject, text, html = render_mail(message, settings.content, unsubscribe_url=url)
        mail = RenderedMail(
            message,
            address,
            subject,
            text,
            html,
            tuple(unsubscribe_headers(message, settings, url)),
        )
        is_large = mail.size > max_bytes
    except ContentError as error:
        return ItemResult(message.delivery_id, Outcome.FAILED, error.reason)
    except ValueError:  # half a letter, which UTF-8 cannot hold
        return ItemResult(message.delivery_id, Outcome.FAILED, "template_error")
    return ItemResult(message.delivery_id, Outcome.FAILED, "too_large") if is_large else mail
