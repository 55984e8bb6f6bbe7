"""Alerts: an incident is opened once, closed when it is over, and each of the two is notified at
most once. Times are naive UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from sluice.activations.ledger.records import Records
from sluice.activations.ledger.rows import Row, naive
from sluice.activations.ledger.tables import alerts

NO_CHANNEL = "none"
NOTICES = {"opening": alerts.c.opening_notice, "closing": alerts.c.closing_notice}


class AlertRecords(Records):
    """What the ledger keeps of alerts; each method is one transaction."""

    def alerts(self, *, is_open: bool = False) -> list[Row]:
        """All incidents, or those not closed, the oldest first."""
        query = sa.select(alerts).order_by(alerts.c.alert_id)
        if is_open:
            query = query.where(alerts.c.closed_at.is_(None))
        return self.read(lambda one: [dict(row) for row in one.execute(query).mappings()])

    def open_alerts(self, found: Sequence[Row], now: datetime) -> None:
        """Open incidents: rule, subject, owner, channel, measured and limit_value of each."""
        rows = [
            {
                **row,
                "opened_at": naive(now),
                "opening_notice": "none" if row["channel"] == NO_CHANNEL else "due",
                "closing_notice": "none",
            }
            for row in found
        ]
        if rows:
            self.write(lambda one: one.execute(alerts.insert(), rows))

    def close_alerts(self, reasons: dict[int, str], now: datetime) -> None:
        """Close incidents for a reason each. Of one whose opening was never notified, neither is
        its end.
        """
        self.write(lambda one: _close(one, reasons, naive(now)))

    def claim_notice(self, notice: str, after: int = 0) -> Row | None:
        """The oldest incident, later than the one ``after``, whose ``opening`` or ``closing`` is to
        be notified; None where there is none. What is claimed is not given out again: a notice that
        a crash cut off is lost, not repeated, and no other with it.
        """
        return self.write(lambda one: _claim(one, NOTICES[notice], after))

    def settle_notice(self, alert_id: int, notice: str, state: str) -> None:
        """A claimed notice is sent, failed, or due again."""
        values = {NOTICES[notice]: state}
        self.write(
            lambda one: one.execute(
                alerts.update().where(alerts.c.alert_id == alert_id).values(values)
            )
        )


def _close(connection: sa.Connection, reasons: dict[int, str], now: datetime) -> None:
    c = alerts.c
    for alert_id, reason in reasons.items():
        ended = sa.case((c.opening_notice.in_(("sent", "claimed")), "due"), else_="none")
        forgotten = sa.case((c.opening_notice == "due", "none"), else_=c.opening_notice)
        connection.execute(
            alerts.update()
            .where(c.alert_id == alert_id, c.closed_at.is_(None))
            .values(
                closed_at=now,
                closed_reason=reason,
                closing_notice=ended,
                opening_notice=forgotten,
            )
        )


def _claim(connection: sa.Connection, column: sa.Column[str], after: int) -> Row | None:
    query = sa.select(alerts).where(column == "due", alerts.c.alert_id > after)
    found = connection.execute(query.order_by(alerts.c.alert_id).limit(1)).mappings().first()
    if found is None:
        return None
    connection.execute(
        alerts.update().where(alerts.c.alert_id == found["alert_id"]).values({column: "claimed"})
    )
    return dict(found)
