"""Settings of SMTP submission: SLUICE_SMTP_*."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from activations.settings import DestinationSettings


class SmtpConfig(DestinationSettings):
    """One submission account. ``sender`` is the From header, its address also takes unsubscribe mails."""

    model_config = SettingsConfigDict(env_prefix="SLUICE_SMTP_", extra="ignore")

    host: str = Field(examples=["smtp.example.com"])
    port: int = 587
    username: str = ""
    password: SecretStr = SecretStr("")
    starttls: bool = True
    sender: str = Field(examples=["'Shop <news@shop.example>'"])
    timeout_seconds: float = 30.0
    batch_size: int = 50
