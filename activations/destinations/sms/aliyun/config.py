"""Settings of Aliyun SMS: SLUICE_ALIYUN_*."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.destinations.sms.settings import SmsSettings


class AliyunConfig(SmsSettings):
    """One Aliyun account (a RAM user who may send SMS) and one approved signature.

    ``max_variable_length``: characters of a template variable. ``extend_code`` (SmsUpExtendCode)
    marks the replies of this sender. ``failed_send_status``: what QuerySendDetails says of a
    message that was not sent. ``settle_seconds``: so long after a call its message may still turn
    up there; before that nothing is sent again.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_ALIYUN_", extra="ignore")

    access_key_id: str = Field(min_length=1, examples=["LTAI..."])
    access_key_secret: SecretStr = Field(examples=["..."])
    signature: str = Field(min_length=1, examples=["商店"])
    url: str = "https://dysmsapi.aliyuncs.com"
    batch_size: int = Field(100, ge=1, le=100)
    max_variable_length: int = Field(35, ge=1)
    extend_code: str = ""
    failed_send_status: int = 2
    settle_seconds: float = Field(600.0, ge=0)
