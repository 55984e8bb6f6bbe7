"""Settings of destinations: what is missing or does not fit is named, with how to fix it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from sluice.activations.settings import DestinationSettings
from sluice.models.errors import ConfigurationError


class PairSettings(DestinationSettings):
    """Two settings that go together."""

    model_config = SettingsConfigDict(env_prefix="SLUICE_PAIR_", extra="ignore")

    url: str = Field(examples=["https://pair.example"])
    user: str = ""
    password: str = ""

    @model_validator(mode="after")
    def _both_or_none(self) -> PairSettings:
        if bool(self.user) != bool(self.password):
            raise ValueError("SLUICE_PAIR_USER and SLUICE_PAIR_PASSWORD go together")
        return self


@pytest.mark.parametrize(
    ("given", "reported", "fix"),
    [
        pytest.param(
            {"url": "https://pair.example", "user": "sluice"},
            "SLUICE_PAIR_USER and SLUICE_PAIR_PASSWORD go together",
            "set the SLUICE_PAIR_* that it names, or SLUICE_DELIVERY=sandbox",
            id="several settings that do not go together",
        ),
        pytest.param(
            {"user": "sluice"},
            "(SLUICE_PAIR_URL: Field required)",
            "set SLUICE_PAIR_URL=https://pair.example, or SLUICE_DELIVERY=sandbox",
            id="one that is missing",
        ),
        pytest.param(
            {"workers": 0},
            "SLUICE_PAIR_WORKERS: ",
            "set SLUICE_PAIR_WORKERS=... SLUICE_PAIR_URL=https://pair.example, or"
            " SLUICE_DELIVERY=sandbox",
            id="two at once",
        ),
    ],
)
def test_what_does_not_fit_is_named(given: dict[str, Any], reported: str, fix: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        PairSettings(**given)
    assert reported in raised.value.message
    assert raised.value.fix.startswith(fix)
