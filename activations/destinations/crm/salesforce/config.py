"""Settings of Salesforce: SLUICE_SALESFORCE_*."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.destinations.crm.deal_fields import renamed
from sluice.activations.settings import DestinationSettings

OBJECTS = {
    "contacts": "Contact",
    "leads": "Lead",
    "companies": "Account",
    "deals": "Opportunity",
    "tasks": "Task",
}


class SalesforceConfig(DestinationSettings):
    """One Salesforce org, by the address of its My Domain.

    With ``refresh_token`` a refresh token is used, without it the client credentials flow.
    ``id_field`` is a text field of contacts with "External ID" and "Unique" that holds the
    contact_id, ``record_id_field`` the like of every other object. ``owner_field`` is no field
    there: a column of that name holds what ``owner_lookup`` of a user is, and OwnerId is written.
    ``objects``: what the objects of syncs are called there.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_SALESFORCE_", extra="ignore")

    url: str = Field(examples=["https://acme.my.salesforce.com"])
    client_id: str = Field(examples=["3MVG9..."])
    client_secret: SecretStr = Field(examples=["1A2B..."])
    refresh_token: SecretStr | None = None
    api_version: str = Field("v62.0", pattern=r"v[0-9]+\.[0-9]")
    objects: Annotated[dict[str, str], AfterValidator(partial(renamed, defaults=OBJECTS))] = OBJECTS
    id_field: str = "Sluice_Contact_Id__c"
    record_id_field: str = "Sluice_Id__c"
    owner_field: str = "owner_email"
    owner_lookup: str = "Email"
    member_status: str = "Sent"
    session_seconds: float = Field(3600.0, ge=60)
    batch_size: int = Field(10_000, ge=1, le=50_000)
    bulk_above: int = Field(2_000, ge=0)
    bulk_poll_seconds: float = Field(2.0, gt=0)
    bulk_wait_seconds: float = Field(900.0, gt=0)
    timeout_seconds: float = 60.0
