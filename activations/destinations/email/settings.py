"""Settings that every destination for e-mail has."""

from __future__ import annotations

import re
from email.utils import parseaddr
from functools import cached_property

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from sluice.activations.destinations.email.headers import ascii_address
from sluice.activations.destinations.email.tokens import Signer
from sluice.activations.settings import DestinationSettings


class MailSettings(DestinationSettings):
    """``sender`` is the From header; ``unsubscribe_url`` (https, reached from outside) takes one
    click to unsubscribe, and needs ``secret``, which signs its links (and return paths): keep it as
    long as mails of yours are in mailboxes.
    """

    sender: str = Field(examples=["'Shop <news@shop.example>'"])
    unsubscribe_url: str = ""
    secret: SecretStr = Field(
        SecretStr(""), validate_default=True, examples=["'$(openssl rand -hex 24)'"]
    )

    @field_validator("sender")
    @classmethod
    def _is_one_address(cls, value: str) -> str:
        if not ascii_address(parseaddr(value)[1]).isascii() or not value.isprintable():
            raise ValueError("it is no address that every server takes")
        return value

    @field_validator("unsubscribe_url")
    @classmethod
    def _is_https(cls, value: str) -> str:
        if value and not (
            re.fullmatch(r"https?://[!-;=?-~]+", value)
            and value.startswith(("https://", "http://127.0.0.1:"))
        ):
            raise ValueError("it is no https address (RFC 8058)")
        return value

    @field_validator("secret")
    @classmethod
    def _is_long_enough(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        is_needed = bool(info.data.get("unsubscribe_url"))
        if 0 < len(value.get_secret_value()) < 16 or (is_needed and not value.get_secret_value()):
            raise ValueError(
                "16 characters at least, to sign links with"
                if is_needed
                else "16 characters at least"
            )
        return value

    @property
    def reads_replies(self) -> bool:
        """Whether mails to the sender are read, so that a reply can say no."""
        return False

    @cached_property
    def address(self) -> str:
        """The sender's mailbox."""
        return parseaddr(self.sender)[1]

    @cached_property
    def domain(self) -> str:
        """The domain of the sender's mailbox, in ASCII."""
        return self.address.rpartition("@")[2].encode("idna").decode()

    @cached_property
    def signer(self) -> Signer:
        """What signs and reads our tokens."""
        return Signer(self.secret.get_secret_value())
