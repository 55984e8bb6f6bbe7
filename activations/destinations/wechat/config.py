"""Settings that destinations of one account share: SLUICE_WECHAT_* of the official account,
SLUICE_WECOM_* of the WeCom app.
"""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from sluice.activations.settings import DestinationSettings

AES_KEY_LENGTH = 43
# characters a value of a template may have, by the type in front of its number (thing1,
# character_string2)
VALUE_CAPS = {"thing": 20, "character_string": 32, "phone_number": 17, "car_number": 8, "const": 20}


class OfficialAccountConfig(DestinationSettings):
    """One official account.

    ``callback_token`` and ``callback_aes_key`` are those of its server configuration: with a key
    (43 characters) only encrypted callbacks are accepted. ``callback_max_age_seconds``: an older
    callback is refused; 0 accepts all.

    ``unsubscribe_words`` are whole messages, but for polite words around; a Chinese one is also
    found in a short message. ``unsubscribe_menu_keys`` are EventKeys of a menu: who sends one wants
    no more. ``value_caps``: characters a value may have by its type, for types that the default
    does not know.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_WECHAT_", extra="ignore")

    appid: str = Field(examples=["wx0123456789abcdef"])
    secret: SecretStr = Field(examples=["..."])
    url: str = "https://api.weixin.qq.com"
    timeout_seconds: float = 30.0
    batch_size: int = Field(50, ge=1)
    callback_token: SecretStr = SecretStr("")
    callback_aes_key: SecretStr = SecretStr("")
    callback_max_age_seconds: int = Field(600, ge=0)
    unsubscribe_words: frozenset[str] = frozenset(
        [
            "退订",
            "退訂",
            "取消订阅",
            "拒收",
            "取消",
            "停止",
            "不要再发",
            "td",
            "unsubscribe",
            "unsub",
            "optout",
            "stop",
        ]
    )
    unsubscribe_menu_keys: frozenset[str] = frozenset({"unsubscribe"})
    value_caps: dict[str, int] = VALUE_CAPS

    @field_validator("callback_aes_key")
    @classmethod
    def _is_whole(cls, key: SecretStr) -> SecretStr:
        if len(key.get_secret_value()) not in {0, AES_KEY_LENGTH}:
            raise ValueError(
                f"an EncodingAESKey has {AES_KEY_LENGTH} characters: copy it from the server"
                " configuration"
            )
        return key


class WeComConfig(DestinationSettings):
    """One WeCom app with the right to customer contact."""

    model_config = SettingsConfigDict(env_prefix="SLUICE_WECOM_", extra="ignore")

    corpid: str = Field(examples=["ww0123456789abcdef"])
    secret: SecretStr = Field(examples=["..."])
    url: str = "https://qyapi.weixin.qq.com"
    timeout_seconds: float = 30.0
