"""Settings of Twilio: SLUICE_TWILIO_*."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.destinations.sms.settings import SmsSettings


class TwilioConfig(SmsSettings):
    """One Twilio account.

    ``sender``: a messaging service (MG and 32 characters), a number in E.164 or a sender name.

    ``callback_url``: where Twilio reports on a message; its calls are signed with the auth token,
    so no ``callback_token`` is needed. ``signature`` may be empty: outside China texts have none.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_TWILIO_", extra="ignore")

    account_sid: str = Field(min_length=1, examples=["AC..."])
    auth_token: SecretStr = Field(examples=["..."])
    sender: str = Field(min_length=1, examples=["MG..."])
    url: str = "https://api.twilio.com"
    callback_url: str = ""
    batch_size: int = Field(20, ge=1)
    region: str = Field("US", min_length=2, max_length=2)
    currency: str = "USD"
    dead_number_codes: str = "30005,30006,21610"
