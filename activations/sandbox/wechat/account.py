"""An official account: its followers, what each may still be sent, its templates and tags, and what
it has to call back with.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.wechat.refusals import Refused

BEIJING = timezone(timedelta(hours=8))
OPENID = re.compile(r"o[\w-]{2,63}", re.ASCII)
# what a person did opens a window: how long, and for how many customer-service messages
MINUTE = (timedelta(minutes=1), 3)
WINDOWS = {
    "message": (timedelta(hours=48), 5),
    "click": MINUTE,
    "subscribe": MINUTE,
    "scan": MINUTE,
}
Act = Literal["message", "click", "subscribe", "scan"]
# the fields of each template; another one is added by whoever needs it
TEMPLATES = {
    "order-shipped-0000000000000000000000000000": ("character_string1", "thing2", "time3"),
    "points-expire-0000000000000000000000000000": ("thing1", "character_string2", "time3"),
}


@dataclass
class Window:
    """Until when, and how many messages are left in it."""

    until: datetime
    left: int


@dataclass
class Account:
    """The state of the account. Every openid of the right form follows it until it ``left``."""

    store: Store
    clock: Clock
    left: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)  # followers of another account
    blacklisted: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)  # follow, and take no template messages
    templates: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(TEMPLATES))
    windows: dict[tuple[str, str], Window] = field(default_factory=dict)
    grants: Counter[tuple[str, str]] = field(
        default_factory=Counter
    )  # notices a person allowed, by openid and template
    seen: dict[tuple[str, str], tuple[datetime, int]] = field(
        default_factory=dict
    )  # repeats, by openid and client_msg_id
    tags: dict[int, str] = field(default_factory=dict)
    holders: dict[int, set[str]] = field(default_factory=dict)
    mass_a_month: Counter[tuple[str, str]] = field(default_factory=Counter)
    mass_calls: deque[datetime] = field(default_factory=deque)
    mass_ids: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    last_id: int = 1_000_000_000

    def follower(self, openid: object) -> str:
        """The openid of a follower. Raises Refused as the vendor does."""
        if not isinstance(openid, str) or not OPENID.fullmatch(openid):
            raise Refused(40003)
        if openid in self.foreign:
            raise Refused(49003)
        if openid in self.left:
            raise Refused(43004)
        if openid in self.blacklisted:
            raise Refused(43019)
        return openid

    def happens(self, openid: str, act: Act) -> None:
        """The person wrote, clicked a menu, followed or scanned."""
        lives, count = WINDOWS[act]
        self.windows[openid, "message" if act == "message" else "act"] = Window(
            self.clock.now() + lives, count
        )
        if act == "subscribe":
            self.left.discard(openid)

    def unfollows(self, openid: str) -> None:
        """The person leaves: tags and windows go."""
        self.left.add(openid)
        for kind in ("message", "act"):
            self.windows.pop((openid, kind), None)
        for holding in self.holders.values():
            holding.discard(openid)
        self.event(openid, "unsubscribe", EventKey="")

    def allows(self, openid: str, template_id: str, times: int = 1) -> None:
        """The person allows so many notices of a template."""
        self.grants[openid, template_id] += times

    def new_id(self) -> int:
        """The next number of a message or tag."""
        self.last_id += 1
        return self.last_id

    def event(self, openid: str, kind: str, **fields: Any) -> None:
        """The account has something to tell."""
        about = {
            "FromUserName": openid,
            "CreateTime": int(self.clock.now().timestamp()),
            "MsgType": "event",
            "Event": kind,
        }
        self.events.append({"ToUserName": "gh_sandbox", **about, **fields})

    def receives(self, openid: str, title: str, body: str, key: str | None, source: str) -> None:
        """The person sees it."""
        self.store.add_received(
            "wechat", "wechat", openid, body, title=title, key=key, source=source
        )
