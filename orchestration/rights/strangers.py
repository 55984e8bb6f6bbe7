"""Somebody who is no contact, and of whom something is held all the same: a row that could not be
read, or one that no model has read yet.
"""

from __future__ import annotations

from sluice.activations.addresses import e164
from sluice.activations.erasure import ErasedKeys, emails
from sluice.orchestration.rights.person import Person, spelled
from sluice.orchestration.rights.person_keys import keys_of
from sluice.orchestration.rights.stores import warehouse as rows
from sluice.orchestration.warehouse.base import Session


def find_stranger(session: Session, key: str, secret: bytes) -> Person | None:
    """Whoever has an e-mail address or phone number, by that alone; None where nothing is held."""
    person = by_address(key, secret)
    if person is None:
        return None
    erased = ErasedKeys(secret, frozenset(person.keys))
    tables = rows.tables_of(session)
    person.raw_texts = rows.take_raw_texts(session, tables, erased)
    quarantine = (f"{session.prefix}raw", "quarantine")
    is_bad = quarantine in tables and bool(rows.quarantined_of(session, quarantine, person, erased))
    return person if person.raw_texts or is_bad else None


def by_address(key: str, secret: bytes) -> Person | None:
    """Whoever has an e-mail address or phone number, as far as that alone says; None for a key that
    is neither.
    """
    person = Person()
    if "@" in key and (forms := emails(key, is_whole=True)):
        person.identifiers = [("email", one) for one in forms]
        person.texts = forms
    elif number := e164(key):
        person.identifiers = [("phone", number)]
        person.texts = [number, *spelled(number)]
    else:
        return None
    person.keys = list(dict.fromkeys(keys_of(person, secret, ())))
    return person
