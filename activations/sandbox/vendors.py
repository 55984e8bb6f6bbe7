"""Every simulated vendor that speaks HTTP, one line each: the destination it stands in for, and its class."""

from __future__ import annotations

from collections.abc import Callable

from activations.sandbox.clock import Clock
from activations.sandbox.fxiaoke import FxiaokeVendor
from activations.sandbox.hubspot import HubSpotVendor
from activations.sandbox.salesforce import SalesforceVendor
from activations.sandbox.store import Store
from activations.sandbox.tryton import TrytonVendor
from activations.sandbox.web import Vendor
from activations.sandbox.xiaoshouyi import XiaoshouyiVendor

VENDORS: dict[str, Callable[[Store, Clock], Vendor]] = {
    "hubspot": HubSpotVendor,
    "salesforce": SalesforceVendor,
    "fxiaoke": FxiaokeVendor,
    "xiaoshouyi": XiaoshouyiVendor,
    "tryton": TrytonVendor,
}
