"""A submission: is it of a person, is it right, and what event it is."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson

from sluice.activations.inbox.events import Event, key_of
from sluice.activations.inbox.forms.captcha import SERVICES, verify
from sluice.activations.inbox.forms.definition import Form
from sluice.activations.inbox.forms.origin_of_visit import anonymous_id, context_of, one, query_of
from sluice.activations.inbox.forms.tokens import FormTokens, Shown
from sluice.activations.inbox.forms.values import Checked, EntryRules, check
from sluice.activations.inbox.forms.wording import say

log = logging.getLogger(__name__)
SOURCE = "forms"
TRAP = "_topic"  # a field that no person sees
MOST_KEPT = 2_000  # characters of a value of a machine
Given = Mapping[str, list[str]]
# who a person with these keys (email, phone) is: the contact, None for nobody; raises TimeoutError
# where the warehouse has no time
FindKnown = Callable[[Mapping[str, str]], int | None]


@dataclass(frozen=True)
class Call:
    """A submission as it came."""

    name: str
    form: Form
    given: Given
    language: str
    agent: str = ""
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What came of it: an event to keep, or what to correct. ``confirm``: the address that gets a
    mail to confirm.
    """

    event: Event | None = None
    message: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    confirm: str | None = None
    code: Literal["kept", "invalid", "stale", "captcha"] = "kept"


class Desk:
    """Reads submissions. Its work blocks: the captcha's service, the warehouse."""

    def __init__(self, tokens: FormTokens, rules: EntryRules, find_known: FindKnown) -> None:
        self._tokens, self._rules, self._find_known = tokens, rules, find_known

    def read(self, call: Call, now: datetime) -> Result:
        """What came of a submission."""
        shown = self._tokens.read_page(call.name, one(call.given, "_token"), now)
        if shown is None or not 0 <= shown.seconds <= call.form.open_hours * 3600:
            return Result(message=say(call.language, "stale"), code="stale")
        signs = _signs_of_machine(call, shown)
        if signs:
            return Result(_event(call, shown, now, _of_machine(call, signs)))
        found = check(call.form, call.given, call.language, self._rules)
        if found.errors:
            return Result(message=say(call.language, "check"), errors=found.errors, code="invalid")
        verified = self._is_verified(call)
        if verified is False:
            return Result(message=say(call.language, "captcha"), code="captcha")
        body = {**self._body(call, found), **({} if verified else {"verified": False})}
        is_open = call.form.double_opt_in is not None and "email" in found.traits
        return Result(
            _event(call, shown, now, body), confirm=found.traits["email"] if is_open else None
        )

    def _is_verified(self, call: Call) -> bool | None:
        """Whether the captcha was passed; None when its service cannot say."""
        captcha = call.form.captcha
        if captcha is None:
            return True
        result, reason = verify(captcha, one(call.given, SERVICES[captcha.kind].field))
        if result == "unreachable":
            log.warning("form %s: the captcha cannot be verified (%s)", call.name, reason)
            return None
        return result == "passed"

    def _body(self, call: Call, found: Checked) -> dict[str, Any]:
        is_open = call.form.double_opt_in is not None and "email" in found.traits
        known = self._known(found)
        return {
            "form": call.name,
            "version": call.form.version,
            "fields": {**found.fields, **_hidden(call)},
            "traits": {**found.traits, "language": found.traits.get("language", call.language)},
            "consents": [] if is_open else found.consents,
            **({"pendingConsents": found.consents} if is_open else {}),
            "anonymousId": anonymous_id(call.given, call.cookies),
            "deliveryId": self._tokens.delivery(one(call.given, "_link")),
            "context": context_of(call.given, call.agent, call.language),
            "confirmed": not is_open,
            **known,
        }

    def _known(self, found: Checked) -> dict[str, Any]:
        """Whether the warehouse knows the person: the page never says it."""
        if not found.keys:
            return {}
        try:
            contact = self._find_known(found.keys)
        except TimeoutError:
            return {}
        except Exception as error:  # whatever the warehouse has, the submission is kept
            log.warning("nobody was looked up for a form (%s)", type(error).__name__)
            return {}
        return {"known": contact is not None, **({"contactId": contact} if contact else {})}


def _signs_of_machine(call: Call, shown: Shown) -> list[str]:
    signs = ["trap"] if any(text.strip() for text in call.given.get(TRAP, ())) else []
    return signs + (["too_fast"] if shown.seconds < call.form.min_seconds else [])


def _of_machine(call: Call, signs: list[str]) -> dict[str, Any]:
    """What a machine sent: kept as it came, and it says nothing of anybody."""
    known = {*call.form.fields, *call.form.hidden, *call.form.consents, TRAP}
    return {
        "form": call.name,
        "version": call.form.version,
        "fields": {
            name: [text[:MOST_KEPT] for text in texts[:20]]
            for name, texts in call.given.items()
            if name in known
        },
        "traits": {},
        "consents": [],
        "anonymousId": None,
        "deliveryId": None,
        "context": context_of(call.given, call.agent, call.language),
        "confirmed": False,
        "spam": True,
        "spamSigns": signs,
    }


def _hidden(call: Call) -> dict[str, str]:
    query = query_of(one(call.given, "_page"))
    found: dict[str, str] = {}
    for name, hidden in call.form.hidden.items():
        if hidden.value is not None:
            found[name] = hidden.value
        elif hidden.query is not None:
            found[name] = query.get(hidden.query, "")
        else:
            found[name] = one(call.given, "_referrer")[:MOST_KEPT]
    return {name: value for name, value in found.items() if value}


def _event(call: Call, shown: Shown, now: datetime, body: dict[str, Any]) -> Event:
    """The event: the same page with the same values is one, however often it was sent."""
    same = {name: body[name] for name in ("fields", "consents")} | {
        "pending": body.get("pendingConsents")
    }
    text = orjson.dumps(same, option=orjson.OPT_SORT_KEYS, default=str)
    digest = hashlib.sha256(text).hexdigest()
    key = key_of(SOURCE, f"{call.name}:{shown.number}:{digest}", {}, "")
    return Event(SOURCE, "form", key, now, {**body, "submission": key})
