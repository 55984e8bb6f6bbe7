"""Settings of conversions at Tencent Ads: SLUICE_TENCENT_CONVERSIONS_*."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.settings import DestinationSettings


class TencentConversionsConfig(DestinationSettings):
    """One data source (数据源) of an ad account.

    ``wechat_app_id``: whose openids and unionids the rows have; a source of a WeChat type takes no
    row without it. ``dedupe_hours``: Tencent drops a repeat by its id and says nowhere for how
    long, so after these hours one whose outcome is unknown waits for a person. The vendor takes
    4,000 calls a minute.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_TENCENT_CONVERSIONS_", extra="ignore")

    token: SecretStr = Field(examples=["5f3c..."])
    account_id: int = Field(examples=["20458"])
    user_action_set_id: int = Field(examples=["1110000001"])
    wechat_app_id: str = ""
    url: str = "https://api.e.qq.com"
    version: str = "v3.0"
    batch_size: int = Field(50, ge=1, le=50)
    calls_per_second: float = Field(50.0, ge=0)
    dedupe_hours: float = Field(48.0, gt=0)
    timeout_seconds: float = Field(60.0, gt=0)
