"""Settings of 销售易: SLUICE_XIAOSHOUYI_*."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from sluice.activations.destinations.crm.deal_fields import over_defaults, renamed
from sluice.activations.settings import DestinationSettings

OBJECTS = {
    "contacts": "contact",
    "leads": "lead",
    "companies": "account",
    "deals": "opportunity",
    "tasks": "task",
}
DEAL_FIELDS = {
    "name": "opportunityName",
    "stage": "saleStageId",
    "owner": "ownerId",
    "amount": "money",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
}


class XiaoshouyiConfig(DestinationSettings):
    """One tenant; hosts differ from tenant to tenant.

    ``password`` is the password with the security token behind it. ``login_url`` is where the token
    comes from, when it is another host. ``key_field``: a text field of yours in every synced
    object, with "不允许重复" on it. ``owner_column`` is no field there: it holds what
    ``owner_lookup``
    of a user is, and ``owner_field`` is written. ``defaults``: what a new record of an object needs
    besides (its entityType).

    What the vendor's codes mean is known to customers alone: ``token_codes`` ask for another token,
    ``busy_codes`` are tried again, ``stop_codes`` are the account's fault, ``duplicate_codes`` say
    that the key is taken; others refuse their row.

    ``deal_fields``: of opportunities that are read back, also ``currency`` and ``contact`` where
    there are any; they stand over the defaults, and '' leaves one out. ``deal_stages``: the label
    of each stage by its id, in their order; ``won_stages`` and ``lost_stages`` name them by id or
    label.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_XIAOSHOUYI_", extra="ignore")

    url: str = Field("https://api.xiaoshouyi.com", examples=["https://api.xiaoshouyi.com"])
    login_url: str = ""
    token_path: str = "/oauth2/token.action"
    client_id: str = Field(examples=["32 characters"])
    client_secret: SecretStr = Field(examples=["32 characters"])
    redirect_uri: str = "https://api.xiaoshouyi.com"
    username: str = Field(examples=["sync@acme.example"])
    password: SecretStr = Field(
        examples=["the password and the 8 characters of the security token"]
    )
    token_prefix: str = "Bearer "
    token_seconds: float = Field(7_200.0, ge=120)
    objects: Annotated[dict[str, str], AfterValidator(partial(renamed, defaults=OBJECTS))] = OBJECTS
    defaults: dict[str, dict[str, Any]] = Field(default_factory=dict)
    key_field: str = "sluiceKey__c"
    owner_column: str = "owner_email"
    owner_field: str = "ownerId"
    owner_lookup: str = "email"
    token_codes: frozenset[str] = frozenset({"401"})
    busy_codes: frozenset[str] = frozenset({"429", "500", "503"})
    stop_codes: frozenset[str] = frozenset({"403"})
    duplicate_codes: frozenset[str] = frozenset()
    deal_fields: dict[str, str] = DEAL_FIELDS
    deal_stages: dict[str, str] = Field(default_factory=dict)
    won_stages: frozenset[str] = frozenset({"赢单"})
    lost_stages: frozenset[str] = frozenset({"输单"})
    batch_size: int = Field(50, ge=1, le=200)
    calls_per_second: float = Field(5.0, ge=0)
    timeout_seconds: float = 30.0

    @field_validator("deal_fields")
    @classmethod
    def _over_defaults(cls, given: dict[str, str]) -> dict[str, str]:
        return over_defaults(given, DEAL_FIELDS)
