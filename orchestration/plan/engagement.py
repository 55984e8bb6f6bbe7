"""Campaigns that ask who opened or clicked, where nobody can say: "not opened" must mean not
opened, not "never reported".

Read from the SQL as written: the campaign, its segments, and the segments they use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sluice.orchestration.plan.audience import COMMENTS, segments_excluded, segments_read

EVENT = re.compile(r"['\"]((email|sms|wechat)_(?:opened|clicked|read))['\"]")
FIX = (
    "send by a destination that tells ({tellers}), set SLUICE_PUBLIC_URL so that `sluice serve`"
    " tells, take the condition out, or name the source whose"
    " events tell of these messages: engagement_from in {campaign}.yml"
)


SWITCHES: Mapping[str, Sequence[tuple[str, str]]] = {
    "email": (("email_opened", "track_opens"), ("email_clicked", "track_clicks")),
    "sms": (("sms_clicked", "track_clicks"),),
}


@dataclass(frozen=True, order=True)
class Untold:
    """An event that a model asks for, and a destination that does not tell it ('' where nothing
    does).
    """

    model: str
    event: str
    destination: str

    def describe(self) -> str:
        """In words."""
        who = (
            f"{self.destination} does not tell"
            if self.destination
            else "no source or destination tells"
        )
        return f"{self.model} asks for {self.event}, which {who}"


def untold_events(
    campaign: str,
    texts: Mapping[str, str],
    metas: Mapping[str, Mapping[str, Any]],
    is_served: bool = False,
) -> list[Untold]:
    """What a campaign model asks of recipients that is not reported.

    ``texts``: the SQL of models by name, as written. ``metas``: config.meta.campaign of all
    campaign models. Those with ``engagement_from`` say themselves who tells. ``is_served``: links
    of ours can lead to `sluice serve`, which then tells of mails.
    """
    meta = metas.get(campaign, {})
    if meta.get("engagement_from"):
        return []
    found: set[Untold] = set()
    for model in _read_by(campaign, texts):
        for event, channel in EVENT.findall(COMMENTS.sub(" ", texts.get(model, ""))):
            senders = _senders(meta, channel, metas, is_served)
            found |= {
                Untold(model, event, sender)
                for sender, reported in senders.items()
                if event not in reported
            }
            if not senders and not _is_in_a_source(event, texts):
                found.add(Untold(model, event, ""))
    return sorted(found)


def told_by(destination: str) -> frozenset[str]:
    """The events of its messages that a destination tells."""
    from sluice.activations.destinations import registry
    from sluice.models.errors import ConfigurationError

    try:
        return registry.entry(destination).events
    except ConfigurationError:
        return frozenset()  # a destination there is none of is a finding of its own


def _has_free_text(destination: str) -> bool:
    from sluice.activations.destinations import registry
    from sluice.models.errors import ConfigurationError

    try:
        return registry.entry(destination).free_text
    except ConfigurationError:
        return False


def fix_of(campaign: str, event: str) -> str:
    """What to do about an event that is not reported."""
    from sluice.activations.destinations import registry

    tellers = (
        ", ".join(name for name in registry.names() if event in told_by(name))
        or "there is none for it"
    )
    return FIX.format(tellers=tellers, campaign=campaign)


def is_served() -> bool:
    """Whether links of ours lead anywhere: SLUICE_PUBLIC_URL is set. Raises ConfigurationError."""
    from sluice.orchestration.installation.settings import load_settings

    return bool(load_settings().public_url)


def own_events(meta: Mapping[str, Any]) -> frozenset[str]:
    """The events that links and pixel of ours tell of a campaign: of marketing mails and SMS whose
    text is ours, where it does not switch them off, nor its destination tells them itself; of
    others where it asks.
    """
    channel, destination = str(meta.get("channel")), str(meta.get("destination"))
    if channel == "sms" and not _has_free_text(destination):
        return frozenset()
    is_asked = meta.get("purpose") == "marketing"
    reported = told_by(destination)
    return frozenset(
        event
        for event, name in SWITCHES.get(channel, ())
        if meta.get(name) or (meta.get(name) is None and is_asked and event not in reported)
    )


def _senders(
    meta: Mapping[str, Any],
    channel: str,
    metas: Mapping[str, Mapping[str, Any]],
    is_served: bool,
) -> dict[str, frozenset[str]]:
    """Whose messages it is about, and the events that are reported of them: its own, or, of
    another channel, those of all campaigns of that channel.
    """
    of_channel = [one for one in metas.values() if one.get("channel") == channel]
    found: dict[str, frozenset[str]] = {}
    for one in [meta] if meta.get("channel") == channel else of_channel:
        sender = str(one.get("destination"))
        reported = told_by(sender) | (own_events(one) if is_served else frozenset())
        found[sender] = found.get(sender, reported) & reported
    return found


def _read_by(campaign: str, texts: Mapping[str, str]) -> list[str]:
    """The campaign and every segment under it."""
    found = [campaign]
    for model in found:
        text = texts.get(model, "")
        for used in [*segments_read(text), *segments_excluded(text)]:
            if f"seg_{used}" not in found:
                found.append(f"seg_{used}")
    return found


def _is_in_a_source(event: str, texts: Mapping[str, str]) -> bool:
    return any(name.startswith("stg_") and f"'{event}'" in text for name, text in texts.items())
