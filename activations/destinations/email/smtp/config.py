"""Settings of SMTP submission: SLUICE_SMTP_*."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from sluice.activations.destinations.email.headers import ascii_address
from sluice.activations.destinations.email.settings import MailSettings


class SmtpConfig(MailSettings):
    """One submission account. The sender's mailbox also takes unsubscribe mails.

    ``bounce_address``: the return path; each mail has a tag of its own in it (VERP).
    ``bounce_maildir``: the Maildir it is delivered to. ``starttls`` and ``implicit_tls`` verify the
    server's certificate by the system's authorities, or ``ca_file``.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_SMTP_", extra="ignore")

    host: str = Field(examples=["smtp.example.com"])
    port: int = 587
    username: str = ""
    password: SecretStr = SecretStr("")
    starttls: bool = True
    implicit_tls: bool = False
    ca_file: Path | None = None
    helo_name: str = ""
    bounce_address: str = ""
    bounce_maildir: Path | None = None
    notify: Literal["FAILURE", "FAILURE,DELAY", "SUCCESS,FAILURE", "NEVER"] = "FAILURE"
    dkim_domain: str = ""
    dkim_selector: str = ""
    dkim_key_file: Path | None = None
    timeout_seconds: float = Field(30.0, gt=0)
    mails_per_connection: int = Field(1000, ge=1)
    batch_size: int = Field(50, ge=1)

    @property
    def reads_replies(self) -> bool:
        """With a Maildir, which gets the sender's mail too."""
        return self.bounce_maildir is not None

    @field_validator("bounce_address")
    @classmethod
    def _is_address_or_empty(cls, value: str) -> str:
        return ascii_address(value) if value else value
