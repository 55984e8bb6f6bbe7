"""Settings of the Meta Conversions API: SLUICE_META_CONVERSIONS_*."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.settings import DestinationSettings


class MetaConversionsConfig(DestinationSettings):
    """One dataset (pixel) of an ad account.

    ``app_secret``, when set, signs the token in each call (``appsecret_proof``).
    ``test_event_code``: of Meta's Test Events page; what is sent with it counts for nothing.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_META_CONVERSIONS_", extra="ignore")

    token: SecretStr = Field(examples=["EAAB..."])
    dataset_id: str = Field(pattern=r"^[0-9]+$", examples=["1234567890"])
    app_secret: SecretStr = SecretStr("")
    test_event_code: str = ""
    url: str = "https://graph.facebook.com"
    version: str = "v25.0"
    batch_size: int = Field(500, ge=1, le=1_000)
    timeout_seconds: float = Field(60.0, gt=0)
