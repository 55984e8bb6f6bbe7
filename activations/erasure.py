"""What stays of a person who was erased: hashes under a key that only the home has.

Nobody without the key can try addresses until one fits; with it, whoever comes back is known
again. ``kind`` keeps a record id of one source apart from another's.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from sluice.activations.addresses import e164, mailbox, normalised

EMAIL, PHONE, TAIL, ID, ADDRESS, RECORD = "email", "phone", "phone_tail", "id", "address", "record"
TAIL_DIGITS = 7
SHORTEST_ID = 6
SHORTEST_PHONE, LONGEST_PHONE = 7, 15
E_MAILS = re.compile(r"[^\s<>\"',;:|\\(){}\[\]]+@[^\s<>\"',;:|\\(){}\[\]]+")
WORDS = re.compile(r"[^\s<>\"',;|\\(){}\[\]]+")


@dataclass(frozen=True)
class ErasedKeys:
    """The keyed hashes of all erased people, by kind."""

    secret: bytes = field(repr=False)
    hashes: frozenset[tuple[str, str]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def has(self, kind: str, value: str) -> bool:
        """Whether somebody who was erased had this value."""
        return (kind, keyed(self.secret, kind, value)) in self.hashes

    def has_address(self, address_hash: str) -> bool:
        """The same of an address by its plain hash, as messages carry it."""
        return self.has(ADDRESS, address_hash)

    def has_record(self, source: str, record_id: str) -> bool:
        """The same of a record of a source."""
        return self.has(RECORD, record_key(source, record_id))

    def names(self, text: str) -> bool:
        """Whether a text is, or has in it, an e-mail address, phone number or id of somebody who
        was erased.
        """
        whole = text.strip()
        return self.is_one(whole) or any(
            self.is_one(part.strip(".!?")) for part in WORDS.findall(whole)
        )

    def is_one(self, value: str) -> bool:
        """Whether a text as a whole is one."""
        if len(value) >= SHORTEST_ID and self.has(ID, value):
            return True
        if "@" in value:
            return any(self.has(EMAIL, one) for one in emails(value, is_whole=True))
        digits = re.sub(r"\D", "", value)
        if not SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE:
            return False
        return self.has(TAIL, digits[-TAIL_DIGITS:]) and self.has(PHONE, phone(value))


NOBODY = ErasedKeys(b"")


def keyed(secret: bytes, kind: str, value: str) -> str:
    """The hash of a value of a kind under the home's key."""
    return hmac.new(secret, f"{kind}\0{value}".encode(), sha256).hexdigest()


def hashes_of(secret: bytes, kind: str, value: str) -> Iterator[tuple[str, str]]:
    """All that is kept of one value: (kind, hash)."""
    text = value.strip()
    if kind == EMAIL:
        for one in emails(text):
            yield EMAIL, keyed(secret, EMAIL, one)
    elif kind == PHONE:
        number = phone(text)
        tail = re.sub(r"\D", "", number)[-TAIL_DIGITS:]
        yield PHONE, keyed(secret, PHONE, number)
        yield TAIL, keyed(secret, TAIL, tail)
    elif text:
        yield kind, keyed(secret, kind, text)


def emails(text: str, *, is_whole: bool = False) -> list[str]:
    """The forms by which an e-mail address is compared, also one with a space in it, or a name
    before it in ``<>``.
    """
    bare = re.sub("^mailto:", "", text.strip(), flags=re.IGNORECASE)
    angled = re.fullmatch(r"[^<>@]*<([^<>]+)>", bare)
    bare = re.sub(r"\s", "", angled[1] if angled else bare)
    found = [bare] if E_MAILS.fullmatch(bare) or not is_whole else []
    return list(
        dict.fromkeys(form for one in found for form in (normalised(EMAIL, one), mailbox(one)))
    )


def phone(text: str) -> str:
    """A number as it is compared."""
    return e164(text) or re.sub(r"\D", "", text)


def record_key(source: str, record_id: str) -> str:
    """How a record is named in a hash."""
    return f"{source}\0{record_id.strip()}"
