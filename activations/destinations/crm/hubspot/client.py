"""HubSpot in batches: ``batch/upsert`` for who entered or changed, ``batch/archive`` for who left;
lists; tasks.

Protocol: HubSpot CRM API v3, objects, lists and owners; v4, associations. An upsert by a unique
property may be repeated without harm, and so may everything else that is called here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from sluice.activations.destinations.crm.hubspot import mapping
from sluice.activations.destinations.crm.hubspot.config import HubSpotConfig
from sluice.activations.destinations.crm.hubspot.outcomes import outcome_of, unmade_properties
from sluice.activations.destinations.crm.outcomes import (
    HOUR,
    NEVER_THERE,
    CodeOutcome,
    accepted,
    fail,
    of_reading,
    result,
    results,
    retry,
)
from sluice.activations.destinations.crm.values import (
    TASKS,
    is_empty,
    refuse_ambiguous,
    task_of,
    without_filled,
)
from sluice.activations.http.client import Answer, HttpClient
from sluice.models.delivery import Capabilities, ItemResult, Outcome, SyncOperation

CONTACTS = "contacts"
OBJECTS = frozenset({CONTACTS, "companies", "deals", TASKS})
NO_CONTACT = retry("contact_not_there_yet", HOUR)
NO_OWNER = fail("owner_not_found")
Held = dict[str, Mapping[str, Any]]
Split = tuple[list[SyncOperation], list[ItemResult]]


class HubSpot:
    """A destination for syncs of contacts, companies, deals, tasks, and members of lists of
    contacts.
    """

    def __init__(self, config: HubSpotConfig) -> None:
        self.config = config
        modes = frozenset({"mirror", "upsert", "add", "membership"})
        self.capabilities = Capabilities(
            batch_size=config.batch_size,
            on_unknown="resend",
            erases="archived",
            dedupes=True,
            objects=OBJECTS,
            modes=modes,
            if_empty=True,
        )
        headers = {"Authorization": f"Bearer {config.token.get_secret_value()}"}
        self.http = HttpClient(config.url, headers, config.timeout_seconds)
        self._owners: dict[str, str] = {}
        self._lists: dict[str, str] = {}

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """Upsert, archive, and put on or take off a list: each list and object in calls of its
        own.
        """
        done: list[ItemResult] = []
        for key in dict.fromkeys((item.list_name, item.object) for item in items):
            group = [item for item in items if (item.list_name, item.object) == key]
            done += (
                self._members(group, key[0]) if key[0] is not None else self._records(group, key[1])
            )
        return done

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _records(self, items: Sequence[SyncOperation], kind: str) -> list[ItemResult]:
        exits = [item for item in items if item.operation == "exited"]
        others = [item for item in items if item.operation != "exited"]
        write = self._tasks if kind == TASKS else self._plain
        return write(others) + self._archive(exits, kind)

    def _plain(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        clear, ambiguous = refuse_ambiguous(items)
        owned, refused = self._with_owners(clear)
        ready, unread = self._leave_filled(owned)
        return ambiguous + refused + unread + self._upsert(ready)

    def _id_property(self, kind: str) -> str:
        return self.config.id_property if kind == CONTACTS else self.config.record_id_property

    def _upsert(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        if not items:
            return []
        kind = items[0].object
        name = self._id_property(kind)
        answer = self.http.post(
            f"{self.config.objects_path}/{kind}/batch/upsert", mapping.upsert_body(items, name)
        )
        if answer.outcome is Outcome.ACCEPTED:
            return mapping.upsert_results(items, answer.body, name)
        code_outcome, unmade = outcome_of(answer), unmade_properties(answer)
        mapped = [item for item in items if unmade & item.properties.keys()]
        if mapped:  # the others have nothing to do with it
            return results(mapped, code_outcome) + self._upsert(
                [item for item in items if not unmade & item.properties.keys()]
            )
        if (
            answer.status in {400, 409} and len(items) > 1 and not code_outcome.is_shared
        ):  # one bad input fails the call: find it
            half = len(items) // 2
            return self._upsert(items[:half]) + self._upsert(items[half:])
        return results(items, code_outcome)

    def _archive(self, items: Sequence[SyncOperation], kind: str) -> list[ItemResult]:
        known = [item for item in items if item.vendor_id]
        gone = [accepted(item, reason=NEVER_THERE) for item in items if not item.vendor_id]
        if not known:
            return gone
        answer = self.http.post(
            f"{self.config.objects_path}/{kind}/batch/archive", mapping.archive_body(known)
        )
        if answer.outcome is Outcome.ACCEPTED:
            return gone + [accepted(item) for item in known]
        return gone + results(known, outcome_of(answer))

    def _leave_filled(self, items: Sequence[SyncOperation]) -> Split:
        """Take the ``if_empty`` properties out where HubSpot has a value.

        HubSpot cannot compare and write at once: a value typed in between the two calls is
        overwritten.
        """
        asking = [item for item in items if item.if_empty & item.properties.keys()]
        if not asking:
            return list(items), []
        names = sorted({name for item in asking for name in item.if_empty})
        kind = asking[0].object
        held, failure = self._read(kind, [str(item.key) for item in asking], names)
        if failure is not None:
            waiting = {item.delivery_id for item in asking}
            return [item for item in items if item.delivery_id not in waiting], results(
                asking, failure
            )
        properties = {key: record.get("properties", {}) for key, record in held.items()}
        return [
            replace(i, properties=without_filled(i, properties.get(str(i.key), {}))) for i in items
        ], []

    def _read(
        self, kind: str, keys: Sequence[str], names: Sequence[str] = ()
    ) -> tuple[Held, CodeOutcome | None]:
        """Records by our key; keys that are not there are left out of it.

        Or the outcome when it could not be read.
        """
        name = self._id_property(kind)
        wanted = list(dict.fromkeys(keys))
        answer = self.http.post(
            f"{self.config.objects_path}/{kind}/batch/read", mapping.read_body(wanted, name, names)
        )
        if answer.outcome is not Outcome.ACCEPTED:
            return {}, of_reading(outcome_of(answer))
        return dict(mapping.records_by_key(answer.body, name)), None

    def _with_owners(self, items: Sequence[SyncOperation]) -> Split:
        """Write the owner's id for the owner's e-mail.

        An owner HubSpot does not know fails the row: a lead is given to somebody, or it shows in
        the report.
        """
        ready: list[SyncOperation] = []
        refused: list[ItemResult] = []
        for item in items:
            if self.config.owner_property not in item.properties:
                ready.append(item)
                continue
            owner = self._owner(str(item.properties[self.config.owner_property] or ""))
            if isinstance(owner, CodeOutcome):
                refused.append(result(item, owner))
                continue
            properties = {
                n: v for n, v in item.properties.items() if n != self.config.owner_property
            }
            is_soft = self.config.owner_property in item.if_empty
            soft = item.if_empty | {mapping.OWNER} if is_soft else item.if_empty
            ready.append(
                replace(item, properties={**properties, mapping.OWNER: owner}, if_empty=soft)
            )
        return ready, refused

    def _owner(self, email: str) -> str | CodeOutcome:
        if email in self._owners or not email:
            return self._owners.get(email, "")
        answer = self.http.call(
            "GET", self.config.owners_path, params={"email": email, "limit": "1"}
        )
        if answer.outcome is not Outcome.ACCEPTED:
            return of_reading(outcome_of(answer))
        found = answer.body.get("results", []) if isinstance(answer.body, dict) else []
        if not found:
            return NO_OWNER
        self._owners[email] = str(found[0]["id"])
        return self._owners[email]

    def _tasks(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """Make the tasks, then tie each to its contact.

        A task whose contact is not there yet waits for it.
        """
        keys = [key for key in (task_of(item).contact_key for item in items) if key is not None]
        held, failure = self._read(CONTACTS, keys) if keys else ({}, None)
        if failure is not None:
            return results(items, failure)
        waiting = [item for item in items if (task_of(item).contact_key or "") not in {"", *held}]
        ready = [item for item in items if item not in waiting]
        made = self._plain(
            [replace(item, properties=mapping.task_properties(item)) for item in ready]
        )
        contacts = {
            i.delivery_id: str(held[k]["id"])
            for i in ready
            if (k := task_of(i).contact_key) is not None
        }
        return results(waiting, NO_CONTACT) + self._tie(made, contacts)

    def _tie(self, made: list[ItemResult], contacts: dict[int, str]) -> list[ItemResult]:
        tied = [
            one
            for one in made
            if one.outcome is Outcome.ACCEPTED and one.vendor_id and one.delivery_id in contacts
        ]
        if not tied:
            return made
        pairs = [(str(one.vendor_id), contacts[one.delivery_id]) for one in tied]
        path = f"{self.config.associations_path}/{TASKS}/{CONTACTS}/batch/associate/default"
        answer = self.http.post(path, mapping.association_body(pairs))
        if answer.outcome is Outcome.ACCEPTED:
            return made
        code_outcome = outcome_of(answer)
        failed = {one.delivery_id for one in tied}
        return [
            (
                replace(
                    one,
                    outcome=Outcome.RETRY,
                    reason=f"not_tied_{code_outcome.reason}",
                    retry_after_seconds=code_outcome.wait_seconds,
                )
                if one.delivery_id in failed
                else one
            )
            for one in made
        ]

    def _members(self, items: Sequence[SyncOperation], list_name: str | None) -> list[ItemResult]:
        # who enters is looked up each time: the id the ledger knows may be of a contact that was
        # merged away
        unknown = [
            str(item.key) for item in items if item.operation != "exited" or not item.vendor_id
        ]
        held, failure = self._read(CONTACTS, unknown) if unknown else ({}, None)
        list_id = failure or self._list(str(list_name))
        if isinstance(list_id, CodeOutcome):
            return results(items, list_id)
        leaving = {
            item.delivery_id: item.vendor_id or "" for item in items if item.operation == "exited"
        }
        ids = {
            i.delivery_id: leaving.get(i.delivery_id) or str(held.get(str(i.key), {}).get("id", ""))
            for i in items
        }
        known = [item for item in items if ids[item.delivery_id]]
        absent = [item for item in items if not ids[item.delivery_id]]
        return [_absent(item) for item in absent] + self._change_members(known, ids, list_id)

    def _change_members(
        self, items: Sequence[SyncOperation], ids: dict[int, str], list_id: str
    ) -> list[ItemResult]:
        if not items:
            return []
        change = {
            "recordIdsToAdd": [
                ids[item.delivery_id] for item in items if item.operation != "exited"
            ],
            "recordIdsToRemove": [
                ids[item.delivery_id] for item in items if item.operation == "exited"
            ],
        }
        path = f"{self.config.lists_path}/{list_id}/memberships/add-and-remove"
        answer = self.http.call("PUT", path, json=change)
        if answer.outcome is not Outcome.ACCEPTED:
            return results(items, outcome_of(answer))
        body = answer.body if isinstance(answer.body, Mapping) else {}
        missing = {str(one) for one in body.get("recordIdsMissing") or []}
        return [
            (
                _absent(item)
                if ids[item.delivery_id] in missing
                else accepted(item, ids[item.delivery_id])
            )
            for item in items
        ]

    def _list(self, name: str) -> str | CodeOutcome:
        """The id of a static list by its name, made when there is none."""
        if name in self._lists:
            return self._lists[name]
        kind = f"object-type-id/{self.config.contact_type}"
        path = f"{self.config.lists_path}/{kind}/name/{quote(name, safe='')}"
        answer = self.http.call("GET", path)
        if answer.status == 404 and self.config.creates_lists:
            made = {
                "name": name,
                "objectTypeId": self.config.contact_type,
                "processingType": "MANUAL",
            }
            answer = self.http.post(f"{self.config.lists_path}/", made)
            if answer.status in {400, 409}:  # another worker made it a moment ago
                answer = self.http.call("GET", path)
        if answer.status == 404:
            return retry("list_not_there", HOUR)
        return self._kept_list(name, answer)

    def _kept_list(self, name: str, answer: Answer) -> str | CodeOutcome:
        if answer.outcome is not Outcome.ACCEPTED:
            return of_reading(outcome_of(answer))
        found = answer.body.get("list", {}) if isinstance(answer.body, dict) else {}
        if is_empty(found.get("listId")) or found.get("processingType") != "MANUAL":
            return retry("list_is_not_static", HOUR)
        self._lists[name] = str(found["listId"])
        return self._lists[name]


def _absent(item: SyncOperation) -> ItemResult:
    """A contact HubSpot does not have: nothing to take off a list; to put on one, it is waited
    for.
    """
    return (
        accepted(item, reason=NEVER_THERE)
        if item.operation == "exited"
        else result(item, NO_CONTACT)
    )
