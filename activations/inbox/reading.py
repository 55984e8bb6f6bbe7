"""What an event of the inbox says, in columns: pure, so that it can be read again any time.

Names of Segment's spec become the event types that segments ask for (docs/tracking.md); what has no
column stays in ``properties``, ``traits`` and the inbox itself.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from sluice.activations.agents import agent_of, is_machine

Row = dict[str, Any]
LONGEST = 2_000
TYPES = {
    "order completed": "order_placed",
    "order refunded": "order_refunded",
    "order cancelled": "order_cancelled",
    "product added": "cart_updated",
    "product removed": "cart_updated",
    "cart updated": "cart_updated",
}
OF_KIND = {
    "page": "page_view",
    "screen": "screen_view",
    "form": "form_submitted",
    "scan": "qr_scanned",
    "share": "share_visited",
}
# what followers of the WeChat account do, as its callback names it
OF_WECHAT = frozenset(
    {"wechat_menu_click", "wechat_qr_scan", "wechat_text_reply", "wechat_media_reply"}
)
STATED = frozenset({"identify", "group", "alias", "form"})  # say who somebody is
OF_USERS = frozenset({"track", "page", "screen"})  # say that an account is used in a browser
UTM = {"source": "utm_source", "medium": "utm_medium", "name": "utm_campaign"}
# of Segment's traits, which have camelCase and nested names, to the columns of a record
TRAITS = {
    "email": ("email",),
    "phone": ("phone",),
    "full_name": ("name", "full_name"),
    "given_name": ("firstName", "first_name", "given_name"),
    "surname": ("lastName", "last_name", "surname"),
    "job_title": ("title", "job_title"),
    "birth_date": ("birthday", "birth_date"),
    "gender": ("gender",),
    "language": ("language", "locale"),
    "unionid": ("unionid",),
    "province": ("province",),
    "city": ("city",),
    "country": ("country",),
    "postcode": ("postcode",),
    "industry": ("industry",),
    "company_size": ("company_size", "employees"),
    "budget": ("budget",),
}
ADDRESS = {
    "address": "street",
    "city": "city",
    "province": "state",
    "postcode": "postalCode",
    "country": "country",
}
COMPANY = {"company": "name", "industry": "industry", "company_size": "employee_count"}


def event_row(row: Mapping[str, Any]) -> Row:
    """A row of ``inbox.events``, of one of the inbox."""
    body = _body(row)
    context, properties = _object(body, "context"), _object(body, "properties")
    page = {**_object(context, "page"), **properties} if row["kind"] in {"page", "track"} else {}
    page = page or _object(context, "page")
    agent = agent_of(context.get("userAgent"))
    address = _text(page.get("url"))
    person = person_row(row)
    return {
        "event_id": row["event_id"],
        "event_key": row["event_key"],
        "source": row["source"],
        "kind": row["kind"],
        "event_type": _type(row["kind"], body),
        "subject": _subject(row["kind"], body, page, properties),
        "record_id": person["record_id"] if person else _follower(row["kind"], body),
        "user_id": _text(body.get("userId")),
        "anonymous_id": _text(body.get("anonymousId")),
        "previous_id": _text(body.get("previousId")),
        "delivery_id": _integer(body.get("deliveryId")),
        "occurred_at": row["occurred_at"],
        "received_at": row["received_at"],
        "said_at": _text(body.get("originalTimestamp") or body.get("timestamp")),
        "page_url": address,
        "page_title": _text(page.get("title")),
        "referrer": _text(page.get("referrer")),
        **_campaign(context, address),
        "qr_code": _text(body.get("qr") or context.get("qr")),
        "amount": _number(properties, "revenue", "total", "value"),
        "currency": _text(properties.get("currency")),
        "agent": agent,
        "is_machine": _is_machine(agent, body, context),
        "properties": _json(properties or _object(body, "fields")),
    }


def _follower(kind: str, body: Row) -> str | None:
    """The openid that the vendor's callback names; what a site says of one is not asked."""
    return _text(body.get("openid")) if kind == "wechat" else None


