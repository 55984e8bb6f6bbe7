"""The forms of a project with what came in, as ``sluice forms`` shows them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson

from sluice.activations.inbox.forms.catalog import Forms
from sluice.activations.inbox.forms.definition import Form
from sluice.activations.inbox.forms.embed import paste
from sluice.activations.inbox.store import Inbox
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings

LOCAL = "http://127.0.0.1:8085"  # where `sluice serve` listens by default
NAMES = ("submissions", "confirmed", "waiting", "machines")


def list_forms(settings: Settings) -> list[dict[str, Any]]:
    """Each form with its address and counts, or what is wrong with it."""
    counts, base = _counts(settings), settings.public_url or LOCAL
    rows = []
    for name, form in Forms(settings.project.content).all():
        is_good = isinstance(form, Form)
        rows.append(
            {
                "form": name,
                "version": form.version if isinstance(form, Form) else None,
                "languages": form.languages if isinstance(form, Form) else [],
                "address": f"{base}/f/{name}" if is_good else "not served",
                **counts.get(name, dict.fromkeys(NAMES, 0)),
                "wrong": "" if is_good else str(form),
            }
        )
    return rows


def describe_form(settings: Settings, name: str) -> dict[str, Any] | None:
    """One form; None where there is none. Raises ConfigurationError for one that is wrong."""
    form = dict(Forms(settings.project.content).all()).get(name)
    if form is None:
        return None
    if not isinstance(form, Form):
        raise ConfigurationError(str(form), "correct the form after docs/forms.md")
    base = settings.public_url or LOCAL
    return {
        "form": name,
        "version": form.version,
        "page": [f"{base}/f/{name}?lang={one}" for one in form.languages],
        "json": f"{base}/f/{name}.json",
        "snippet": paste(base, name),
        "may embed it": form.embed or ["no other site: list its origins in embed"],
        "fields": [f"{key} ({one.type})" for key, one in form.fields.items()],
        "hidden": list(form.hidden),
        "consents": [
            f"{key} ({one.channel}, {one.purpose}, text {one.text_version})"
            for key, one in form.consents.items()
        ],
        "double opt-in": form.double_opt_in.destination if form.double_opt_in else "no",
        **_counts(settings).get(name, dict.fromkeys(NAMES, 0)),
    }


def _counts(settings: Settings) -> dict[str, dict[str, int]]:
    """By form: people's submissions, those of them that were confirmed or wait for it, machines."""
    counted: dict[str, Counter[str]] = {}
    inbox = Inbox(settings.inbox)
    try:
        for row in inbox.of_kind("form"):
            body = orjson.loads(row["body"])
            counted.setdefault(str(body.get("form")), Counter())[_class(body)] += 1
    finally:
        inbox.close()
    return {name: _row(one) for name, one in counted.items()}


def _class(body: dict[str, Any]) -> str:
    if body.get("spam"):
        return "machines"
    if "proof" in body:
        return "confirmed"
    return "waiting" if "pendingConsents" in body else "plain"


def _row(counted: Counter[str]) -> dict[str, int]:
    asked, confirmed = counted["waiting"], counted["confirmed"]
    return {
        "submissions": counted["plain"] + asked,
        "confirmed": confirmed,
        "waiting": max(asked - confirmed, 0),
        "machines": counted["machines"],
    }
