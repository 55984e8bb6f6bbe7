"""Settings that every SMS destination has."""

from __future__ import annotations

from pydantic import Field, SecretStr

from sluice.activations.settings import DestinationSettings


class SmsSettings(DestinationSettings):
    """``signature``: the name in 【】 before each text.

    ``price``: of one segment. ``max_segments``: longer texts are refused.

    ``region`` (ISO 3166 alpha-2): whose numbers those without a country code are, in what the
    provider tells. ``callback_token``: a secret that the provider's calls carry as ``?token=``;
    without one all of them are refused. ``dead_number_codes``: codes of delivery reports, separated
    by commas, that say that there is no such number: it gets nothing any more.
    """

    signature: str = ""
    max_segments: int = Field(5, ge=1)
    region: str = Field("CN", min_length=2, max_length=2)
    callback_token: SecretStr = SecretStr("")
    dead_number_codes: str = "MK:0001"
    timeout_seconds: float = 30.0

    def is_dead_number(self, code: str) -> bool:
        """Whether a code of a delivery report is one of ``dead_number_codes``."""
        return code in {word.strip() for word in self.dead_number_codes.split(",")}
