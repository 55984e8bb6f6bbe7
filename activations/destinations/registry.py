"""Every destination there is, one line each: its name, and how it is made from settings or from the sandbox's address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from activations.destinations.base import Callback, Destination
from activations.destinations.crm.hubspot.client import HubSpot
from activations.destinations.crm.hubspot.config import HubSpotConfig
from activations.destinations.email.sendgrid import callback as sendgrid_callback
from activations.destinations.email.sendgrid.client import SendGrid
from activations.destinations.email.sendgrid.config import SendGridConfig
from activations.destinations.email.ses import callback as ses_callback
from activations.destinations.email.ses.client import Ses
from activations.destinations.email.ses.config import SesConfig
from activations.destinations.email.smtp.client import Smtp
from activations.destinations.email.smtp.config import SmtpConfig
from activations.destinations.email.unsubscribe import hear_unsubscribe
from activations.destinations.sms.aliyun import callback as aliyun_callback
from activations.destinations.sms.aliyun.client import Aliyun
from activations.destinations.sms.aliyun.config import AliyunConfig
from activations.destinations.sms.kannel import callback as kannel_callback
from activations.destinations.sms.kannel.client import Kannel
from activations.destinations.sms.kannel.config import KannelConfig
from activations.destinations.sms.tencent import callback as tencent_callback
from activations.destinations.sms.tencent.client import Tencent
from activations.destinations.sms.tencent.config import TencentConfig
from activations.destinations.sms.twilio import callback as twilio_callback
from activations.destinations.sms.twilio.client import Twilio
from activations.destinations.sms.twilio.config import TwilioConfig
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
    "smtp": Entry(SmtpConfig, Smtp, to_message, hear_unsubscribe),
    "sendgrid": Entry(SendGridConfig, SendGrid, to_message, sendgrid_callback.hear),
    "ses": Entry(SesConfig, Ses, to_message, ses_callback.hear),
    "hubspot": Entry(HubSpotConfig, HubSpot, to_operation),
    "aliyun": Entry(AliyunConfig, Aliyun, to_message, aliyun_callback.hear),
    "tencent": Entry(TencentConfig, Tencent, to_message, tencent_callback.hear),
    "twilio": Entry(TwilioConfig, Twilio, to_message, twilio_callback.hear),
    "kannel": Entry(KannelConfig, Kannel, to_message, kannel_callback.hear),
}


def entry(name: str) -> Entry:
    """The entry of a destination. Raises ConfigurationError with the names there are."""
    if name not in REGISTRY:
        raise ConfigurationError(f"there is no destination '{name}'", f"use one of {', '.join(sorted(REGISTRY))}")
    return REGISTRY[name]


def settings(name: str, sandbox: Endpoints | None = None) -> Any:
    """Its settings: the sandbox's when its address is given, else those of the environment. Raises ConfigurationError."""
    return entry(name).config(**(sandbox[name] if sandbox is not None else {}))


def build(name: str, sandbox: Endpoints | None = None) -> Destination:
    """A destination ready to send: at the sandbox's address when given, else from the environment's settings."""
    return entry(name).client(settings(name, sandbox))
