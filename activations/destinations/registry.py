"""Every destination there is, one line each: its name, and how it is made from settings or from the
sandbox's address.

Other packages add theirs by an entry point: docs/destinations.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from sluice.activations import plugins
from sluice.activations.destinations.ads.meta_audiences.client import MetaAudiences
from sluice.activations.destinations.ads.meta_audiences.config import MetaAudiencesConfig
from sluice.activations.destinations.ads.meta_conversions.client import MetaConversions
from sluice.activations.destinations.ads.meta_conversions.config import MetaConversionsConfig
from sluice.activations.destinations.ads.tencent_audiences.client import TencentAudiences
from sluice.activations.destinations.ads.tencent_audiences.config import TencentAudiencesConfig
from sluice.activations.destinations.ads.tencent_conversions.client import TencentConversions
from sluice.activations.destinations.ads.tencent_conversions.config import TencentConversionsConfig
from sluice.activations.destinations.base import Callback, Destination
from sluice.activations.destinations.crm.fxiaoke.client import Fxiaoke
from sluice.activations.destinations.crm.fxiaoke.config import FxiaokeConfig
from sluice.activations.destinations.crm.hubspot.client import HubSpot
from sluice.activations.destinations.crm.hubspot.config import HubSpotConfig
from sluice.activations.destinations.crm.salesforce.client import Salesforce
from sluice.activations.destinations.crm.salesforce.config import SalesforceConfig
from sluice.activations.destinations.crm.tryton.client import Tryton
from sluice.activations.destinations.crm.tryton.config import TrytonConfig
from sluice.activations.destinations.crm.xiaoshouyi.client import Xiaoshouyi
from sluice.activations.destinations.crm.xiaoshouyi.config import XiaoshouyiConfig
from sluice.activations.destinations.email.sendgrid import callback as sendgrid_callback
from sluice.activations.destinations.email.sendgrid.client import SendGrid
from sluice.activations.destinations.email.sendgrid.config import SendGridConfig
from sluice.activations.destinations.email.ses import callback as ses_callback
from sluice.activations.destinations.email.ses.client import Ses
from sluice.activations.destinations.email.ses.config import SesConfig
from sluice.activations.destinations.email.smtp.client import Smtp
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.activations.destinations.email.unsubscribe import read_unsubscribe
from sluice.activations.destinations.files.file_drop import mapping as file_drop
from sluice.activations.destinations.files.file_drop.client import FileDrop
from sluice.activations.destinations.files.file_drop.config import FileDropConfig
from sluice.activations.destinations.sms.aliyun import callback as aliyun_callback
from sluice.activations.destinations.sms.aliyun.client import Aliyun
from sluice.activations.destinations.sms.aliyun.config import AliyunConfig
from sluice.activations.destinations.sms.kannel import callback as kannel_callback
from sluice.activations.destinations.sms.kannel.client import Kannel
from sluice.activations.destinations.sms.kannel.config import KannelConfig
from sluice.activations.destinations.sms.tencent import callback as tencent_callback
from sluice.activations.destinations.sms.tencent.client import Tencent
from sluice.activations.destinations.sms.tencent.config import TencentConfig
from sluice.activations.destinations.sms.twilio import callback as twilio_callback
from sluice.activations.destinations.sms.twilio.client import Twilio
from sluice.activations.destinations.sms.twilio.config import TwilioConfig
from sluice.activations.destinations.web.webhook import mapping as webhook
from sluice.activations.destinations.web.webhook.client import Webhook
from sluice.activations.destinations.web.webhook.config import WebhookConfig
from sluice.activations.destinations.wechat.callback import read_callback as read_wechat
from sluice.activations.destinations.wechat.wechat_mass.client import WeChatMass
from sluice.activations.destinations.wechat.wechat_mass.config import WeChatMassConfig
from sluice.activations.destinations.wechat.wechat_service.client import WeChatService
from sluice.activations.destinations.wechat.wechat_service.config import WeChatServiceConfig
from sluice.activations.destinations.wechat.wechat_subscribe.client import WeChatSubscribe
from sluice.activations.destinations.wechat.wechat_subscribe.config import WeChatSubscribeConfig
from sluice.activations.destinations.wechat.wechat_tags.client import WeChatTags
from sluice.activations.destinations.wechat.wechat_tags.config import WeChatTagsConfig
from sluice.activations.destinations.wechat.wechat_template.client import WeChatTemplate
from sluice.activations.destinations.wechat.wechat_template.config import WeChatTemplateConfig
from sluice.activations.destinations.wechat.wecom_mass.client import WeComMass
from sluice.activations.destinations.wechat.wecom_mass.config import WeComMassConfig
from sluice.activations.destinations.wechat.wecom_robot.client import WeComRobot
from sluice.activations.destinations.wechat.wecom_robot.config import WeComRobotConfig
from sluice.activations.plan.outbox import to_message, to_operation
from sluice.activations.settings import Declared, account_of
from sluice.models.config import Channel
from sluice.models.delivery import Message, SyncOperation
from sluice.models.errors import ConfigurationError

CHANNELS = frozenset(get_args(Channel))
ANY_PURPOSE = frozenset({"marketing", "transactional"})
Endpoints = Mapping[str, Mapping[str, Any]]
NOTHING = Declared()


@dataclass(frozen=True)
class Entry:
    """How to read the settings of a destination, make its client, read its rows of the outbox, and
    read its vendor's calls.

    ``purposes``: of campaigns that it may carry by its vendor's rules. ``consent``: the channel and
    purpose that everyone who is synced there must have consented to. ``events``: what recipients do
    with its messages and its vendor reports to `sluice serve`; of any other it is unknown whether
    it happened. `sluice lint` checks all three. ``takes``: the nested values it has a form for, of
    ``list`` (of plain values), ``struct`` and ``map``; a sync with others is stopped when it is
    planned. ``free_text``: the whole text of an SMS is ours, its links too.
    """

    config: Callable[..., Any]
    client: Callable[[Any], Destination]
    to_item: Callable[[Mapping[str, Any], Any], Message | SyncOperation]
    callback: Callback | None = None
    purposes: frozenset[str] = ANY_PURPOSE
    consent: tuple[str, str] | None = None
    events: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    free_text: bool = False

    @property
    def channel(self) -> str | None:
        """Of its messages: the folder its client is in. None for a destination of syncs, and for
        one whose client is elsewhere.
        """
        folder = str(self.client.__module__).removeprefix(f"{__package__}.").partition(".")[0]
        return folder if folder in CHANNELS else None


OPENS_AND_CLICKS = frozenset({"email_opened", "email_clicked"})
ADS = ("ads", "advertising")
CHOICES = frozenset({"list"})
ANY_VALUE = frozenset({"list", "struct", "map"})

REGISTRY: dict[str, Entry] = {
    "smtp": Entry(SmtpConfig, Smtp, to_message, read_unsubscribe),
    "sendgrid": Entry(
        SendGridConfig,
        SendGrid,
        to_message,
        sendgrid_callback.read_callback,
        events=OPENS_AND_CLICKS,
    ),
    "ses": Entry(SesConfig, Ses, to_message, ses_callback.read_callback, events=OPENS_AND_CLICKS),
    "hubspot": Entry(HubSpotConfig, HubSpot, to_operation, takes=CHOICES),
    "webhook": Entry(WebhookConfig, Webhook, webhook.to_item, takes=ANY_VALUE),
    "file_drop": Entry(FileDropConfig, FileDrop, file_drop.to_item, takes=ANY_VALUE),
    "meta_audiences": Entry(MetaAudiencesConfig, MetaAudiences, to_operation, consent=ADS),
    "meta_conversions": Entry(MetaConversionsConfig, MetaConversions, to_operation, consent=ADS),
    "tencent_audiences": Entry(TencentAudiencesConfig, TencentAudiences, to_operation, consent=ADS),
    "tencent_conversions": Entry(
        TencentConversionsConfig, TencentConversions, to_operation, consent=ADS
    ),
    "aliyun": Entry(AliyunConfig, Aliyun, to_message, aliyun_callback.read_callback),
    "tencent": Entry(TencentConfig, Tencent, to_message, tencent_callback.read_callback),
    "twilio": Entry(
        TwilioConfig, Twilio, to_message, twilio_callback.read_callback, free_text=True
    ),
    "kannel": Entry(
        KannelConfig, Kannel, to_message, kannel_callback.read_callback, free_text=True
    ),
    "wechat_template": Entry(
        WeChatTemplateConfig,
        WeChatTemplate,
        to_message,
        read_wechat,
        purposes=frozenset({"transactional"}),
    ),
    "wechat_subscribe": Entry(WeChatSubscribeConfig, WeChatSubscribe, to_message, read_wechat),
    "wechat_service": Entry(WeChatServiceConfig, WeChatService, to_message, read_wechat),
    "wechat_mass": Entry(WeChatMassConfig, WeChatMass, to_message, read_wechat),
    "wechat_tags": Entry(WeChatTagsConfig, WeChatTags, to_operation),
    "wecom_robot": Entry(WeComRobotConfig, WeComRobot, to_operation, takes=ANY_VALUE),
    "wecom_mass": Entry(WeComMassConfig, WeComMass, to_message),
    "salesforce": Entry(SalesforceConfig, Salesforce, to_operation, takes=CHOICES),
    "fxiaoke": Entry(FxiaokeConfig, Fxiaoke, to_operation),
    "xiaoshouyi": Entry(XiaoshouyiConfig, Xiaoshouyi, to_operation),
    "tryton": Entry(TrytonConfig, Tryton, to_operation),
}


def names() -> list[str]:
    """Every destination there is, those of other packages too."""
    return sorted({*REGISTRY, *plugins.names(plugins.DESTINATIONS)})


def entry(name: str) -> Entry:
    """The entry of a destination; one of ours goes before one of another package.

    Raises ConfigurationError with the names there are, or when another package's cannot be used.
    """
    if name in REGISTRY:
        return REGISTRY[name]
    if name not in names():
        raise ConfigurationError(
            f"there is no destination '{name}'", f"use one of {', '.join(names())}"
        )
    found = plugins.load(plugins.DESTINATIONS, name)
    if not isinstance(found, Entry):
        raise ConfigurationError(
            f"'{name}' of another package is no destination ({type(found).__name__})",
            f"let its entry point in {plugins.DESTINATIONS} name an Entry of"
            " sluice.activations.destinations.registry",
        )
    return found


def settings(name: str, sandbox: Endpoints | None = None, declared: Declared = NOTHING) -> Any:
    """Its settings: the sandbox's when its address is given, else those of the environment, else
    those that the project declares. Raises ConfigurationError.
    """
    found = entry(name)
    if sandbox is not None and name not in sandbox:
        raise ConfigurationError(
            f"nothing stands in for '{name}' in the sandbox",
            f"give its package an entry point in {plugins.VENDORS}, or set SLUICE_DELIVERY=live",
        )
    said = declared.of(found.config)
    return found.config(**{**said, **(sandbox[name] if sandbox is not None else {})})


def build(name: str, sandbox: Endpoints | None = None, declared: Declared = NOTHING) -> Destination:
    """A destination ready to send, by its settings."""
    return entry(name).client(settings(name, sandbox, declared))


def check_declared(declared: Declared) -> None:
    """Raises ConfigurationError for an account that no destination has, and for a setting that it
    does not have.
    """
    accounts: dict[str, dict[str, Any]] = {}
    for name in names() if declared.values else ():
        config = entry(name).config
        accounts.setdefault(account_of(config), {}).update(getattr(config, "model_fields", {}))
    for account in declared.values:
        if account not in accounts:
            near = get_close_matches(account, accounts, 1) or sorted(accounts)
            raise ConfigurationError(
                f"destinations.{account} in sluice.yml is no account of a destination",
                f"use {', '.join(near)}",
            )
        declared.check(account, accounts[account])