def _is_machine(agent: str | None, body: Row, context: Mapping[str, Any]) -> bool:
    """A server or an app posts what its people do by an HTTP library: that is no machine's visit.
    A browser that is run by a program says so (``automated``, by the script for sites).
    """
    said = (context.get("automated"), body.get("isMachine"), body.get("spam"))
    return True in said or (agent != "library" and is_machine(agent))


def person_row(row: Mapping[str, Any]) -> Row | None:
    """A row of ``inbox.people``: what an event says of who somebody is; None where it says
    nothing, or was sent by a machine.
    """
    body, kind = _body(row), row["kind"]
    if kind not in STATED | OF_USERS or body.get("spam"):
        return None
    traits = _object(body, "traits") if kind in STATED else {}
    known = _known(kind, traits)
    user = _text(body.get("userId"))
    cookie = _text(body.get("previousId" if kind == "alias" else "anonymousId"))
    if not (user or known.get("email") or known.get("phone") or known.get("unionid")):
        return None  # a browser is nobody yet
    return {
        "event_id": row["event_id"],
        # by time before number: a new inbox counts anew
        "sequence": f"{row['received_at']:%Y%m%d%H%M%S%f}{row['event_id']:012d}",
        "source": row["source"],
        "record_id": record_of(row["source"], user, cookie, known),
        "user_id": user,
        "cookie_id": cookie,
        **{name: known.get(name) for name in (*TRAITS, "company", "address")},
        "occurred_at": row["occurred_at"],
        "received_at": row["received_at"],
        "traits": _json({} if kind == "group" else traits),
    }


