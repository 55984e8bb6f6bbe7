"""What a build of dbt says of each node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sluice.orchestration.dbt.error_text import without_values
from sluice.orchestration.dbt.unchanged import UNCHANGED


@dataclass(frozen=True)
class NodeResult:
    """The result of one dbt node: its unique_id, its status in dbt's terms, its message and
    seconds.
    """

    unique_id: str
    status: str
    message: str
    seconds: float
    rows: int | None

    @property
    def is_success(self) -> bool:
        """True for a built node or a passed (or only warning) test."""
        return self.status in {"success", "pass", "warn"}

    @property
    def is_unchanged(self) -> bool:
        """True for what was left as it is."""
        return self.message == UNCHANGED


def node_result(result: Any) -> NodeResult:
    """Of dbt's own result, without values of rows."""
    rows = result.adapter_response.get("rows_affected") if result.adapter_response else None
    return NodeResult(
        unique_id=result.node.unique_id,
        status=str(result.status),
        message=without_values(str(result.message or "")),
        seconds=float(result.execution_time or 0),
        rows=rows if isinstance(rows, int) and rows >= 0 else None,
    )
