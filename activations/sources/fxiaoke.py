"""Opportunities (商机) of 纷享销客, by queries in the order of last_modified_time.

Protocol: developer.fxiaoke.com openapi_v2, /cgi/crm/v2/data/query: at most 100 rows a call, and an
offset of 10,000 at most, so no page is turned; times are milliseconds, a person is a list, an
amount a text. The stages are the options of the field sales_stage, by /cgi/crm/v2/object/describe.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sluice.activations.destinations.crm.fxiaoke.client import Fxiaoke
from sluice.activations.destinations.crm.fxiaoke.config import FxiaokeConfig
from sluice.activations.destinations.crm.fxiaoke.mapping import path
from sluice.activations.destinations.crm.outcomes import CodeOutcome
from sluice.activations.destinations.crm.values import chunked, milliseconds
from sluice.activations.sources.base import DealVersion, ReadError, Stage
from sluice.activations.sources.changes import Row, Search, by_change
from sluice.activations.sources.stages import stages_of
from sluice.activations.sources.values import text_of, time_of

PAGE = 100
CHANGED, RECORD = "last_modified_time", "_id"
GONE = "invalid"  # 已作废


class FxiaokeDeals:
    """The opportunities of one tenant. ``page``: rows a query, at most 100."""

    def __init__(self, config: FxiaokeConfig, page: int = PAGE) -> None:
        self.config, self.client = config, Fxiaoke(config)
        self.objects = config.objects
        self.kind = self.objects["deals"]
        self.search = Search(
            page,
            lambda start: self._query([_condition(CHANGED, "GTE", start)], CHANGED),
            self._at,
            lambda row: str(row[RECORD]),
            lambda row: int(row[CHANGED]),
        )

    def close(self) -> None:
        """Give the connection back."""
        self.client.close()

    def stages(self) -> list[Stage]:
        """The options of the field of the stage; the settings say which are won and lost."""
        body = self._call(
            "/cgi/crm/v2/object/describe", {"data": {"apiName": self.kind, "includeDetail": True}}
        )
        try:
            field = body["data"]["describe"]["fields"][self.config.deal_fields["stage"]]
            options = [(str(one["value"]), str(one["label"])) for one in field["options"]]
        except (KeyError, TypeError):
            raise ReadError("fxiaoke", "unreadable_answer") from None
        return stages_of(options, self.config.won_stages, self.config.lost_stages)

    def deals(self, since: datetime | None) -> Iterator[Sequence[DealVersion]]:
        """Pages of opportunities, oldest change first."""
        for rows in by_change(self.search, milliseconds(since) if since else 0):
            keys = self._contact_keys(rows)
            yield [self._version(row, keys) for row in rows]

    def _at(self, moment: int, last: Row | None) -> list[Row]:
        conditions = [_condition(CHANGED, "EQ", moment)]
        if last is not None:
            conditions.append(_condition(RECORD, "GT", last[RECORD]))
        return self._query(conditions, RECORD)

    def _query(self, conditions: list[dict[str, Any]], order: str, kind: str = "") -> list[Row]:
        info = {
            "limit": self.search.size if not kind else PAGE,
            "offset": 0,
            "filters": conditions,
            "orders": [{"fieldName": order, "isAsc": True}],
        }
        data = {
            "dataObjectApiName": kind or self.kind,
            "find_explicit_total_num": False,
            "search_query_info": info,
        }
        body = self._call(path(kind or self.kind, "query"), {"data": data})
        try:
            return list(body["data"]["dataList"] or [])
        except (KeyError, TypeError):
            raise ReadError("fxiaoke", "unreadable_answer") from None

    def _contact_keys(self, rows: Sequence[Row]) -> dict[str, str]:
        """Our key of the contact of each deal, where the settings say which field names it."""
        name, keys = self.config.deal_fields.get("contact"), dict[str, str]()
        ids = dict.fromkeys(str(row[name]) for row in rows if row.get(name)) if name else {}
        for chunk in chunked(ids, PAGE):
            condition = {"field_name": RECORD, "operator": "IN", "field_values": chunk}
            for one in self._query([condition], RECORD, self.objects["contacts"]):
                if one.get(self.config.key_field):
                    keys[str(one[RECORD])] = str(one[self.config.key_field])
        return keys

    def _version(self, row: Row, keys: Mapping[str, str]) -> DealVersion:
        values = {name: row.get(field) for name, field in self.config.deal_fields.items()}
        owner, amount = values.get("owner"), values.get("amount")
        return DealVersion(
            deal_id=str(row[RECORD]),
            name=text_of(values.get("name")),
            stage_id=text_of(values.get("stage")),
            pipeline_id="",
            owner_id=text_of(owner[0] if isinstance(owner, list) and owner else owner or None),
            amount=float(amount) if amount is not None and amount != "" else None,
            currency=text_of(values.get("currency")),
            contact_key=keys.get(str(values.get("contact"))),
            is_deleted=row.get("life_status") == GONE or row.get("is_deleted") is True,
            created_at=time_of(row.get("create_time")),
            updated_at=time_of(row[CHANGED]) or datetime.fromtimestamp(0, UTC),
        )

    def _call(self, where: str, body: Mapping[str, Any]) -> Any:
        found = self.client.call(where, body)
        if isinstance(found, CodeOutcome):
            raise ReadError("fxiaoke", found.reason)
        return found


def _condition(name: str, operator: str, value: object) -> dict[str, Any]:
    return {"field_name": name, "operator": operator, "field_values": [str(value)]}
