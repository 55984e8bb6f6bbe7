"""The keyed hashes that keep an erased person out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sluice.activations.erasure import ADDRESS, EMAIL, ID, PHONE, RECORD, hashes_of, record_key
from sluice.orchestration.rights.key_columns import KeyColumn
from sluice.orchestration.rights.person import Person

KINDS = {"email": EMAIL, "email_address": EMAIL, "phone": PHONE}
LONG_ID = 12


def keys_of(
    person: Person, secret: bytes, columns: Sequence[KeyColumn]
) -> Iterator[tuple[str, str]]:
    """Of addresses and ids that are theirs alone, of their records, and of the cells in which raw
    tables name these.
    """
    for kind, value in person.identifiers:
        yield from hashes_of(secret, KINDS.get(kind, ID), value)
    for one in person.openids:
        yield from hashes_of(secret, ID, one)
    for hashed in person.hashes():
        yield from hashes_of(secret, ADDRESS, hashed)
    for source, record_id in person.records:
        yield from _of_record(source, record_id, secret, columns)


def _of_record(
    source: str, record_id: str, secret: bytes, columns: Iterable[KeyColumn]
) -> Iterator[tuple[str, str]]:
    yield from hashes_of(secret, RECORD, record_key(source, record_id))
    if is_unique_id(record_id):
        yield from hashes_of(secret, ID, record_id)
    for column in columns:
        if column.source_column or source in column.sources:
            yield from hashes_of(secret, str(column.kind(source)), record_id)


def is_unique_id(text: str) -> bool:
    """An id that is nobody else's in any system: long, of letters and digits."""
    return (
        len(text) >= LONG_ID and bool(re.search(r"[A-Za-z]", text)) and bool(re.search(r"\d", text))
    )