def person_rows(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows of ``inbox.people`` of a batch: of events that only say that an account is used in
    a browser one each.
    """
    found: dict[Any, Row] = {}
    for row in rows:
        person = person_row(row)
        if person is not None:
            says = row["kind"] in STATED
            found.setdefault(row["event_id"] if says else person["record_id"], person)
    return list(found.values())


def consent_rows(row: Mapping[str, Any]) -> list[Row]:
    """Rows of ``inbox.consents``: what somebody agreed to, or took back, in a form. One that waits
    for its confirmation is none yet.
    """
    body = _body(row)
    person = person_row(row)
    if row["kind"] != "form" or person is None:
        return []
    said = [one for one in _list(body, "consents") if isinstance(one, dict)]
    # a no counts at once, a yes when the person has confirmed that the address is theirs
    if body.get("confirmed") is False:
        said = [one for one in said if one.get("status") != "granted"]
    return [
        {
            "event_id": row["event_id"],
            "record_id": person["record_id"],
            "channel": _text(one.get("channel")),
            "purpose": _text(one.get("purpose")) or "marketing",
            "status": _text(one.get("status")),
            "text_version": _text(one.get("text_version")),
            "stated_at": row["occurred_at"],
            "received_at": row["received_at"],
            "proof": _proof(row, body, one),
        }
        for one in said
    ]


def _proof(row: Mapping[str, Any], body: Mapping[str, Any], said: Mapping[str, Any]) -> str:
    form = _text(body.get("form")) or row["source"]
    version = _text(said.get("text_version"))
    text = f"form {form}, text {version}" if version else f"form {form}"
    return f"{text}, event {row['event_key'][:16]}"


def record_of(source: str, user: str | None, cookie: str | None, known: Row) -> str:
    """The record it is of: the same for all that one account says in one browser; of a form, for
    all that the address or number says.
    """
    who = (user, cookie) if user else (known.get("email"), known.get("phone"), known.get("unionid"))
    text = "\x1f".join([source, *(str(one or "") for one in who)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _known(kind: str, traits: Mapping[str, Any]) -> Row:
    """The columns of a record that traits say; those of a group are of the company."""
    known = {} if kind == "group" else _person(traits)
    company = traits if kind == "group" else _object(traits, "company")
    known |= {name: text for name, key in COMPANY.items() if (text := _text(company.get(key)))}
    if kind != "group" and isinstance(traits.get("company"), str):
        known["company"] = _text(traits["company"])
    if kind == "group":
        known |= {"company_size": _text(traits.get("employees"))} if traits.get("employees") else {}
    return known


def _person(traits: Mapping[str, Any]) -> Row:
    address = _object(traits, "address")
    found = {name: _text(address.get(key)) for name, key in ADDRESS.items()}
    if isinstance(traits.get("address"), str):
        found["address"] = _text(traits["address"])
    for name, keys in TRAITS.items():
        text = next((text for key in keys if (text := _text(traits.get(key)))), None)
        found[name] = text or found.get(name)
    return {name: text for name, text in found.items() if text}


def _type(kind: str, body: Mapping[str, Any]) -> str | None:
    if kind == "form" and _is_confirmation(body):
        return "form_confirmed"
    if kind == "wechat":
        name = _text(body.get("event"))
        return name if name in OF_WECHAT else None
    if kind != "track":
        return OF_KIND.get(kind)
    name = " ".join(_words(_text(body.get("event")) or ""))
    return TYPES.get(name, name.replace(" ", "_"))[:100] or None


def _is_confirmation(body: Mapping[str, Any]) -> bool:
    """The second event of a form with double opt-in: its link was followed."""
    return body.get("confirmed") is True and "confirmedAt" in _object(body, "proof")


def _words(name: str) -> list[str]:
    """``Order Completed``, ``order_completed`` and ``orderCompleted`` alike."""
    return re.findall(
        r"\w+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").lower()
    )


def _subject(
    kind: str, body: Mapping[str, Any], page: Mapping[str, Any], properties: Mapping[str, Any]
) -> str | None:
    if kind == "form":
        return _text(body.get("form"))
    if kind == "scan":
        return _text(body.get("qr"))
    if kind == "wechat":
        return _text(body.get("subject"))
    if kind == "page":
        return _text(page.get("path")) or _path(_text(page.get("url"))) or _text(body.get("name"))
    if kind == "screen":
        return _text(body.get("name"))
    return _text(
        properties.get("product_id") or properties.get("order_id") or properties.get("name")
    )


def _campaign(context: Mapping[str, Any], address: str | None) -> Row:
    said = _object(context, "campaign")
    try:
        query = parse_qs(urlsplit(address or "").query)
    except ValueError:
        query = {}
    return {
        column: _text(said.get(name)) or _text(query.get(column, [None])[0])
        for name, column in UTM.items()
    }


def _path(address: str | None) -> str | None:
    try:
        return urlsplit(address or "").path or None
    except ValueError:
        return None


def _body(row: Mapping[str, Any]) -> dict[str, Any]:
    found = row["body"]
    if isinstance(found, str):
        found = orjson.loads(found)
    return found if isinstance(found, dict) else {}


def _object(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    found = body.get(name)
    return found if isinstance(found, list) else []


def _text(value: object) -> str | None:
    """A text that any database takes; None for what is none, or empty."""
    if value is None or isinstance(value, (dict, list, bool)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("\x00", "").strip()[:LONGEST] or None


def _integer(value: object) -> int | None:
    try:
        found = int(str(value))
    except ValueError:
        return None
    return found if -(1 << 63) <= found < 1 << 63 else None


def _number(properties: Mapping[str, Any], *names: str) -> float | None:
    for name in names:
        value = properties.get(name)
        if isinstance(value, bool) or value is None:
            continue
        try:
            found = float(value)
        except (TypeError, ValueError):
            continue
        if abs(found) < 1e15:
            return found
    return None


def _json(value: Mapping[str, Any]) -> str | None:
    """JSON text without NUL, which Postgres takes in no text."""
    return json.dumps(value, ensure_ascii=False).replace("\\u0000", "") if value else None
