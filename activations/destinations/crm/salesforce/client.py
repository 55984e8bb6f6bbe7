"""Salesforce: upserts by an external id in collections of 200 or, of many rows, as a Bulk job;
tasks; members of campaigns.

Protocol: REST API, sObject Collections and Query; Bulk API 2.0. An answer 200 holds a result a
record, in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sluice.activations.destinations.crm.outcomes import (
    HOUR,
    NEVER_THERE,
    CodeOutcome,
    accepted,
    by_table,
    fail,
    result,
    results,
    retry,
)
from sluice.activations.destinations.crm.salesforce import mapping
from sluice.activations.destinations.crm.salesforce.bulk import UNANSWERED, bulk_upsert
from sluice.activations.destinations.crm.salesforce.config import SalesforceConfig
from sluice.activations.destinations.crm.salesforce.outcomes import GONE, record_outcome
from sluice.activations.destinations.crm.salesforce.session import Session
from sluice.activations.destinations.crm.values import (
    TASKS,
    chunked,
    refuse_ambiguous,
    task_of,
    without_filled,
)
from sluice.models.delivery import Capabilities, ItemResult, Outcome, SyncOperation

COLLECTION = 200
CONTACTS = "contacts"
NO_CONTACT = retry("contact_not_there_yet", HOUR)
NO_CAMPAIGN = retry("campaign_not_there", HOUR)
NO_OWNER, MANY_OWNERS = fail("owner_not_found"), fail("owner_not_unique")
ALREADY = "DUPLICATE_VALUE"
Rows = dict[str, Mapping[str, Any]]
Split = tuple[list[SyncOperation], list[ItemResult]]


class Salesforce:
    """A destination for syncs of contacts, leads, accounts, opportunities, tasks, and members of
    campaigns.
    """

    def __init__(self, config: SalesforceConfig) -> None:
        self.config = config
        modes = frozenset({"mirror", "upsert", "add", "membership"})
        self.capabilities = Capabilities(
            batch_size=config.batch_size,
            on_unknown="resend",
            erases="deleted",
            dedupes=True,
            objects=frozenset(config.objects),
            modes=modes,
            if_empty=True,
        )
        self.session = Session(config)
        self._owners: dict[str, str | CodeOutcome] = {}

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """Upsert, delete, and put on or take off a campaign: each campaign and object in calls of
        its own.
        """
        done: list[ItemResult] = []
        for key in dict.fromkeys((item.list_name, item.object) for item in items):
            group = [item for item in items if (item.list_name, item.object) == key]
            done += self._members(group, key[0]) if key[0] is not None else self._records(group)
        return done

    def close(self) -> None:
        """Give the connection back."""
        self.session.close()

    def _records(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        exits = [item for item in items if item.operation == "exited"]
        others = [item for item in items if item.operation != "exited"]
        write = self._tasks if items[0].object == TASKS else self._plain
        return write(others) + self._delete(exits)

    def _plain(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        if not items:
            return []
        clear, ambiguous = refuse_ambiguous(items)
        owned, refused = self._with_owners(clear)
        ready, unread = self._leave_filled(owned)
        return ambiguous + refused + unread + self._upsert(ready)

    def _upsert(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        if not items:
            return []
        sobject, id_field = self._names(items[0].object)
        if len(items) > self.config.bulk_above:
            return bulk_upsert(self.session, items, sobject, id_field)
        done: list[ItemResult] = []
        for chunk in chunked(items, COLLECTION):
            body = {
                "allOrNone": False,
                "records": [mapping.record(item, sobject, id_field) for item in chunk],
            }
            done += _by_position(
                chunk,
                self.session.call("PATCH", f"composite/sobjects/{sobject}/{id_field}", json=body),
            )
        return done

    def _delete(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        done = [accepted(item, reason=NEVER_THERE) for item in items if not item.vendor_id]
        for chunk in chunked((item for item in items if item.vendor_id), COLLECTION):
            ids = ",".join(str(item.vendor_id) for item in chunk)
            answer = self.session.call(
                "DELETE", "composite/sobjects", params={"ids": ids, "allOrNone": "false"}
            )
            done += _by_position(chunk, answer, GONE)
        return done

    def _names(self, kind: str) -> tuple[str, str]:
        return self.config.objects[kind], (
            self.config.id_field if kind == CONTACTS else self.config.record_id_field
        )

    def _read(
        self, kind: str, keys: Sequence[str], names: Sequence[str] = ()
    ) -> Rows | CodeOutcome:
        """Records by our key; keys that are not there are left out."""
        sobject, id_field = self._names(kind)
        return self._lookup(sobject, id_field, keys, names)

    def _lookup(
        self,
        sobject: str,
        name: str,
        values: Sequence[str],
        names: Sequence[str] = (),
        conditions: Sequence[str] = (),
    ) -> Rows | CodeOutcome:
        found: Rows = {}
        for chunk in chunked(dict.fromkeys(values), COLLECTION):
            wanted = dict.fromkeys(["Id", name, *names])
            rows = self.session.query(
                mapping.select(list(wanted), sobject, [mapping.one_of(name, chunk), *conditions])
            )
            if isinstance(rows, CodeOutcome):
                return rows
            found |= mapping.rows_by(rows, name)
        return found

    def _leave_filled(self, items: Sequence[SyncOperation]) -> Split:
        """Take the ``if_empty`` fields out where Salesforce has a value.

        What is typed between the two calls is overwritten.
        """
        asking = [item for item in items if item.if_empty & item.properties.keys()]
        if not asking:
            return list(items), []
        names = sorted({name for item in asking for name in item.if_empty})
        held = self._read(asking[0].object, [str(item.key) for item in asking], names)
        if isinstance(held, CodeOutcome):
            waiting = {item.delivery_id for item in asking}
            return [item for item in items if item.delivery_id not in waiting], results(
                asking, held
            )
        return [
            replace(item, properties=without_filled(item, held.get(mapping.row_key(item.key), {})))
            for item in items
        ], []

    def _with_owners(self, items: Sequence[SyncOperation]) -> Split:
        """Write the id of the active user that the owner's column names.

        One who is not there, or twice, fails the row.
        """
        column = self.config.owner_field
        wanted = {
            str(item.properties[column]).lower() for item in items if item.properties.get(column)
        }
        failure = self._learn_owners(sorted(wanted - self._owners.keys()))
        ready: list[SyncOperation] = []
        refused: list[ItemResult] = []
        for item in items:
            given = item.properties.get(column)
            owner = (failure or self._owners.get(str(given).lower(), NO_OWNER)) if given else None
            if isinstance(owner, CodeOutcome):
                refused.append(result(item, owner))
                continue
            properties = {name: value for name, value in item.properties.items() if name != column}
            soft = item.if_empty | {"OwnerId"} if column in item.if_empty else item.if_empty
            ready.append(
                replace(
                    item,
                    properties={**properties, "OwnerId": owner} if owner else properties,
                    if_empty=soft,
                )
            )
        return ready, refused

    def _learn_owners(self, names: Sequence[str]) -> CodeOutcome | None:
        for chunk in chunked(names, COLLECTION):
            lookup = self.config.owner_lookup
            conditions = [mapping.one_of(lookup, chunk), "IsActive = true"]
            rows = self.session.query(mapping.select(["Id", lookup], "User", conditions))
            if isinstance(rows, CodeOutcome):
                return rows
            for row in rows:
                name = str(row[lookup]).lower()
                self._owners[name] = MANY_OWNERS if name in self._owners else str(row["Id"])
        return None

    def _tasks(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """Make the tasks of contacts that are there; a task whose contact is not there yet waits
        for it.
        """
        contacts = {
            i.delivery_id: mapping.row_key(key)
            for i in items
            if (key := task_of(i).contact_key) is not None
        }
        held = self._read(CONTACTS, list(contacts.values())) if contacts else {}
        if isinstance(held, CodeOutcome):
            return results(items, held)
        waiting = [item for item in items if contacts.get(item.delivery_id, "") not in {"", *held}]
        ids = {one: str(held[key]["Id"]) for one, key in contacts.items() if key in held}
        absent = {item.delivery_id for item in waiting}
        ready = [
            replace(item, properties=mapping.task_fields(item, ids.get(item.delivery_id)))
            for item in items
            if item.delivery_id not in absent
        ]
        return results(waiting, NO_CONTACT) + self._plain(ready)

    def _members(self, items: Sequence[SyncOperation], name: str | None) -> list[ItemResult]:
        """Members of a campaign, which a person has made: it has a budget, a type and an owner."""
        campaigns = self._lookup("Campaign", "Name", [str(name)])
        contacts = (
            campaigns
            if isinstance(campaigns, CodeOutcome)
            else self._read(CONTACTS, [str(item.key) for item in items])
        )
        if isinstance(campaigns, CodeOutcome) or isinstance(contacts, CodeOutcome):
            return results(items, campaigns if isinstance(campaigns, CodeOutcome) else contacts)  # type: ignore[arg-type]
        if not campaigns:
            return results(items, NO_CAMPAIGN)
        campaign = str(next(iter(campaigns.values()))["Id"])
        ids = [str(row["Id"]) for row in contacts.values()]
        condition = f"CampaignId = {mapping.quoted(campaign)}"
        members = self._lookup("CampaignMember", "ContactId", ids, conditions=[condition])
        if isinstance(members, CodeOutcome):
            return results(items, members)
        of_contact = {
            key: members.get(str(row["Id"]).lower(), {}).get("Id") for key, row in contacts.items()
        }
        exits = [
            replace(i, vendor_id=of_contact.get(mapping.row_key(i.key)) or i.vendor_id)
            for i in items
            if i.operation == "exited"
        ]
        entering = [item for item in items if item.operation != "exited"]
        return self._delete(exits) + self._join(entering, campaign, contacts, of_contact)

    def _join(
        self,
        items: Sequence[SyncOperation],
        campaign: str,
        contacts: Rows,
        members: Mapping[str, Any],
    ) -> list[ItemResult]:
        done = [
            accepted(item, str(members[mapping.row_key(item.key)]))
            for item in items
            if members.get(mapping.row_key(item.key))
        ]
        done += results(
            [item for item in items if mapping.row_key(item.key) not in contacts], NO_CONTACT
        )
        new = [
            item
            for item in items
            if mapping.row_key(item.key) in contacts and not members.get(mapping.row_key(item.key))
        ]
        for chunk in chunked(new, COLLECTION):
            records = [
                {
                    "attributes": {"type": "CampaignMember"},
                    "CampaignId": campaign,
                    "ContactId": str(contacts[mapping.row_key(item.key)]["Id"]),
                    "Status": self.config.member_status,
                }
                for item in chunk
            ]
            answer = self.session.call(
                "POST", "composite/sobjects", json={"allOrNone": False, "records": records}
            )
            already = {ALREADY: CodeOutcome(Outcome.ACCEPTED, "was_member")}
            done += _by_position(chunk, answer, already)
        return done


def _by_position(
    items: Sequence[SyncOperation],
    answer: Any | CodeOutcome,
    exceptions: Mapping[str, CodeOutcome] | None = None,
) -> list[ItemResult]:
    """One result an item: those of an answer stand in the order of what was sent.

    ``exceptions``: codes that mean something else here. An answer of another length says nothing
    of which item is meant.
    """
    if isinstance(answer, CodeOutcome):
        return results(items, answer)
    if not isinstance(answer, list) or len(answer) != len(items):
        return results(items, UNANSWERED)
    return [_result(item, one, exceptions or {}) for item, one in zip(items, answer, strict=True)]


def _result(
    item: SyncOperation, one: Mapping[str, Any], exceptions: Mapping[str, CodeOutcome]
) -> ItemResult:
    if one.get("success"):
        return accepted(item, str(one.get("id")))
    errors = one.get("errors")
    code = errors[0].get("statusCode") if isinstance(errors, list) and errors else None
    return result(item, by_table(code, exceptions) or record_outcome(errors))
