"""Settings of Tryton: SLUICE_TRYTON_*."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from sluice.activations.destinations.crm.deal_fields import renamed
from sluice.activations.settings import DestinationSettings

OBJECTS = {"contacts": "party.party", "companies": "party.party"}
MECHANISMS = {"email": "email", "phone": "phone", "mobile": "mobile", "website": "website"}


class TrytonConfig(DestinationSettings):
    """One database of a Tryton server.

    ``rpc_path``: ``/{database}/rpc/`` since version 8, ``/{database}/`` before. ``key_field``: a
    field that holds our key and is kept unique, which the code of a party is. ``mechanisms``:
    columns that are ways to contact a party, by the type they have there. ``objects``: what the
    objects of syncs are called there.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_TRYTON_", extra="ignore")

    url: str = Field(examples=["http://127.0.0.1:8000"])
    database: str = Field(examples=["tryton"])
    username: str = Field(examples=["sluice"])
    password: SecretStr = Field(examples=["..."])
    rpc_path: str = "/{database}/rpc/"
    objects: Annotated[dict[str, str], AfterValidator(partial(renamed, defaults=OBJECTS))] = OBJECTS
    key_field: str = "code"
    mechanisms: dict[str, str] = MECHANISMS
    batch_size: int = Field(50, ge=1, le=500)
    timeout_seconds: float = 30.0
