"""Settings of Tencent Ads audiences: SLUICE_TENCENT_AUDIENCES_*."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.settings import DestinationSettings


class TencentAudiencesConfig(DestinationSettings):
    """One ad account. The vendor takes about 50 files a minute, hence ``calls_per_second``."""

    model_config = SettingsConfigDict(env_prefix="SLUICE_TENCENT_AUDIENCES_", extra="ignore")

    token: SecretStr = Field(examples=["5f3c..."])
    account_id: int = Field(examples=["20458"])
    url: str = "https://api.e.qq.com"
    version: str = "v3.0"
    batch_size: int = Field(10_000, ge=1, le=1_000_000)
    calls_per_second: float = Field(0.8, ge=0)
    timeout_seconds: float = Field(60.0, gt=0)
