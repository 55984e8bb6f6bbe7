"""Settings that every destination for e-mail has."""

from __future__ import annotations

from email.utils import parseaddr
from functools import cached_property

from pydantic import Field, SecretStr, field_validator

from activations.destinations.email.tokens import Signer
from activations.settings import DestinationSettings


class MailSettings(DestinationSettings):
    """``sender`` is the From header; ``unsubscribe_url`` (https, reached from outside) takes one click to unsubscribe, and needs
    ``secret``, which signs its links (and return paths): keep it as long as mails of yours are in mailboxes."""

    sender: str = Field(examples=["'Shop <news@shop.example>'"])
    unsubscribe_url: str = ""
    secret: SecretStr = SecretStr("")

    @field_validator("sender")
    @classmethod
    def _is_one_address(cls, value: str) -> str:
        address = parseaddr(value)[1]
        if "@" not in address or any(letter in value for letter in "\r\n\0"):
            raise ValueError("it is no address")
        return value

    @field_validator("secret")
    @classmethod
    def _is_long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 16:
            raise ValueError("16 characters at least")
        return value

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
