"""What a person changed in the page: only what differs from what they were shown counts, so that a
page that was opened long ago takes nothing back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from sluice.activations.inbox.preferences.centre import CHANNELS, PAUSE, Centre, Shown

MOST_BYTES = 16_384
MOST_FIELDS = 300
EVERYWHERE = {
    **{(channel, "marketing"): False for channel in CHANNELS},
    ("ads", "advertising"): False,
}
Fields = Mapping[str, list[str]]


class Changes:
    """``consents`` by channel and purpose, True for yes; ``preferences`` by name, as the ledger
    keeps them.
    """

    def __init__(self) -> None:
        self.consents: dict[tuple[str, str], bool] = {}
        self.preferences: dict[str, str] = {}
        self.stops_all = False

    def __bool__(self) -> bool:
        return bool(self.consents or self.preferences)

    def listed(self) -> list[dict[str, Any]]:
        """As the inbox keeps them."""
        statuses = {True: "granted", False: "withdrawn"}
        found: list[dict[str, Any]] = [
            {"channel": channel, "purpose": purpose, "status": statuses[is_yes]}
            for (channel, purpose), is_yes in self.consents.items()
        ]
        for name, value in self.preferences.items():
            kind, _, topic = name.partition(":")
            found.append({"topic": topic, "status": value} if topic else {kind: value})
        return found


def read_form(body: bytes) -> Fields:
    """The fields of a form; none of one that is not ours."""
    try:
        return parse_qs(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return {}


def changes_in(fields: Fields, centre: Centre, shown: Shown, now: datetime) -> Changes:
    """What the person changed, of what the page offers them; all else in the form is ignored."""
    found = Changes()
    if fields.get("action") == ["stop_all"]:
        found.consents.update(EVERYWHERE)
        found.stops_all = True
        return found
    for channel in shown.channels:
        if (is_on := _changed(fields, "channel", channel.name)) is not None:
            found.consents[channel.name, "marketing"] = is_on
    found.preferences = _topics(fields, centre) | _choices(fields, centre) | _pause(fields, now)
    return found


def _topics(fields: Fields, centre: Centre) -> dict[str, str]:
    changed = {topic: _changed(fields, "topic", topic) for topic in centre.topics}
    return {
        f"topic:{topic}": "wanted" if is_on else "refused"
        for topic, is_on in changed.items()
        if is_on is not None
    }


def _choices(fields: Fields, centre: Centre) -> dict[str, str]:
    offered = {"frequency": ("less", "normal"), "language": centre.languages}
    return {
        name: value
        for name, values in offered.items()
        if (value := _only(fields, name)) in values and value != _only(fields, f"was_{name}")
    }


def _pause(fields: Fields, now: datetime) -> dict[str, str]:
    if _only(fields, "pause") == "30":
        return {"pause_until": _text(now + PAUSE)}
    return {"pause_until": _text(now)} if _only(fields, "resume") == "1" else {}


def _changed(fields: Fields, name: str, value: str) -> bool | None:
    """Whether a box was checked or cleared; None where it is as it was shown."""
    is_on = value in fields.get(name, ())
    return is_on if is_on != (value in fields.get(f"was_{name}", ())) else None


def _only(fields: Fields, name: str) -> str:
    values = fields.get(name, [])
    return values[0] if len(values) == 1 else ""


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
