"""Settings of 纷享销客: SLUICE_FXIAOKE_*."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from sluice.activations.destinations.crm.deal_fields import over_defaults, renamed
from sluice.activations.settings import DestinationSettings

OBJECTS = {
    "contacts": "ContactObj",
    "leads": "LeadsObj",
    "companies": "AccountObj",
    "deals": "NewOpportunityObj",
}
DEAL_FIELDS = {"name": "name", "stage": "sales_stage", "owner": "owner", "amount": "amount"}


class FxiaokeConfig(DestinationSettings):
    """One tenant.

    ``url`` is of the tenant's cloud (open.fxiaoke.com, open-hwcloud ...). ``open_user_id``: the
    employee in whose name records are written. ``key_field``: a text field of yours in every object
    that is synced; 查重 or 唯一 on it keeps people from making a second one. ``owner_column`` is no
    field there: it holds the owner's mobile. The vendor allows 100 calls of an interface in 20
    seconds. ``deal_fields``: of opportunities that are read back, also ``currency`` and
    ``contact`` (a field that looks up a contact) where there are any; they stand over the defaults,
    and '' leaves one out. ``won_stages`` and
    ``lost_stages``: stages by label or value.
    """

    model_config = SettingsConfigDict(env_prefix="SLUICE_FXIAOKE_", extra="ignore")

    url: str = Field("https://open.fxiaoke.com", examples=["https://open.fxiaoke.com"])
    app_id: str = Field(examples=["FSAID_1234567"])
    app_secret: SecretStr = Field(examples=["32 characters"])
    permanent_code: SecretStr = Field(examples=["32 characters"])
    open_user_id: str = Field(examples=["FSUID_..."])
    objects: Annotated[dict[str, str], AfterValidator(partial(renamed, defaults=OBJECTS))] = OBJECTS
    key_field: str = "sluice_key__c"
    owner_column: str = "owner_mobile"
    triggers_workflows: bool = True
    deal_fields: dict[str, str] = DEAL_FIELDS
    won_stages: frozenset[str] = frozenset({"赢单"})
    lost_stages: frozenset[str] = frozenset({"输单", "无效"})
    batch_size: int = Field(50, ge=1, le=200)
    calls_per_second: float = Field(4.0, ge=0)
    timeout_seconds: float = 30.0

    @field_validator("deal_fields")
    @classmethod
    def _over_defaults(cls, given: dict[str, str]) -> dict[str, str]:
        return over_defaults(given, DEAL_FIELDS)
