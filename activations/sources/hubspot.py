"""Deals of HubSpot, by the search of the CRM API v3.

A search ends at 10,000 results, and a deal that changes while pages are turned moves to the end and
pulls another over the edge of the page. So no page is turned: each search begins at the time where
the one before ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sluice.activations.destinations.crm.hubspot.config import HubSpotConfig
from sluice.activations.destinations.crm.hubspot.outcomes import outcome_of
from sluice.activations.destinations.crm.values import chunked, milliseconds
from sluice.activations.http.client import HttpClient
from sluice.activations.sources.base import DealVersion, ReadError, Stage
from sluice.activations.sources.changes import Row, Search, by_change
from sluice.models.delivery import Outcome

CHANGED, RECORD = "hs_lastmodifieddate", "hs_object_id"
PROPERTIES = (
    "dealname",
    "dealstage",
    "pipeline",
    "hubspot_owner_id",
    "amount",
    "deal_currency_code",
    "createdate",
    CHANGED,
)
PAGE, BATCH = 200, 100


class HubSpotDeals:
    """The deals of one account. ``page``: results a search, at most 200."""

    def __init__(self, config: HubSpotConfig, page: int = PAGE) -> None:
        self.config, self.page = config, page
        headers = {"Authorization": f"Bearer {config.token.get_secret_value()}"}
        self.http = HttpClient(config.url, headers, config.timeout_seconds)

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def stages(self) -> list[Stage]:
        """The stages of all pipelines of deals."""
        found = self._call("GET", "/crm/v3/pipelines/deals")
        return [
            _stage(str(pipeline["id"]), stage)
            for pipeline in found["results"]
            for stage in pipeline["stages"]
        ]

    def deals(self, since: datetime | None) -> Iterator[Sequence[DealVersion]]:
        """Pages of deals, oldest change first."""
        search = Search(
            self.page,
            lambda start: self._search([_condition(CHANGED, "GTE", start)], CHANGED),
            self._at,
            lambda row: str(row["id"]),
            _moment,
        )
        for rows in by_change(search, milliseconds(since) if since else 0):
            yield self._versions(rows)

    def _at(self, moment: int, last: Row | None) -> list[Row]:
        after = int(last["id"]) if last else 0
        conditions = [_condition(CHANGED, "EQ", moment), _condition(RECORD, "GT", after)]
        return self._search(conditions, RECORD)

    def _search(self, conditions: Sequence[Mapping[str, str]], order: str) -> list[Row]:
        body = {
            "filterGroups": [{"filters": list(conditions)}],
            "sorts": [{"propertyName": order, "direction": "ASCENDING"}],
            "properties": list(PROPERTIES),
            "limit": self.page,
        }
        return list(
            self._call("POST", f"{self.config.objects_path}/deals/search", json=body)["results"]
        )

    def _versions(self, rows: Sequence[Row]) -> list[DealVersion]:
        keys = self._contact_keys([str(row["id"]) for row in rows])
        return [_version(row, keys.get(str(row["id"]))) for row in rows]

    def _contact_keys(self, deals: Sequence[str]) -> dict[str, str]:
        """Our key of the first contact of each deal."""
        contacts: dict[str, str] = {}
        for chunk in chunked(deals, BATCH):
            path = f"{self.config.associations_path}/deals/contacts/batch/read"
            found = self._call("POST", path, json={"inputs": [{"id": one} for one in chunk]})
            for row in found["results"]:
                contacts[str(row["from"]["id"])] = str(
                    min(int(one["toObjectId"]) for one in row["to"])
                )
        name, keys = self.config.id_property, dict[str, str]()
        for chunk in chunked(dict.fromkeys(contacts.values()), BATCH):
            body = {"properties": [name], "inputs": [{"id": one} for one in chunk]}
            found = self._call("POST", f"{self.config.objects_path}/contacts/batch/read", json=body)
            keys |= {
                str(row["id"]): row["properties"].get(name)
                for row in found["results"]
                if row["properties"].get(name)
            }
        return {deal: keys[contact] for deal, contact in contacts.items() if contact in keys}

    def _call(self, method: str, path: str, **options: Any) -> Any:
        answer = self.http.call(method, path, **options)
        if answer.outcome is not Outcome.ACCEPTED:
            raise ReadError("hubspot", outcome_of(answer).reason)
        if not isinstance(answer.body, Mapping) or "results" not in answer.body:
            raise ReadError("hubspot", "unreadable_answer")
        return answer.body


def _condition(name: str, operator: str, value: int) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": str(value)}


def _moment(row: Mapping[str, Any]) -> int:
    return milliseconds(_time(row["properties"][CHANGED]) or datetime.fromtimestamp(0, UTC))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def _version(row: Mapping[str, Any], contact_key: str | None) -> DealVersion:
    values = row["properties"]
    return DealVersion(
        deal_id=str(row["id"]),
        name=values.get("dealname"),
        stage_id=values.get("dealstage"),
        pipeline_id=values.get("pipeline"),
        owner_id=values.get("hubspot_owner_id") or None,
        amount=float(values["amount"]) if values.get("amount") else None,
        currency=values.get("deal_currency_code"),
        contact_key=contact_key,
        is_deleted=bool(row.get("archived")),
        created_at=_time(values.get("createdate")),
        updated_at=_time(values[CHANGED]) or datetime.fromtimestamp(0, UTC),
    )


def _stage(pipeline_id: str, stage: Mapping[str, Any]) -> Stage:
    chance = float(stage.get("metadata", {}).get("probability") or 0)
    is_closed = (
        str(stage.get("metadata", {}).get("isClosed", chance in {0.0, 1.0})).lower() == "true"
    )
    return Stage(
        pipeline_id,
        str(stage["id"]),
        stage["label"],
        int(stage["displayOrder"]),
        is_closed,
        chance == 1.0,
    )
