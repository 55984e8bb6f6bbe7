"""Settings of a Kannel gateway: SLUICE_KANNEL_*."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from sluice.activations.destinations.sms.settings import SmsSettings

URL_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


class KannelConfig(SmsSettings):
    """One sendsms-user of a gateway. ``sender``: what the recipient sees.

    ``callback_url``: where the gateway reports on a message. ``smsc``: the link to send by, where
    it has several.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_KANNEL_", extra="ignore")

    username: str = Field(min_length=1, examples=["sluice"])
    password: SecretStr = Field(examples=["..."])
    sender: str = Field(min_length=1, examples=["10690000"])
    url: str = "http://127.0.0.1:13013"
    path: str = "/cgi-bin/sendsms"
    callback_url: str = ""
    smsc: str = ""
    batch_size: int = Field(20, ge=1)
    dead_number_codes: str = ""

    @field_validator("callback_token")
    @classmethod
    def _needs_no_escapes(cls, token: SecretStr) -> SecretStr:
        """Kannel reads % in the address of a report as its own signs, so the secret must need
        none.
        """
        if not set(token.get_secret_value()) <= URL_SAFE:
            raise ValueError("use letters, digits, - and _ only")
        return token

    @field_validator("callback_url")
    @classmethod
    def _has_no_escapes(cls, url: str) -> str:
        if "%" in url:
            raise ValueError("an address without %, which Kannel reads as its own sign")
        return url
