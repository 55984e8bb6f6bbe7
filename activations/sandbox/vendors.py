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
from activations.sandbox.wechat.vendor import WeChatVendor
from activations.sandbox.wechat.wecom import WeComVendor

VENDORS: dict[str, Callable[[Store, Clock], Vendor]] = {
    "aliyun": AliyunVendor,
    "hubspot": HubSpotVendor,
    "kannel": KannelVendor,
    "tencent": TencentVendor,
    "twilio": TwilioVendor,
    "sendgrid": SendGridVendor,
    "ses": SesVendor,
    "wechat_template": WeChatVendor,
    "wechat_subscribe": WeChatVendor,
    "wechat_service": WeChatVendor,
    "wechat_mass": WeChatVendor,
    "wechat_tags": WeChatVendor,
    "wecom_robot": WeComVendor,
    "wecom_mass": WeComVendor,
}
