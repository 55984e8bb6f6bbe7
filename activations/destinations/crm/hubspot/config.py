"""Settings of HubSpot: SLUICE_HUBSPOT_*."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from activations.settings import DestinationSettings


class HubSpotConfig(DestinationSettings):
    """One HubSpot account. ``id_property`` is a property with unique values that holds the contact_id."""

    model_config = SettingsConfigDict(env_prefix="SLUICE_HUBSPOT_", extra="ignore")

    token: SecretStr = Field(examples=["pat-na1-..."])
    url: str = "https://api.hubapi.com"
    path: str = "/crm/v3/objects/contacts"
    id_property: str = "sluice_contact_id"
    batch_size: int = Field(100, ge=1, le=100)
    timeout_seconds: float = 30.0
