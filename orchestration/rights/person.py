"""A person, as an erasure works with them: ids, records, identifiers that are theirs alone, and the
texts by which they can be recognised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

import phonenumbers

from sluice.activations.addresses import address_hash
from sluice.activations.ledger.erasing import Subject
from sluice.orchestration.warehouse.base import MissingTableError, Session

# of a record, what names or describes one person; the rest (a city, an industry) many have
PERSONAL = ("full_name", "given_name", "surname", "national_id", "company", "address", "job_title")
NAMED = (*PERSONAL, "phone", "email", "mailbox", "unionid", "cookie_id", "phone_digits")
CHANNEL = {"email": "email", "email_address": "email", "phone": "sms"}
SHORTEST_PART, SHORTEST_HAN = 6, 2  # a text that may stand within another one
FREE_TEXT = 12  # a text of a raw row that is longer is looked for in files
HAN = re.compile(r"[一-鿿]")


@dataclass
class Person:
    """``identifiers`` (type, value) and ``texts`` are theirs alone; ``shared``: what stands on
    records of others too stays there. ``raw_texts``: free texts of their raw rows.
    """

    contact_ids: list[int] = field(default_factory=list)
    record_keys: list[int] = field(default_factory=list)
    records: list[tuple[str, str]] = field(default_factory=list)
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    identifier_keys: list[int] = field(default_factory=list)
    shared: list[tuple[str, str]] = field(default_factory=list)
    openids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    raw_texts: list[str] = field(default_factory=list)
    delivery_ids: list[int] = field(default_factory=list)
    contact_syncs: list[str] = field(default_factory=list)
    keys: list[tuple[str, str]] = field(default_factory=list)
    # (activation, destination, key, text key or none, id at the vendor): what they still have
    held: list[tuple[str, str, int, str | None, str | None]] = field(default_factory=list)

    def as_bytes(self) -> bytes:
        """For the ledger, until the erasure is done."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def read(cls, data: bytes) -> Person:
        """From ``as_bytes``."""
        found = cls(**json.loads(data))
        for name in ("records", "identifiers", "shared", "keys", "held"):
            setattr(found, name, [tuple(one) for one in getattr(found, name)])
        return found

    def hashes(self) -> list[str]:
        """The plain hashes of addresses that are theirs alone."""
        own = [
            address_hash(CHANNEL[kind], value)
            for kind, value in self.identifiers
            if kind in CHANNEL
        ]
        return list(dict.fromkeys([*own, *(address_hash("wechat", one) for one in self.openids)]))

    def subject(self) -> Subject:
        """As the ledger asks for them."""
        return Subject(
            contact_ids=self.contact_ids,
            record_keys=self.record_keys,
            address_hashes=self.hashes(),
            texts=[*self.texts, *(record_id for _, record_id in self.records)],
            contact_syncs=self.contact_syncs,
            delivery_ids=self.delivery_ids,
        )

    def whole(self) -> list[str]:
        """Texts that are theirs where they are all of a cell."""
        return list(dict.fromkeys([*self.texts, *self.raw_texts]))

    def parts(self) -> list[str]:
        """Texts that are theirs also within another text, the longest first."""
        found = [one for one in self.texts if is_part(one)]
        found += [one for one in self.raw_texts if len(one) >= FREE_TEXT or has_han(one, 4)]
        return sorted(dict.fromkeys(found), key=len, reverse=True)


def is_part(text: str) -> bool:
    """Long enough to be looked for within other texts."""
    return len(text) >= SHORTEST_PART or has_han(text, SHORTEST_HAN)


def has_han(text: str, count: int) -> bool:
    """Whether a text has so many Chinese characters."""
    return len(HAN.findall(text)) >= count


def collect(session: Session, contact_ids: Sequence[int]) -> Person:
    """All that the warehouse knows of contacts, but for their raw rows."""
    person = Person()
    person.contact_ids = _with_retired(session, contact_ids)
    ids = _numbers(person.contact_ids)
    rows = session.execute(
        f"select record_key, source, record_id from identity.identity_map where contact_id in {ids}"
    ).rows
    person.record_keys = sorted(int(row[0]) for row in rows)
    person.records = sorted({(str(row[1]), str(row[2])) for row in rows})
    _take_identifiers(session, person)
    person.openids = [
        str(row[0])
        for row in session.execute(
            f"select openid from contacts.int_contact_openids where contact_id in {ids}"
        ).rows
        if row[0]
    ]
    person.texts = list(_own_texts(session, person))
    return person


