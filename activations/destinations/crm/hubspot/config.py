"""Settings of HubSpot: SLUICE_HUBSPOT_*."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.settings import DestinationSettings


class HubSpotConfig(DestinationSettings):
    """One HubSpot account.

    ``id_property`` is a property of contacts with unique values that holds the contact_id,
    ``record_id_property`` the like of every other object (tasks, deals, companies).
    ``owner_property`` is no property there: a column of that name holds the owner's e-mail, and the
    owner's id is written.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_HUBSPOT_", extra="ignore")

    token: SecretStr = Field(examples=["pat-na1-..."])
    url: str = "https://api.hubapi.com"
    objects_path: str = "/crm/v3/objects"
    lists_path: str = "/crm/v3/lists"
    owners_path: str = "/crm/v3/owners/"
    associations_path: str = "/crm/v4/associations"
    id_property: str = "sluice_contact_id"
    record_id_property: str = "sluice_id"
    owner_property: str = "owner_email"
    contact_type: str = "0-1"
    creates_lists: bool = True
    batch_size: int = Field(100, ge=1, le=100)
    timeout_seconds: float = 30.0
