"""A form service for tests: a real server, the warehouse's own rules, a mail server that keeps what it is given, and a clock that is set by hand."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sluice.activations.content import LIBRARY
from sluice.activations.content.templates import render_mail
from sluice.activations.inbox.address_limits import KeyedLimits
from sluice.activations.inbox.client_address import networks
from sluice.activations.inbox.forms.catalog import Forms
from sluice.activations.inbox.forms.confirm_sender import ConfirmSender
from sluice.activations.inbox.forms.confirming import ConfirmMails
from sluice.activations.inbox.forms.endpoint import Parts, routes
from sluice.activations.inbox.forms.pages import Pages
from sluice.activations.inbox.forms.submission import Desk
from sluice.activations.inbox.forms.tokens import FormTokens
from sluice.activations.inbox.keeping import GroupCommit
from sluice.activations.inbox.store import Inbox
from sluice.activations.inbox.tokens import LinkSigner
from sluice.models.delivery import ItemResult, Message, Outcome
from sluice.orchestration.serving.entry_rules import MacroRules
from tests.activations.inbox.serving import NOW, Reply, Running, serving_inbox

RULES = MacroRules()
SIGNER = LinkSigner("k" * 32)
BASE = """
title: {zh: 联系我们, en: Contact us}
fields:
  email: {type: email, required: true, label: {zh: 邮箱, en: E-mail}}
  phone: {type: phone, label: {zh: 手机, en: Phone}}
  note: {type: textarea, label: {zh: 留言, en: Note}}
consents:
  news: {channel: email, text_version: v1, text: {zh: 我同意, en: I agree}}
embed: [https://shop.example]
"""


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def go(self, **by: float) -> None:
        self.now += timedelta(**by)


class Post:
    """A destination that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.outcomes: list[Outcome] = []
        self.tries = 0

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        self.tries += 1
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome.ACCEPTED
        if outcome is Outcome.ACCEPTED:
            self.mails += items
        return [ItemResult(one.delivery_id, outcome, "x") for one in items]

    def close(self) -> None:
        """Nothing is open."""

    def wait(self, count: int) -> list[Message]:
        """Mails are sent after the answer: wait for them."""
        until = time.monotonic() + 60
        while len(self.mails) < count and time.monotonic() < until:
            time.sleep(0.01)
        return self.mails

    def link(self) -> str:
        """The path of the link in the last mail, as it is rendered."""
        _, text, _ = render_mail(self.mails[-1], LIBRARY)
        return re.search(r"http://[^/]+(/\S+)", text)[1]  # type: ignore[index]


@dataclass
class Desks:
    """A running service of forms."""

    running: Running
    content: Path
    clock: Clock
    post: Post
    known: dict[str, int] = field(default_factory=dict)

    def write(self, name: str, text: str = BASE) -> None:
        (self.content / "forms" / f"{name}.yml").write_text(text, encoding="utf-8")

    def get(self, path: str, **headers: str) -> Reply:
        return self.running.call(
            "GET", path, None, {k.replace("_", "-"): v for k, v in headers.items()}
        )

    def token(self, name: str) -> str:
        """The token of a page that a person has read for five seconds."""
        found = self.get(f"/f/{name}.json").json()["token"]
        self.clock.go(seconds=5)
        return str(found)

    def send(self, name: str, values: Mapping[str, Any], lang: str = "en", **headers: str) -> Reply:
        """A page that is sent."""
        body = urlencode({"_token": self.token(name), **values}, doseq=True).encode()
        return self.raw(
            f"/f/{name}?lang={lang}", body, "application/x-www-form-urlencoded", **headers
        )

    def send_json(
        self, name: str, values: Mapping[str, Any], lang: str = "en", **headers: str
    ) -> Reply:
        """As the snippet sends it."""
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        named.setdefault("Content-Type", "application/json")
        return self.running.post(
            f"/f/{name}?lang={lang}", {"_token": self.token(name), **values}, **named
        )

    def raw(self, path: str, body: bytes, kind: str, **headers: str) -> Reply:
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        return self.running.call("POST", path, body, {"Content-Type": kind, **named})

    def bodies(self) -> list[dict[str, Any]]:
        return [row["body"] for row in self.running.rows()]


@contextmanager
def serving_forms(
    folder: Path, trusted: Sequence[str] = ("127.0.0.1",), clock: Clock | None = None
) -> Iterator[Desks]:
    """The service, with one form ``contact``. The same folder again is the service restarted."""
    content, clock, post = folder / "content", clock or Clock(), Post()
    (content / "forms").mkdir(parents=True, exist_ok=True)
    known: dict[str, int] = {}
    tokens = FormTokens(SIGNER)
    kept: dict[str, Any] = {}

    def find(keys: Mapping[str, str]) -> int | None:
        if "slow" in known:
            raise TimeoutError
        return next((known[one] for one in keys.values() if one in known), None)

    def make(commit: GroupCommit, base: str) -> list[Any]:
        forms = Forms(content)
        mails = ConfirmMails(tokens, base, KeyedLimits(clock.seconds))
        kept["inbox"] = Inbox(f"sqlite:///{folder / 'inbox.sqlite'}")
        kept["sender"] = ConfirmSender(
            kept["inbox"], forms, mails, lambda name, template: post, clock, idle_seconds=0.02
        )
        parts = Parts(
            forms,
            Pages(content),
            tokens,
            Desk(tokens, RULES, find),
            mails,
            kept["sender"],
            commit,
            kept["inbox"].with_key,
            base,
            networks(trusted),
            KeyedLimits(clock.seconds),
        )
        return routes(parts)

    with serving_inbox(folder, make, clock=clock, work=lambda: kept["sender"].running) as running:
        desks = Desks(running, content, clock, post, known)
        if not (content / "forms" / "contact.yml").exists():
            desks.write("contact")
        yield desks
    kept["inbox"].close()
