"""An object that is called otherwise in a CRM leaves the others as they are."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.activations.destinations.crm.fxiaoke.config import FxiaokeConfig
from sluice.activations.destinations.crm.salesforce.config import SalesforceConfig
from sluice.activations.destinations.crm.tryton.config import TrytonConfig
from sluice.activations.destinations.crm.xiaoshouyi.config import XiaoshouyiConfig
from sluice.models.errors import ConfigurationError

CONFIGS: tuple[Any, ...] = (FxiaokeConfig, SalesforceConfig, TrytonConfig, XiaoshouyiConfig)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda one: one.__name__)
def test_one_new_name_takes_no_object_away(config: Any) -> None:
    needed = {
        name: "x" for name, field in config.model_fields.items() if field.is_required()
    }  # no url, name or secret is looked at here
    before = config(**needed).objects
    after = config(**needed, objects={"contacts": "Person__c"}).objects
    assert after == {**before, "contacts": "Person__c"}
    with pytest.raises(ConfigurationError, match="contacts has no name: write what it is called"):
        config(**needed, objects={"contacts": " "})
