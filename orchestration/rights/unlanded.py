"""Somebody of whom the ledger or the inbox holds something, in a home that has no warehouse yet."""

from __future__ import annotations

from sluice.activations.erasure import ErasedKeys
from sluice.activations.ledger.store import Ledger
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.landing.inbox import open_inbox
from sluice.orchestration.rights import destinations
from sluice.orchestration.rights.person import Person
from sluice.orchestration.rights.stores.base import Erasure
from sluice.orchestration.rights.strangers import by_address

NONE_YET = "there is no warehouse yet"


def find_unlanded(settings: Settings, ledger: Ledger, key: str, secret: bytes) -> Person:
    """Whoever has an e-mail address or phone number that the ledger or the inbox knows.

    Raises ConfigurationError, which says that there is no warehouse, where neither does.
    """
    person = by_address(key, secret)
    if person is None:
        raise ConfigurationError(
            f"{NONE_YET}: until then a person is found by an e-mail address or phone number alone",
            "give one of them, or land and build first with `sluice run`",
        )
    deliveries = ledger.deliveries_of(person.subject())
    person.delivery_ids = [int(row["delivery_id"]) for row in deliveries]
    person.held = destinations.held_by_syncs(deliveries)
    if not (
        deliveries or _has_said(ledger, person) or _is_in_inbox(settings, ledger, person, secret)
    ):
        raise ConfigurationError(
            f"{NONE_YET}, and neither the ledger nor the inbox holds anything of this key",
            "give the address as the person wrote it; or land your sources with `sluice run`, and"
            " ask again",
        )
    return person


def _has_said(ledger: Ledger, person: Person) -> bool:
    hashes = set(person.hashes())
    rows = [*ledger.statements(), *ledger.suppressions()]
    return any(row["address_hash"] in hashes for row in rows)


def _is_in_inbox(settings: Settings, ledger: Ledger, person: Person, secret: bytes) -> bool:
    erasure = Erasure(settings, ledger, person, ErasedKeys(secret, frozenset(person.keys)))
    with open_inbox(settings) as inbox:
        batches = inbox.events_after(0)
        return any(erasure.is_theirs(str(row["body"])) for batch in batches for row in batch)
