"""Settings of Meta Custom Audiences: SLUICE_META_AUDIENCES_*."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.settings import DestinationSettings


class MetaAudiencesConfig(DestinationSettings):
    """One ad account.

    ``app_secret``, when set, signs the token in each call (``appsecret_proof``).
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_META_AUDIENCES_", extra="ignore")

    token: SecretStr = Field(examples=["EAAB..."])
    app_secret: SecretStr = SecretStr("")
    url: str = "https://graph.facebook.com"
    version: str = "v25.0"
    batch_size: int = Field(5_000, ge=1, le=10_000)
    timeout_seconds: float = Field(60.0, gt=0)
