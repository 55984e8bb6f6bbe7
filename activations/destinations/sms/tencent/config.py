"""Settings of Tencent Cloud SMS: SLUICE_TENCENT_*."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.destinations.sms.settings import SmsSettings


class TencentConfig(SmsSettings):
    """One application (SdkAppId) of a Tencent Cloud account and one approved signature.

    ``cloud_region``: of the endpoint (X-TC-Region). ``max_variable_length``: characters of a
    template variable, as the console shows for the account. ``sender_id``: of messages abroad,
    where the country asks for one.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_TENCENT_", extra="ignore")

    secret_id: str = Field(min_length=1, examples=["AKID..."])
    secret_key: SecretStr = Field(examples=["..."])
    app_id: str = Field(min_length=1, examples=["1400006666"])
    signature: str = Field(min_length=1, examples=["商店"])
    url: str = "https://sms.tencentcloudapi.com"
    cloud_region: str = "ap-guangzhou"
    batch_size: int = Field(200, ge=1, le=200)
    max_variable_length: int = Field(6, ge=1)
    sender_id: str = ""
    dead_number_codes: str = "MK:0001,UNDELIV:1"
