"""Every source of deals there is, one line each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sluice.activations.destinations.registry import NOTHING, Endpoints, settings
from sluice.activations.settings import Declared
from sluice.activations.sources.base import DealSource
from sluice.activations.sources.fxiaoke import FxiaokeDeals
from sluice.activations.sources.hubspot import HubSpotDeals
from sluice.activations.sources.salesforce import SalesforceDeals
from sluice.activations.sources.tryton import TrytonDeals
from sluice.activations.sources.xiaoshouyi import XiaoshouyiDeals
from sluice.models.errors import ConfigurationError

SOURCES: dict[str, Callable[[Any], DealSource]] = {
    "hubspot": HubSpotDeals,
    "salesforce": SalesforceDeals,
    "fxiaoke": FxiaokeDeals,
    "xiaoshouyi": XiaoshouyiDeals,
    "tryton": TrytonDeals,
}


def build_source(
    name: str, sandbox: Endpoints | None = None, declared: Declared = NOTHING
) -> DealSource:
    """A source ready to be read, with the settings of the destination of its name: at the sandbox
    when its addresses are given. Raises ConfigurationError.
    """
    check_source(name)
    return SOURCES[name](settings(name, sandbox, declared))


def check_source(name: str) -> None:
    """Raises ConfigurationError for a CRM that deals cannot be read from."""
    if name not in SOURCES:
        raise ConfigurationError(
            f"deals cannot be read from '{name}'",
            "set crm_reads.systems in sluice.yml, or SLUICE_CRM_READS, to some of"
            f" {', '.join(sorted(SOURCES))}",
        )
