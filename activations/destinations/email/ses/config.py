"""Settings of Amazon SES: SLUICE_SES_*."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.destinations.email.settings import MailSettings
from sluice.activations.destinations.email.sigv4 import Credentials


class SesConfig(MailSettings):
    """One SES account in one region. Without ``url`` it is the region's public address.

    ``template_name``: a template of yours there that has the variables subject, text and html;
    without one, it is sent along, with ``triple_braces`` around variables, which Handlebars does
    not escape. ``topic_arn``: the SNS topic that events come by, verified by ``certificate_file``
    (PEM) where Amazon cannot be asked for its certificate. ``event_key``: the API key that an
    EventBridge API destination sends.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_SES_", extra="ignore")

    access_key_id: str = Field(examples=["AKIA..."])
    secret_access_key: SecretStr = Field(examples=["..."])
    session_token: SecretStr = SecretStr("")
    region: str = Field(pattern=r"^[a-z0-9-]+$", examples=["eu-west-1"])
    url: str = ""
    configuration_set: str = ""
    template_name: str = ""
    triple_braces: bool = True
    topic_arn: str = ""
    certificate_file: Path | None = None
    event_key: SecretStr = SecretStr("")
    batch_size: int = Field(50, ge=1, le=50)
    timeout_seconds: float = Field(30.0, gt=0)

    @property
    def base_url(self) -> str:
        """Where calls go."""
        return (self.url or f"https://email.{self.region}.amazonaws.com").rstrip("/")

    @property
    def credentials(self) -> Credentials:
        """What signs calls."""
        secret, token = (
            self.secret_access_key.get_secret_value(),
            self.session_token.get_secret_value(),
        )
        return Credentials(self.access_key_id, secret, self.region, "ses", token)
