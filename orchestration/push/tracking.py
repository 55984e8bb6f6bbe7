"""Which campaigns have their opens and clicks come back to `sluice serve`, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sluice.activations.inbox.tokens import LinkSigner
from sluice.activations.inbox.tracking import Tracker
from sluice.models.config import CampaignConfig
from sluice.models.delivery import Item, Message, MessageTracker
from sluice.orchestration.installation.keys import signing_key
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.plan.engagement import own_events

ToItem = Callable[[Mapping[str, Any], Any], Item]


def tracker_of(settings: Settings, activation: Activation) -> Tracker | None:
    """How the mails of a campaign are tracked; None where they are not."""
    config = activation.config
    if not settings.public_url or not isinstance(config, CampaignConfig):
        return None
    reported = own_events(config.model_dump())
    if not reported:
        return None
    utm = {"utm_source": "sluice", "utm_medium": "email", "utm_campaign": activation.name}
    return Tracker(
        settings.public_url,
        LinkSigner(signing_key(settings)),
        clicks="email_clicked" in reported,
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
