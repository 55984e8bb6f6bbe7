"""Telling destinations that a person is to be erased: claimed in the ledger before the call,
recorded after it, so that a repeat asks again only what has not been answered.

Deleting is idempotent, so a call whose outcome is unknown is made again. A destination that cannot
delete, and messages that were sent, are for a person to see to: the report lists them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sluice.activations.destinations import registry
from sluice.activations.ledger.store import Ledger
from sluice.models.config import SyncConfig
from sluice.models.delivery import DeliveryState, ItemResult, Outcome, SyncOperation
from sluice.models.errors import SluiceError
from sluice.orchestration.installation.destination_settings import declared
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.push.delivery_target import endpoints
from sluice.orchestration.rights.person import Person

THERE = {
    one.value for one in (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.UNKNOWN)
}
BY_HAND = "by_hand"
Held = tuple[str, str, int, str | None, str | None]


def held_by_syncs(deliveries: Sequence[Mapping[str, Any]]) -> list[Held]:
    """(activation, destination, key, text key, id at the vendor) of the rows that destinations
    still have, from the deliveries of a person.
    """
    last: dict[tuple[str, int], Mapping[str, Any]] = {}
    ids: dict[tuple[str, int], str] = {}
    for row in sorted(deliveries, key=lambda one: one["claimed_at"]):
        if row["kind"] != "sync":
            continue
        key = (str(row["activation"]), int(row["subject_id"]))
        if row["state"] in THERE:
            last[key] = row
        if row["vendor_id"]:
            ids[key] = str(row["vendor_id"])
    return [
        (key[0], str(row["destination"]), key[1], row.get("key"), ids.get(key))
        for key, row in last.items()
        if row["operation"] != "exited"
    ]


def ask(
    settings: Settings,
    ledger: Ledger,
    activations: Sequence[Activation],
    erasure_id: int,
    person: Person,
) -> list[dict[str, Any]]:
    """Ask every destination that has the person to delete them. Returns what each answered."""
    configs = {one.name: one.config for one in activations if isinstance(one.config, SyncConfig)}
    if person.held:
        with endpoints(settings) as sandbox:
            for place, held in enumerate(person.held):
                _ask_one(settings, ledger, sandbox, configs, (erasure_id, place), held)
    return [
        {name: row[name] for name in ("activation", "destination", "state", "reason")}
        for row in ledger.erasure_calls(erasure_id)
    ]


def _ask_one(
    settings: Settings,
    ledger: Ledger,
    sandbox: registry.Endpoints | None,
    configs: Mapping[str, SyncConfig],
    which: tuple[int, int],
    held: Held,
) -> None:
    activation, destination, key, text_key, vendor_id = held
    call = dict(erasure_id=which[0], place=which[1], activation=activation, destination=destination)
    config = configs.get(activation)
    if ledger.claim_erasure_call(call, datetime.now(UTC)) is None:
        return
    if config is None:
        _settle(ledger, call, BY_HAND, "the sync is not in the project any more")
        return
    try:
        client = registry.build(destination, sandbox, declared(settings))
    except SluiceError as error:
        _settle(ledger, call, BY_HAND, error.message)
        return
    try:
        how = client.capabilities.erases
        if not how:
            _settle(ledger, call, BY_HAND, "its client has no call that deletes")
            return
        item = SyncOperation(
            delivery_id=which[1] + 1,
            key=key if text_key is None else text_key,
            operation="exited",
            row_hash=None,
            vendor_id=vendor_id,
            object=config.object,
            list_name=config.list,
            sync_key=None if text_key is None else key,
        )
        _record(ledger, call, how, client.send([item]))
    finally:
        client.close()


def _record(
    ledger: Ledger, call: Mapping[str, Any], how: str, results: Sequence[ItemResult]
) -> None:
    result = results[0] if results else None
    if result is not None and result.outcome is Outcome.ACCEPTED:
        _settle(ledger, call, DeliveryState.ACCEPTED.value, result.reason or how)
    elif result is not None and result.outcome is Outcome.FAILED:
        _settle(ledger, call, DeliveryState.FAILED.value, result.reason)
    else:
        reason = result.reason if result is not None else "no answer"
        _settle(ledger, call, DeliveryState.UNKNOWN.value, reason)


def _settle(ledger: Ledger, call: Mapping[str, Any], state: str, reason: str | None) -> None:
    ledger.settle_erasure_call(call, state, reason, datetime.now(UTC))
