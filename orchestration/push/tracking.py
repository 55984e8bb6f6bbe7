"""Which campaigns have their opens and clicks come back to `sluice serve`, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sluice.activations.inbox.short_links import Shortener
from sluice.activations.inbox.tokens import LinkSigner
from sluice.activations.inbox.tracking import Tracker
from sluice.models.config import CampaignConfig
from sluice.models.delivery import Item, Message, MessageTracker
from sluice.orchestration.installation.keys import signing_key
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.landing.inbox import open_inbox
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.plan.engagement import own_events

ToItem = Callable[[Mapping[str, Any], Any], Item]


@contextmanager
def tracking(settings: Settings, activation: Activation) -> Iterator[Tracker | None]:
    """How the messages of a campaign are tracked, for the block; None where they are not."""
    tracker = _tracker(settings, activation)
    if tracker is None or getattr(activation.config, "channel", "") != "sms":
        yield tracker
        return
    with open_inbox(settings) as inbox:
        key = signing_key(settings)
        yield replace(tracker, shorten=Shortener(tracker.public_url, key, inbox.short_links))


def _tracker(settings: Settings, activation: Activation) -> Tracker | None:
    config = activation.config
    if not settings.public_url or not isinstance(config, CampaignConfig):
        return None
    reported = own_events(config.model_dump())
    if not reported:
        return None
    utm = {"utm_source": "sluice", "utm_medium": config.channel, "utm_campaign": activation.name}
    return Tracker(
        settings.public_url,
        LinkSigner(signing_key(settings)),
        clicks=f"{config.channel}_clicked" in reported,
        opens="email_opened" in reported,
        utm=utm,
    )


def with_tracker(to_item: ToItem, tracker: MessageTracker | None) -> ToItem:
    """Rows become messages with this tracker, but for those of people who said no to it."""
    if tracker is None:
        return to_item

    def tracked(row: Mapping[str, Any], config: Any) -> Item:
        item = to_item(row, config)
        if not isinstance(item, Message) or not row.get("may_be_tracked"):
            return item
        return replace(item, tracker=tracker)

    return tracked
