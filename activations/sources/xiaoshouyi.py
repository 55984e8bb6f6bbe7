"""Opportunities (商机) of 销售易, by queries in XOQL in the order of updatedAt.

Protocol: POST /rest/data/v2.0/query/xoql, as customers publish it: a query gives 3,000 rows at
most, times are milliseconds, code 200 is done. Which object has the stages is nowhere in what was
found, and tenants rename fields: both are settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sluice.activations.destinations.crm.outcomes import CodeOutcome
from sluice.activations.destinations.crm.values import chunked, milliseconds
from sluice.activations.destinations.crm.xiaoshouyi.client import XOQL, Xiaoshouyi
from sluice.activations.destinations.crm.xiaoshouyi.config import XiaoshouyiConfig
from sluice.activations.destinations.crm.xiaoshouyi.mapping import field, rows, select
from sluice.activations.sources.base import DealVersion, ReadError, Stage
from sluice.activations.sources.changes import Row, Search, by_change
from sluice.activations.sources.stages import stages_of
from sluice.activations.sources.values import text_of, time_of

PAGE, KEYS_A_QUERY = 500, 100


class XiaoshouyiDeals:
    """The opportunities of one tenant. ``page``: rows a query, at most 3,000."""

    def __init__(self, config: XiaoshouyiConfig, page: int = PAGE) -> None:
        self.config, self.client = config, Xiaoshouyi(config)
        self.objects = config.objects
        self.changed = field(config.deal_fields["updated_at"])
        self.search = Search(
            page,
            lambda start: self._query(f"{self.changed} >= {start}", f"{self.changed}, id"),
            lambda moment, last: self._query(
                f"{self.changed} = {moment} and id > {int(last['id']) if last else 0}", "id"
            ),
            lambda row: str(row["id"]),
            lambda row: int(row[self.changed]),
        )

    def close(self) -> None:
        """Give the connections back."""
        self.client.close()

    def stages(self) -> list[Stage]:
        """The stages that the settings name, and which of them are won and lost."""
        options = self.config.deal_stages.items()
        return stages_of(options, self.config.won_stages, self.config.lost_stages)

    def deals(self, since: datetime | None) -> Iterator[Sequence[DealVersion]]:
        """Pages of opportunities, oldest change first."""
        for found in by_change(self.search, milliseconds(since) if since else 0):
            keys = self._contact_keys(found)
            yield [self._version(row, keys) for row in found]

    def _query(self, condition: str, order: str) -> list[Row]:
        names = ", ".join(map(field, dict.fromkeys(["id", *self.config.deal_fields.values()])))
        kind = field(self.objects["deals"])
        return self._rows(
            f"select {names} from {kind} where {condition} order by {order}"
            f" limit {self.search.size}"
        )

    def _contact_keys(self, found: Sequence[Row]) -> dict[str, str]:
        """Our key of the contact of each deal, where the settings say which field names it."""
        name, keys = self.config.deal_fields.get("contact"), dict[str, str]()
        ids = dict.fromkeys(str(row[name]) for row in found if row.get(name)) if name else {}
        for chunk in chunked(ids, KEYS_A_QUERY):
            query = select([self.config.key_field], self.objects["contacts"], "id", chunk)
            for one in self._rows(query):
                if one.get(self.config.key_field):
                    keys[str(one["id"])] = str(one[self.config.key_field])
        return keys

    def _version(self, row: Row, keys: Mapping[str, str]) -> DealVersion:
        values = {name: row.get(known) for name, known in self.config.deal_fields.items()}
        amount = values.get("amount")
        return DealVersion(
            deal_id=str(row["id"]),
            name=text_of(values.get("name")),
            stage_id=text_of(values.get("stage")),
            pipeline_id="",
            owner_id=text_of(values.get("owner")),
            amount=float(amount) if amount is not None and amount != "" else None,
            currency=text_of(values.get("currency")),
            contact_key=keys.get(str(values.get("contact"))),
            is_deleted=False,
            created_at=time_of(values.get("created_at")),
            updated_at=time_of(row[self.changed]) or datetime.fromtimestamp(0, UTC),
        )

    def _rows(self, query: str) -> list[Row]:
        body = self.client.call("POST", XOQL, data={"xoql": query})
        if isinstance(body, CodeOutcome):
            raise ReadError("xiaoshouyi", body.reason)
        return list(rows(body))