def _with_retired(session: Session, contact_ids: Sequence[int]) -> list[int]:
    """The contacts, and the ids that were merged into them."""
    found, frontier = set(map(int, contact_ids)), set(map(int, contact_ids))
    while frontier:
        sql = (
            "select retired_contact_id from identity.contact_aliases where contact_id in"
            f" {_numbers(frontier)}"
        )
        frontier = {int(row[0]) for row in session.execute(sql).rows} - found
        found |= frontier
    return sorted(found)


def _take_identifiers(session: Session, person: Person) -> None:
    keys = _numbers(person.record_keys)
    sql = f"""
with theirs as (
    select distinct identifier_key, identifier_type, identifier_value
    from identity.int_record_identifiers where record_key in {keys}
)
select
    t.identifier_key, t.identifier_type, t.identifier_value,
    max(case when r.record_key in {keys} then 0 else 1 end)
from theirs as t
inner join identity.int_record_identifiers as r on t.identifier_key = r.identifier_key
group by t.identifier_key, t.identifier_type, t.identifier_value"""
    for key, kind, value, is_shared in session.execute(sql).rows:
        if is_shared:
            person.shared.append((str(kind), str(value)))
        else:
            person.identifiers.append((str(kind), str(value)))
            person.identifier_keys.append(int(key))


def _own_texts(session: Session, person: Person) -> Iterator[str]:
    """Texts of their records that no record of others has, as a whole or within a text."""
    keys = _numbers(person.record_keys)
    columns = ", ".join(NAMED)
    sql = (
        f"select {columns}, attributes, identifiers from identity.int_contact_records"
        f" where record_key in {keys}"
    )
    shared = {value for _, value in person.shared}
    found = dict.fromkeys(value for _, value in person.identifiers)
    found |= dict.fromkeys(person.openids)
    found |= dict.fromkeys(
        form for kind, value in person.identifiers if kind == "phone" for form in spelled(value)
    )
    for row in session.execute(sql).rows:
        for text in row[: len(NAMED)]:
            if text is not None and str(text) not in shared:
                found[str(text)] = None
        for document in row[len(NAMED) :]:
            found |= dict.fromkeys(one for one in _values(document) if len(one) >= SHORTEST_PART)
    found |= dict.fromkeys(
        record_id for _, record_id in person.records if len(record_id) >= SHORTEST_PART
    )
    others = f"record_key not in {keys}"
    for text in found:
        if is_part(text) and not _is_elsewhere(session, text, others):
            yield text


def spelled(number: str) -> Iterator[str]:
    """A phone number as gateways and people write it: with and without its country code."""
    yield number.removeprefix("+")
    try:
        yield str(phonenumbers.parse(number).national_number)
    except phonenumbers.NumberParseException:
        return


def _is_elsewhere(session: Session, text: str, others: str) -> bool:
    written = text.replace("'", "''").lower()
    columns = ("record_id", *NAMED, "attributes", "identifiers", "province", "city", "industry")
    looked = " or ".join(f"position('{written}' in lower({name})) > 0" for name in columns)
    sql = f"select 1 from identity.int_contact_records where {others} and ({looked}) limit 1"
    return bool(session.execute(sql).rows)


def _values(document: str | None) -> Iterator[str]:
    try:
        found = json.loads(document or "{}")
    except ValueError:
        return
    for value in found.values() if isinstance(found, dict) else ():
        if isinstance(value, str):
            yield value


def _numbers(values: Iterable[int]) -> str:
    return f"({', '.join(str(int(one)) for one in values) or 'null'})"


def is_known(session: Session) -> bool:
    """Whether the warehouse has contacts at all."""
    try:
        session.execute("select 1 from identity.identity_map limit 1")
    except MissingTableError:
        return False
    return True
