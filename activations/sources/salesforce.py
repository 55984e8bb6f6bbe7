"""Opportunities of Salesforce, by a query in order of SystemModstamp; the deleted ones are in it.

The pages of one query show one state of the org, so what changes meanwhile comes with the next
reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sluice.activations.destinations.crm.outcomes import CodeOutcome
from sluice.activations.destinations.crm.salesforce.config import SalesforceConfig
from sluice.activations.destinations.crm.salesforce.mapping import field, one_of, select
from sluice.activations.destinations.crm.salesforce.session import Session
from sluice.activations.destinations.crm.values import chunked
from sluice.activations.sources.base import DealVersion, ReadError, Stage

FIELDS = (
    "Id",
    "Name",
    "StageName",
    "OwnerId",
    "Amount",
    "ContactId",
    "IsDeleted",
    "CreatedDate",
    "SystemModstamp",
)
STAGE_FIELDS = ("ApiName", "MasterLabel", "SortOrder", "IsClosed", "IsWon")
CHUNK = 200


class SalesforceDeals:
    """The opportunities of one org."""

    def __init__(self, config: SalesforceConfig) -> None:
        self.config = config
        self.session = Session(config)

    def close(self) -> None:
        """Give the connection back."""
        self.session.close()

    def stages(self) -> list[Stage]:
        """The stages; they hold for all pipelines."""
        rows = self._rows(
            self.session.query(f"SELECT {', '.join(STAGE_FIELDS)} FROM OpportunityStage")
        )
        return [
            Stage(
                "",
                row["ApiName"],
                row["MasterLabel"],
                int(row["SortOrder"]),
                bool(row["IsClosed"]),
                bool(row["IsWon"]),
            )
            for row in rows
        ]

    def deals(self, since: datetime | None) -> Iterator[Sequence[DealVersion]]:
        """Pages of opportunities, oldest change first."""
        moment = (since or datetime(1970, 1, 1, tzinfo=UTC)).astimezone(UTC)
        sobject = field(self.config.objects["deals"])
        condition = (
            "SystemModstamp >="
            f" {moment.strftime('%Y-%m-%dT%H:%M:%S')}.{moment.microsecond // 1000:03d}Z"
        )
        soql = (
            f"SELECT {', '.join(FIELDS)} FROM {sobject} WHERE {condition} ORDER BY"
            " SystemModstamp, Id"
        )
        for rows in self.session.pages(soql, "queryAll"):
            keys = self._contact_keys(
                [row["ContactId"] for row in self._rows(rows) if row.get("ContactId")]
            )
            yield [_version(row, keys.get(str(row.get("ContactId")))) for row in self._rows(rows)]

    def _contact_keys(self, ids: Sequence[str]) -> dict[str, str]:
        name, keys = self.config.id_field, dict[str, str]()
        for chunk in chunked(dict.fromkeys(ids), CHUNK):
            query = select(["Id", name], self.config.objects["contacts"], [one_of("Id", chunk)])
            keys |= {
                str(row["Id"]): str(row[name])
                for row in self._rows(self.session.query(query))
                if row.get(name)
            }
        return keys

    def _rows(self, found: list[dict[str, Any]] | CodeOutcome) -> list[dict[str, Any]]:
        if isinstance(found, CodeOutcome):
            raise ReadError("salesforce", found.reason)
        return found


def _version(row: Mapping[str, Any], contact_key: str | None) -> DealVersion:
    return DealVersion(
        deal_id=str(row["Id"]),
        name=row.get("Name"),
        stage_id=row.get("StageName"),
        pipeline_id="",
        owner_id=row.get("OwnerId"),
        amount=None if row.get("Amount") is None else float(row["Amount"]),
        currency=row.get("CurrencyIsoCode"),
        contact_key=contact_key,
        is_deleted=bool(row.get("IsDeleted")),
        created_at=_time(row.get("CreatedDate")),
        updated_at=_time(row["SystemModstamp"]) or datetime.fromtimestamp(0, UTC),
    )


def _time(text: str | None) -> datetime | None:
    """``2026-06-29T05:00:00.000+0000``."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC) if text else None
