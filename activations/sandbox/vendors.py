"""Every simulated vendor that speaks HTTP, one line each: the destination it stands in for, and its class."""

from __future__ import annotations

from collections.abc import Callable

from activations.sandbox.aliyun import AliyunVendor
from activations.sandbox.clock import Clock
from activations.sandbox.hubspot import HubSpotVendor
from activations.sandbox.kannel import KannelVendor
from activations.sandbox.sendgrid import SendGridVendor
from activations.sandbox.ses import SesVendor
from activations.sandbox.store import Store
from activations.sandbox.tencent import TencentVendor
from activations.sandbox.twilio import TwilioVendor
from activations.sandbox.web import Vendor

VENDORS: dict[str, Callable[[Store, Clock], Vendor]] = {
    "aliyun": AliyunVendor,
    "hubspot": HubSpotVendor,
    "sendgrid": SendGridVendor,
    "ses": SesVendor,
    "kannel": KannelVendor,
    "tencent": TencentVendor,
    "twilio": TwilioVendor,
}
