"""Values of a person, masked for whoever may not see personal data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sluice.orchestration.access.rights import may
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.report.values import hidden

Masking = Callable[[str, Any], Any]
NOBODY = (bool, int, float, Decimal)


def masking(settings: Settings, manifest: Mapping[str, Any]) -> Masking:
    """A function of a column and its value: the value itself for who may see personal data, else
    masked where the column is personal in any model, and text or a date of a column that no yml
    describes.
    """
    if may(settings, "see_personal_data"):
        return lambda column, value: value
    personal, described = _columns(manifest)

    def mask(column: str, value: Any) -> Any:
        name = column.lower()
        is_open = name not in personal and (name in described or isinstance(value, NOBODY))
        return value if is_open or value is None else hidden(str(value))

    return mask


def _columns(manifest: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Names of columns that are personal in some model or source, and of all there are."""
    personal, described = set(), set()
    for node in (*manifest["nodes"].values(), *manifest["sources"].values()):
        for name, column in node.get("columns", {}).items():
            described.add(name.lower())
            meta = {**column.get("meta", {}), **(column.get("config") or {}).get("meta", {})}
            if meta.get("personal_data"):
                personal.add(name.lower())
    return personal, described
