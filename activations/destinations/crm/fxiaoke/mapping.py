"""Operations as object data of 纷享销客, and its records as what is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sluice.activations.destinations.crm.finding import Found, Records
from sluice.activations.destinations.crm.values import milliseconds

PAGE = 100
CUSTOM = "__c"


def path(api_name: str, action: str) -> str:
    """The path of an action: custom objects have one of their own."""
    middle = "custom/v2" if api_name.endswith(CUSTOM) else "v2"
    return f"/cgi/crm/{middle}/data/{action}"


def to_value(value: Any) -> Any:
    """Times are milliseconds, decimals text (the API's currency fields), and None empties the
    field.
    """
    if isinstance(value, date):
        return milliseconds(value)
    return format(value, "f") if isinstance(value, Decimal) else value


def object_data(api_name: str, values: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The data of a create or an update."""
    return {
        "dataObjectApiName": api_name,
        **{name: to_value(value) for name, value in values.items()},
        **more,
    }


def query_data(api_name: str, key_field: str, keys: Sequence[str]) -> dict[str, Any]:
    """The query for all records of some keys, the oldest first."""
    info = {
        "limit": PAGE,
        "offset": 0,
        "filters": [{"field_name": key_field, "operator": "IN", "field_values": list(keys)}],
        "orders": [{"fieldName": "_id", "isAsc": True}],
    }
    return {
        "dataObjectApiName": api_name,
        "find_explicit_total_num": False,
        "search_query_info": info,
    }


def records(body: Any, key_field: str) -> Records:
    """The records of an answer by our key."""
    found: Records = {}
    data = body.get("data") if isinstance(body, Mapping) else None
    for row in data.get("dataList") or [] if isinstance(data, Mapping) else []:
        found.setdefault(str(row.get(key_field)), []).append(Found(str(row["_id"]), row))
    return found
