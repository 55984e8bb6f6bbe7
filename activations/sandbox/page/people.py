"""Who received what: addresses that a CRM record holds together are one person, any other address
is one of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sluice.activations.sandbox.page.mail import html_of_call
from sluice.activations.sandbox.store import Store

Json = dict[str, Any]
# properties that hold an address, in the words of the CRMs there are; fields of a tenant's own end
# in __c
ADDRESSES = {"email", "phone", "mobile", "mobilephone", "openid", "unionid", "external_userid"}
NAMES = ("full_name", "name", "display_name")
PEOPLE = re.compile(
    r"(contacts?|contactobj|leads?|leadsobj|party)$", re.I
)  # kinds of records that are people, address or not
CHANNELS_OF_NOBODY = {
    "audience",
    "conversion",
}  # what is not received by a person: it is shown where the person is known


@dataclass
class Person:
    """One person: the addresses, the CRM records, and what came to each."""

    addresses: list[str]
    records: list[Json] = field(default_factory=list)
    count: int = 0
    last_at: str = ""
    channels: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """As the CRM has it, else the address."""
        for record in self.records:
            properties = {name.lower(): value for name, value in record["properties"].items()}
            joined = " ".join(
                str(properties[part]) for part in ("firstname", "lastname") if properties.get(part)
            )
            found = next((str(properties[word]) for word in NAMES if properties.get(word)), joined)
            if found:
                return found
        return self.addresses[0] if self.addresses else ""

    def matches(self, words: str) -> bool:
        """True when the name or an address holds the words."""
        return any(words in text.casefold() for text in (self.name, *self.addresses))


def list_people(store: Store, words: str, limit: int) -> tuple[list[Json], int]:
    """Those whom something reached or a CRM knows, whoever received last first; at most ``limit``,
    and how many there are.
    """
    found = {
        id(person): person
        for person in _people(store).values()
        if person.matches(words.strip().casefold())
    }
    ordered = sorted(found.values(), key=lambda person: (person.last_at, person.name), reverse=True)
    shown = [
        {
            "address": p.addresses[0],
            "name": p.name,
            "addresses": _own(p),
            "count": p.count,
            "channels": sorted(p.channels),
        }
        for p in ordered[:limit]
    ]
    return shown, len(ordered)


def show_person(store: Store, address: str) -> Json | None:
    """What a person received, the newest last, and the CRM records; None for an address that nobody
    has.
    """
    person = _people(store).get(address)
    if person is None:
        return None
    items = sorted(_items(store, person.addresses), key=lambda item: str(item["at"]))
    return {
        "name": person.name,
        "addresses": _own(person),
        "records": person.records,
        "items": items,
    }


def _own(person: Person) -> list[str]:
    """The addresses, without our keys."""
    keys = {_key(record) for record in person.records}
    return [address for address in person.addresses if address not in keys] or person.addresses


def _key(record: Json) -> str:
    """Our key, or the vendor's id where the record has none."""
    return str(record["key"] or f"{record['vendor']} {record['id']}")


def _people(store: Store) -> dict[str, Person]:
    people: dict[str, Person] = {}
    for record in _records(store):
        addresses = [
            str(v)
            for name, v in record["properties"].items()
            if name.lower().removesuffix("__c") in ADDRESSES and v
        ]
        if not addresses and not PEOPLE.search(record["object"]):
            continue  # a list, a deal, a task
        known = next((people[address] for address in addresses if address in people), None)
        person = known or Person([])
        person.records.append(record)
        person.addresses += [
            a for a in dict.fromkeys([*addresses, _key(record)]) if a not in person.addresses
        ]
        people.update(dict.fromkeys(person.addresses, person))
    for recipient, channel, count, last_at in _received(store):
        if recipient not in people and channel in CHANNELS_OF_NOBODY:
            continue
        person = people.setdefault(recipient, Person([recipient]))
        person.count += count
        person.last_at = max(person.last_at, last_at)
        person.channels.add(channel)
    return people


def _received(store: Store) -> Iterable[tuple[Any, ...]]:
    return store.rows(
        "select recipient, 'email', count(*), max(received_at) from mails group by recipient union"
        " all select recipient, channel, count(*), max(received_at) from received group by"
        " recipient, channel"
    )


def _records(store: Store) -> Iterator[Json]:
    """Records that CRMs hold: contacts, and records of other kinds that have a key."""
    rows = store.rows(
        "select 'hubspot', 'contacts', vendor_id, key, properties from contacts where is_archived ="
        " 0 order by vendor_id"
    )
    rows += store.rows(
        "select vendor, object, record_id, key, properties from records where is_deleted = 0 order"
        " by record_id"
    )
    for vendor, kind, number, key, text in rows:
        properties = json.loads(text)
        if isinstance(properties, Mapping):
            yield {
                "vendor": vendor,
                "object": kind,
                "id": number,
                "key": key,
                "properties": dict(properties),
            }


def _items(store: Store, addresses: list[str]) -> Iterator[Json]:
    marks = ",".join("?" * len(addresses))
    mails = (
        f"select mail_id, recipient, subject, received_at from mails where recipient in ({marks})"
    )
    for mail_id, recipient, subject, at in store.rows(mails, tuple(addresses)):
        yield {
            "kind": "mail",
            "id": mail_id,
            "to": recipient,
            "title": subject,
            "at": at,
            "channel": "email",
            "vendor": "smtp",
        }
    others = (
        "select received_id, vendor, channel, recipient, title, body, received_at,"
        " case when channel = 'email' then source else '' end"
        f" from received where recipient in ({marks})"
    )
    for number, vendor, channel, recipient, title, body, at, source in store.rows(
        others, tuple(addresses)
    ):
        about = {
            "vendor": vendor,
            "channel": channel,
            "to": recipient,
            "title": title,
            "body": body,
            "at": at,
        }
        is_mail = html_of_call(source) is not None
        yield {
            "kind": "mail" if is_mail else "card",
            "id": f"api-{number}" if is_mail else number,
            **about,
        }
