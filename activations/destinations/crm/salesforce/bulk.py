"""Bulk API 2.0: an upsert of many rows as one job.

Made, filled, started, waited for, and read row by row.

Protocol: developer.salesforce.com, Bulk API 2.0, ingest. Nothing happens to a row before the job is
marked ``UploadComplete``, so whatever goes wrong before that is surely without effect. A repeated
upsert does no harm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from sluice.activations.destinations.crm.outcomes import (
    CodeOutcome,
    accepted,
    of_reading,
    result,
    results,
    retry,
    stop,
)
from sluice.activations.destinations.crm.salesforce.mapping import from_csv, to_csv
from sluice.activations.destinations.crm.salesforce.outcomes import bulk_row_outcome
from sluice.activations.destinations.crm.salesforce.session import Session
from sluice.models.delivery import ItemResult, Outcome, SyncOperation

UNFINISHED = CodeOutcome(Outcome.UNKNOWN, "job_not_finished")
UNANSWERED = CodeOutcome(Outcome.UNKNOWN, "no_answer_for_item")
UNPROCESSED = retry("not_processed")
CSV = {"Content-Type": "text/csv; charset=UTF-8"}


def bulk_upsert(
    session: Session,
    items: Sequence[SyncOperation],
    sobject: str,
    id_field: str,
    sleep: Callable[[float], None] = time.sleep,
) -> list[ItemResult]:
    """Upsert all items by a job of their own; one result an item."""
    job = session.call(
        "POST",
        "jobs/ingest",
        json={
            "object": sobject,
            "operation": "upsert",
            "externalIdFieldName": id_field,
            "contentType": "CSV",
            "lineEnding": "LF",
            "columnDelimiter": "COMMA",
        },
    )
    if isinstance(job, CodeOutcome):
        return results(items, of_reading(job))
    path = f"jobs/ingest/{job['id']}"
    sent = session.call(
        "PUT", f"{path}/batches", data=to_csv(items, id_field).encode(), headers=CSV
    )
    if isinstance(sent, CodeOutcome):
        session.call("PATCH", path, json={"state": "Aborted"})
        return results(items, of_reading(sent))
    started = session.call("PATCH", path, json={"state": "UploadComplete"})
    if isinstance(started, CodeOutcome):
        return results(items, started)
    state = _wait(session, path, sleep)
    return (
        results(items, state)
        if isinstance(state, CodeOutcome)
        else _outcome(session, path, items, id_field, state)
    )


def _wait(session: Session, path: str, sleep: Callable[[float], None]) -> str | CodeOutcome:
    """The last state of the job: JobComplete, Failed or Aborted; an outcome when it is not seen in
    time.
    """
    until = time.monotonic() + session.config.bulk_wait_seconds
    while True:
        job = session.call("GET", path)
        state = None if isinstance(job, CodeOutcome) else str(job.get("state"))
        if state in {"JobComplete", "Failed", "Aborted"}:
            return state
        if time.monotonic() > until:
            return UNFINISHED
        sleep(session.config.bulk_poll_seconds)


def _outcome(
    session: Session, path: str, items: Sequence[SyncOperation], id_field: str, state: str
) -> list[ItemResult]:
    found: dict[str, CodeOutcome | str] = {}
    for name, read in (
        ("unprocessedrecords", lambda row: UNPROCESSED),
        ("failedResults", lambda row: bulk_row_outcome(row.get("sf__Error", ""))),
        ("successfulResults", lambda row: row["sf__Id"]),
    ):
        text = session.call("GET", f"{path}/{name}", headers={"Accept": "text/csv"})
        for row in [] if isinstance(text, CodeOutcome) else from_csv(text):
            found[row.get(id_field, "")] = read(row)
    rest = UNANSWERED if state == "JobComplete" or found else stop("job_failed")
    return [_result(item, found.get(str(item.key), rest)) for item in items]


def _result(item: SyncOperation, found: CodeOutcome | str) -> ItemResult:
    return accepted(item, found) if isinstance(found, str) else result(item, found)
