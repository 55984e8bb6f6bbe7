"""Upserts at a CRM that has none: find the records of our keys, then make or change each.

Between the two calls nobody else of ours may write, so such a destination is ``is_one_at_a_time``.
Where the CRM keeps the key unique, it refuses what another made meanwhile, and that one is changed
instead. A create whose answer was lost is found by the next attempt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sluice.activations.destinations.crm.outcomes import (
    HOUR,
    NEVER_THERE,
    CodeOutcome,
    accepted,
    result,
    results,
    stop,
)
from sluice.activations.destinations.crm.values import chunked, without_filled
from sluice.models.delivery import ItemResult, Outcome, SyncOperation

KEY_TAKEN = CodeOutcome(Outcome.RETRY, "key_taken_meanwhile")
NOT_UNIQUE = CodeOutcome(Outcome.RETRY, "key_not_unique", HOUR)
NOT_TRIED = CodeOutcome(Outcome.RETRY, "not_tried_after_no_answer")
NO_LISTS = stop("no_lists_there")
NO_OBJECT = stop("object_does_not_exist")
KEYS_A_QUERY = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A record that is there: its id, and the values of the fields that were asked for."""

    record_id: str
    values: Mapping[str, Any]


Records = dict[str, list[Found]]


class Backend(Protocol):
    """The calls of one vendor. ``None`` is success without news, a CodeOutcome is none."""

    owner_column: str

    def find(self, kind: str, keys: Sequence[str], names: Sequence[str]) -> Records | CodeOutcome:
        """Records by our key, at most KEYS_A_QUERY keys."""

    def create(
        self, item: SyncOperation, values: Mapping[str, Any], owner: str | None
    ) -> str | CodeOutcome:
        """Make a record; its id, empty when the vendor does not say.

        KEY_TAKEN where it keeps the key unique.
        """

    def update(
        self, item: SyncOperation, found: Found, values: Mapping[str, Any], owner: str | None
    ) -> CodeOutcome | None:
        """Change a record."""

    def remove(self, kind: str, record_id: str) -> CodeOutcome | None:
        """Take a record away; one that is gone is fine."""

    def owner(self, name: str) -> str | CodeOutcome:
        """The vendor's id of a sales person."""

    def knows(self, kind: str) -> bool:
        """Whether there is such an object."""


def send(backend: Backend, items: Sequence[SyncOperation]) -> list[ItemResult]:
    """One result an item."""
    done: list[ItemResult] = []
    for kind in dict.fromkeys(item.object for item in items):
        group = [item for item in items if item.object == kind]
        listed = [item for item in group if item.list_name is not None]
        done += results(listed, NO_LISTS)
        rest = [item for item in group if item.list_name is None]
        done += _write_all(backend, kind, rest) if backend.knows(kind) else results(rest, NO_OBJECT)
    return done


def _write_all(backend: Backend, kind: str, items: Sequence[SyncOperation]) -> list[ItemResult]:
    done: list[ItemResult] = []
    for chunk in chunked(items, KEYS_A_QUERY):
        found = _find(backend, kind, chunk)
        if isinstance(found, CodeOutcome):
            done += results(chunk, found)
            continue
        done += _write_chunk(backend, chunk, found)
    return done


def _find(backend: Backend, kind: str, items: Sequence[SyncOperation]) -> Records | CodeOutcome:
    names = sorted({name for item in items for name in item.if_empty})
    keys = list(
        dict.fromkeys(
            str(item.key) for item in items if item.operation != "exited" or not item.vendor_id
        )
    )
    return backend.find(kind, keys, names) if keys else {}


def _write_chunk(
    backend: Backend, items: Sequence[SyncOperation], found: Records
) -> list[ItemResult]:
    """What the account is at fault for is so for the rest of the chunk too, and where no answer
    came none is waited for again: no more calls are made for it.
    """
    done: list[ItemResult] = []
    for place, item in enumerate(items):
        outcome = (
            _remove(backend, item, found)
            if item.operation == "exited"
            else _write(backend, item, found)
        )
        if (
            isinstance(outcome, CodeOutcome)
            and outcome.is_shared
            and outcome.outcome is Outcome.RETRY
        ):
            return done + results(items[place:], outcome)
        done.append(result(item, outcome) if isinstance(outcome, CodeOutcome) else outcome)
        if isinstance(outcome, CodeOutcome) and outcome.is_shared:
            return done + results(items[place + 1 :], NOT_TRIED)
    return done


def _remove(backend: Backend, item: SyncOperation, found: Records) -> ItemResult | CodeOutcome:
    there = found.get(str(item.key), [])
    record_id = item.vendor_id or (there[0].record_id if there else None)
    if record_id is None:
        return accepted(item, reason=NEVER_THERE)
    return backend.remove(item.object, record_id) or accepted(item)


def _write(backend: Backend, item: SyncOperation, found: Records) -> ItemResult | CodeOutcome:
    owner = _owner(backend, item)
    if isinstance(owner, CodeOutcome):
        return owner
    bare = replace(
        item, properties={n: v for n, v in item.properties.items() if n != backend.owner_column}
    )
    there = found.get(str(item.key), [])
    if there:
        return _change(backend, bare, there, owner)
    made = backend.create(bare, bare.properties, owner)
    if made == KEY_TAKEN or made == "":
        again = backend.find(item.object, [str(item.key)], sorted(item.if_empty))
        there = [] if isinstance(again, CodeOutcome) else again.get(str(item.key), [])
        found[str(item.key)] = there
        if made == "":
            return accepted(item, there[0].record_id if there else None)
        return _change(backend, bare, there, owner) if there else KEY_TAKEN
    if isinstance(made, CodeOutcome):
        return made
    found[str(item.key)] = [Found(made, bare.properties)]
    return accepted(item, made)


def _change(
    backend: Backend, item: SyncOperation, there: list[Found], owner: str | None
) -> ItemResult | CodeOutcome:
    if len(there) > 1:
        return NOT_UNIQUE
    values = without_filled(item, there[0].values)
    refused = backend.update(item, there[0], values, owner)
    return refused or accepted(item, there[0].record_id)


def _owner(backend: Backend, item: SyncOperation) -> str | CodeOutcome | None:
    name = item.properties.get(backend.owner_column)
    return backend.owner(str(name)) if name else None
