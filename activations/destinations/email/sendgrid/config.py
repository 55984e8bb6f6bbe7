"""Settings of SendGrid: SLUICE_SENDGRID_*."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.destinations.email.settings import MailSettings


class SendGridConfig(MailSettings):
    """One SendGrid account.

    ``event_public_key``: the verification key of its signed event webhook, in base64 as shown
    there.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_SENDGRID_", extra="ignore")

    api_key: SecretStr = Field(examples=["SG...."])
    url: str = "https://api.sendgrid.com"
    event_public_key: str = ""
    event_tolerance_seconds: float = Field(86_400.0, gt=0)
    batch_size: int = Field(200, ge=1, le=1000)
    timeout_seconds: float = Field(30.0, gt=0)
