"""After the reports: incidents are opened and closed, and whoever is to know is notified."""

from collections import Counter
from datetime import UTC, datetime

import dagster as dg

from sluice.orchestration.alerts.checks import MODEL, read_checks
from sluice.orchestration.alerts.incidents import to_close, to_open
from sluice.orchestration.alerts.notices import send_notices
from sluice.orchestration.assets.decide import REPORTED
from sluice.orchestration.code_location.groups import describe, group_of
from sluice.orchestration.recovery.past import is_replay
from sluice.orchestration.runs.notes import BuildNote
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.runs.state import RESOURCES, RunState, step

ALERTS = dg.AssetKey(["runs", "alerts"])


def build_alerts_asset(days: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """The incidents of the rules in the seed alert_rules, kept in the ledger."""

    @dg.asset(
        key=ALERTS,
        partitions_def=days,
        required_resource_keys=RESOURCES,
        deps=[REPORTED],
        group_name=group_of("runs"),
        metadata=describe("runs", "Alerts", "告警"),
        description="Alerts that are open: opened and notified once, closed when they are over.",
    )
    def alerts(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            counts = {} if is_replay(state.settings.home) else follow(state)
            return dg.MaterializeResult(metadata=counts)

    return alerts


def follow(state: RunState) -> dict[str, int]:
    """Open and close incidents by what this run measured, and notify. Where it measured nothing,
    nothing is opened or closed.
    """
    checks = read_checks(state.settings)
    if checks is None or MODEL in state.notes.find(BuildNote, "reports").stopped:
        tell("report", "alerts: nothing was measured in this run, nothing is opened or closed")
        return {}
    standing = state.ledger.alerts(is_open=True)
    opened, closed = to_open(checks, standing), to_close(checks, standing)
    state.ledger.open_alerts(opened, datetime.now(UTC))
    state.ledger.close_alerts(closed, datetime.now(UTC))
    notices = send_notices(state.settings, state.ledger)
    is_open = len(standing) - len(closed) + len(opened)
    counts = Counter({"open": is_open, "opened": len(opened), "closed": len(closed)})
    counts.update({f"notices_{name}": count for name, count in notices.items()})
    tell("report", f"alerts: {is_open} open, {len(opened)} of them new, {len(closed)} closed")
    return dict(counts)
