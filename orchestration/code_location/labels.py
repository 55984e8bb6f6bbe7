"""Labels, owners and tags of assets, from the yml of a model: filters of the asset catalog."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# the parts of a model's meta that may name an owner, and what of a campaign or sync is a tag
KINDS = ("segment", "campaign", "sync", "scorecard", "lifecycle", "journey")
TAGGED = ("channel", "purpose", "destination", "mode", "stage")
VALUE = re.compile(r"[\w.-]{1,63}")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def meta_of(props: Mapping[str, Any]) -> dict[str, Any]:
    """``config.meta`` of a dbt resource."""
    return dict((props.get("config") or {}).get("meta") or props.get("meta") or {})


def part_of(props: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the yml says of a segment, campaign, sync or card; empty for other models."""
    found = [meta_of(props).get(kind) for kind in KINDS]
    return next((one for one in found if isinstance(one, Mapping)), {})


def label_of(props: Mapping[str, Any]) -> dict[str, str]:
    """``label_en`` and ``label_zh`` of a resource: ``label`` of its part or of its meta, else its
    title in the report; nothing where it has none.
    """
    meta = meta_of(props)
    report = meta.get("report")
    title = report.get("title") if isinstance(report, Mapping) else None
    found = part_of(props).get("label") or meta.get("label") or title
    named = found if isinstance(found, Mapping) else {}
    return {f"label_{one}": str(named[one]) for one in ("en", "zh") if named.get(one)}


def owners_of(props: Mapping[str, Any]) -> list[str]:
    """Who answers for a resource: ``meta.owner``, else the owner of its part."""
    return owners(meta_of(props).get("owner") or part_of(props).get("owner"))


def owners(named: Any) -> list[str]:
    """Owners as Dagster writes them, ``ann@example.com`` or ``team:growth``, from one or more
    names.
    """
    names = [named] if isinstance(named, str) else named or []
    return [_owner(str(name).strip()) for name in names if str(name).strip()]


def labels(part: Mapping[str, Any]) -> dict[str, str]:
    """Tags of a campaign or sync: where it sends, and why. What Dagster takes for no tag is left
    out.
    """
    named = {f"sluice/{name}": str(part.get(name) or "") for name in TAGGED}
    return {name: value for name, value in named.items() if VALUE.fullmatch(value)}


def _owner(name: str) -> str:
    return name if ADDRESS.fullmatch(name) or name.startswith("team:") else f"team:{name}"
