"""Somebody of whom the ledger or the inbox holds something that no run has landed."""

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


def require_unlanded(settings: Settings, ledger: Ledger, key: str, secret: bytes) -> Person:
    """As ``find_unlanded``, in a home that has no warehouse yet. Raises ConfigurationError, which
    says so, where nothing is held.
    """
    if by_address(key, secret) is None:
        raise ConfigurationError(
            f"{NONE_YET}: until then a person is found by an e-mail address or phone number alone",
            "give one of them, or land and build first with `sluice run`",
        )
    person = find_unlanded(settings, ledger, key, secret)
    if person is None:
        raise ConfigurationError(
            f"{NONE_YET}, and neither the ledger nor the inbox holds anything of this key",
            "give the address as the person wrote it; or land your sources with `sluice run`, and"
            " ask again",
        )
    return person


def find_unlanded(settings: Settings, ledger: Ledger, key: str, secret: bytes) -> Person | None:
    """Whoever has an e-mail address or phone number that the ledger or the inbox knows; None where
    neither does, and for a key that is none.
    """
    person = by_address(key, secret)
    if person is None:
        return None
    deliveries = ledger.deliveries_of(person.subject())
    person.delivery_ids = [int(row["delivery_id"]) for row in deliveries]
    person.held = destinations.held_by_syncs(deliveries)
    is_held = (
        deliveries or _has_said(ledger, person) or _is_in_inbox(settings, ledger, person, secret)
    )
    return person if is_held else None


def _has_said(ledger: Ledger, person: Person) -> bool:
    hashes = set(person.hashes())
    rows = [*ledger.statements(), *ledger.suppressions()]
    return any(row["address_hash"] in hashes for row in rows)


def _is_in_inbox(settings: Settings, ledger: Ledger, person: Person, secret: bytes) -> bool:
    erasure = Erasure(settings, ledger, person, ErasedKeys(secret, frozenset(person.keys)))
    with open_inbox(settings) as inbox:
        batches = inbox.events_after(0)
        return any(erasure.is_theirs(str(row["body"])) for batch in batches for row in batch)
