"""Settings of a group robot: SLUICE_WECOM_ROBOT_*."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.settings import DestinationSettings


class WeComRobotConfig(DestinationSettings):
    """One robot of one group: 20 messages a minute, so one worker and a call every 3 seconds.

    ``language`` of its texts.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_WECOM_ROBOT_", extra="ignore")

    key: SecretStr = Field(examples=["693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"])
    url: str = "https://qyapi.weixin.qq.com"
    language: str = "zh"
    timeout_seconds: float = 30.0
    workers: int = Field(1, ge=1, le=64)
    calls_per_second: float = Field(20 / 60, ge=0)
