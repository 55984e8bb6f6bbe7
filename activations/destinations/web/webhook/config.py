"""Settings of a webhook: SLUICE_WEBHOOK_*."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from sluice.activations.settings import DestinationSettings


class WebhookConfig(DestinationSettings):
    """One receiver.

    ``secret``: one or, while it is changed, several secrets with a blank between (``whsec_`` and
    base64).

    ``batch_size`` 1 posts each item alone, more posts a list. ``template`` names
    ``content/webhook/<template>.json.liquid``. ``receiver_dedupes``: it takes an id once, so an
    item whose outcome is unknown is posted again; else it is held. ``allow_private_addresses`` also
    allows http.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_WEBHOOK_", extra="ignore")

    allow_private_addresses: bool = False  # before the address, whose check asks for it
    url: str = Field(examples=["https://hooks.example.com/sluice"])
    secret: SecretStr = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    batch_size: int = Field(1, ge=1, le=1000)
    template: str = Field("", pattern=r"^[\w-]*$")
    receiver_dedupes: bool = False
    timeout_seconds: float = Field(15.0, gt=0)

    @property
    def keys(self) -> list[bytes]:
        """The secrets as bytes, the first the newest."""
        return [_key(text) for text in self.secret.get_secret_value().split()]

    @field_validator("secret")
    @classmethod
    def check_secret(cls, value: SecretStr) -> SecretStr:
        """Base64 after ``whsec_``, of 16 bytes at least."""
        keys = value.get_secret_value().split()
        if not keys or any(len(_key(text)) < 16 for text in keys):
            raise ValueError("write whsec_ and at least 16 bytes in base64")
        return value

    @field_validator("url")
    @classmethod
    def check_url(cls, value: str, info: ValidationInfo) -> str:
        """https, or http where private addresses are allowed; no login in it, since it would be
        shown.
        """
        parts = urlsplit(value)
        schemes = {"https", "http"} if info.data.get("allow_private_addresses") else {"https"}
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(
                "must begin with https:// (http:// only with"
                " SLUICE_WEBHOOK_ALLOW_PRIVATE_ADDRESSES=true)"
            )
        if parts.username or parts.password:
            raise ValueError("must hold no login; the signature says who calls")
        return value


def _key(text: str) -> bytes:
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret is not base64") from error
