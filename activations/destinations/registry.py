"""Every destination there is, one line each: its name, and how it is made from settings or from the sandbox's address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from activations.destinations.base import Callback, Destination
from activations.destinations.crm.fxiaoke.client import Fxiaoke
from activations.destinations.crm.fxiaoke.config import FxiaokeConfig
from activations.destinations.crm.hubspot.client import HubSpot
from activations.destinations.crm.hubspot.config import HubSpotConfig
from activations.destinations.crm.salesforce.client import Salesforce
from activations.destinations.crm.salesforce.config import SalesforceConfig
from activations.destinations.crm.tryton.client import Tryton
from activations.destinations.crm.tryton.config import TrytonConfig
from activations.destinations.crm.xiaoshouyi.client import Xiaoshouyi
from activations.destinations.crm.xiaoshouyi.config import XiaoshouyiConfig
from activations.destinations.email.smtp.client import Smtp
from activations.destinations.email.smtp.config import SmtpConfig
from activations.outbox import to_message, to_operation
from models.delivery import Message, SyncOperation
from models.errors import ConfigurationError

Endpoints = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Entry:
    """How to read the settings of a destination, make its client, read its rows of the outbox, and hear its vendor's calls."""

    config: Callable[..., Any]
    client: Callable[[Any], Destination]
    to_item: Callable[[Mapping[str, Any], Any], Message | SyncOperation]
    callback: Callback | None = None


REGISTRY: dict[str, Entry] = {
    "smtp": Entry(SmtpConfig, Smtp, to_message),
    "hubspot": Entry(HubSpotConfig, HubSpot, to_operation),
    "salesforce": Entry(SalesforceConfig, Salesforce, to_operation),
    "fxiaoke": Entry(FxiaokeConfig, Fxiaoke, to_operation),
    "xiaoshouyi": Entry(XiaoshouyiConfig, Xiaoshouyi, to_operation),
    "tryton": Entry(TrytonConfig, Tryton, to_operation),
}


def entry(name: str) -> Entry:
    """The entry of a destination. Raises ConfigurationError with the names there are."""
    if name not in REGISTRY:
        raise ConfigurationError(f"there is no destination '{name}'", f"use one of {', '.join(sorted(REGISTRY))}")
    return REGISTRY[name]


def build(name: str, sandbox: Endpoints | None = None) -> Destination:
    """A destination ready to send: at the sandbox's address when given, else from the environment's settings."""
    found = entry(name)
    return found.client(found.config(**(sandbox[name] if sandbox is not None else {})))
