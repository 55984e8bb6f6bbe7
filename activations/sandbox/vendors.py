"""Every simulated vendor that speaks HTTP, one line each: the destination it stands in for, and its
class.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from sluice.activations import plugins
from sluice.activations.sandbox.aliyun import AliyunVendor
from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.file_drop import FileDropVendor
from sluice.activations.sandbox.fxiaoke import FxiaokeVendor
from sluice.activations.sandbox.hubspot import HubSpotVendor
from sluice.activations.sandbox.kannel import KannelVendor
from sluice.activations.sandbox.meta_audiences import MetaAudiencesVendor
from sluice.activations.sandbox.meta_conversions import MetaConversionsVendor
from sluice.activations.sandbox.salesforce import SalesforceVendor
from sluice.activations.sandbox.sendgrid import SendGridVendor
from sluice.activations.sandbox.ses import SesVendor
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.tencent import TencentVendor
from sluice.activations.sandbox.tencent_audiences import TencentAudiencesVendor
from sluice.activations.sandbox.tencent_conversions import TencentConversionsVendor
from sluice.activations.sandbox.tryton import TrytonVendor
from sluice.activations.sandbox.twilio import TwilioVendor
from sluice.activations.sandbox.web import Vendor
from sluice.activations.sandbox.webhook import WebhookVendor
from sluice.activations.sandbox.wechat.vendor import WeChatVendor
from sluice.activations.sandbox.wechat.wecom import WeComVendor
from sluice.activations.sandbox.xiaoshouyi import XiaoshouyiVendor
from sluice.models.errors import ConfigurationError

log = logging.getLogger(__name__)

VENDORS: dict[str, Callable[[Store, Clock], Vendor]] = {
    "aliyun": AliyunVendor,
    "file_drop": FileDropVendor,
    "hubspot": HubSpotVendor,
    "kannel": KannelVendor,
    "meta_audiences": MetaAudiencesVendor,
    "meta_conversions": MetaConversionsVendor,
    "tencent": TencentVendor,
    "tencent_audiences": TencentAudiencesVendor,
    "tencent_conversions": TencentConversionsVendor,
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
    "webhook": WebhookVendor,
    "salesforce": SalesforceVendor,
    "fxiaoke": FxiaokeVendor,
    "xiaoshouyi": XiaoshouyiVendor,
    "tryton": TrytonVendor,
}


def find_vendors() -> dict[str, Callable[[Store, Clock], Vendor]]:
    """Ours, and those of other packages; one that cannot be loaded is reported, and the others
    stand.
    """
    found = dict(VENDORS)
    for name in plugins.names(plugins.VENDORS):
        try:
            found.setdefault(name, plugins.load(plugins.VENDORS, name))
        except ConfigurationError as error:
            log.warning("%s", error)
    return found
