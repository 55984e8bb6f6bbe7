"""Bulk 2.0 jobs of a Salesforce-like CRM: Open, UploadComplete, InProgress, JobComplete or Failed
or Aborted.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sluice.activations.sandbox.salesforce_rules import check_fields, error
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

JOB = re.compile(r"jobs/ingest/(7505e\d+)(?:/(\w+))?")
CSV = {"Content-Type": "text/csv"}


class Vendor(Protocol):
    """What jobs need of the CRM: where its calls are counted, and how a record is upserted."""

    store: Store

    def upsert(
        self, sobject: str, id_field: str, given: Mapping[str, Any]
    ) -> tuple[str, bool] | list[dict[str, Any]]:
        """The record's id and whether it was created, or the errors."""


@dataclass
class Job:
    """One job: what it was given, and the outcome of each row."""

    settings: dict[str, Any]
    state: str = "Open"
    rows: list[dict[str, str]] = field(default_factory=list)
    good: list[dict[str, str]] = field(default_factory=list)
    bad: list[dict[str, str]] = field(default_factory=list)
    rest: list[dict[str, str]] = field(default_factory=list)


class Jobs:
    """All jobs. ``gives_up_after``: of the next job so many rows are processed, the rest never."""

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.jobs: dict[str, Job] = {}
        self.gives_up_after: int | None = None

    def handle(self, request: Request, path: str) -> Reply:
        """Answer one call under jobs/ingest."""
        if path == "jobs/ingest" and request.method == "POST":
            job_id = f"7505e{len(self.jobs) + 1}"
            self.jobs[job_id] = Job(request.json())
            return Reply(200, self._shown(job_id))
        found = JOB.fullmatch(path)
        job = self.jobs.get(found[1]) if found else None
        if found is None or job is None:
            return Reply(404, [error("NOT_FOUND", "no such job")])
        if request.method == "PUT" and found[2] == "batches" and job.state == "Open":
            job.rows = list(csv.DictReader(io.StringIO(request.body.decode())))
            return Reply(201)
        if request.method == "PATCH" and job.state == "Open":
            job.state = request.json()["state"]
            return Reply(200, self._shown(found[1]))
        return (
            self._read(found[1], job, found[2])
            if request.method == "GET"
            else Reply(409, [error("InvalidJobState", job.state)])
        )

    def finish(self) -> None:
        """Work through every job that was uploaded: the vendor does, whether anybody asks for it or
        not.
        """
        for job in self.jobs.values():
            while job.state in {"UploadComplete", "InProgress"}:
                self._step(job)

    def _read(self, job_id: str, job: Job, name: str | None) -> Reply:
        if name is None:
            self._step(job)
            return Reply(200, self._shown(job_id))
        own = ["sf__Id", "sf__Created"] if name == "successfulResults" else ["sf__Id", "sf__Error"]
        rows = {
            "successfulResults": job.good,
            "failedResults": job.bad,
            "unprocessedrecords": job.rest,
        }[name]
        names = list(job.rows[0]) if job.rows else []
        return Reply(200, _csv([] if name == "unprocessedrecords" else own, names, rows), CSV)

    def _step(self, job: Job) -> None:
        """Asked once it is in progress, asked again it is done."""
        if job.state == "UploadComplete":
            job.state = "InProgress"
        elif job.state == "InProgress":
            job.state = self._work(job)

    def _work(self, job: Job) -> str:
        if job.rows and check_fields(job.rows[0]):
            job.rest = job.rows
            return "Failed"
        limit, self.gives_up_after = self.gives_up_after, None
        for row in job.rows[:limit]:
            self._row(job, row)
        job.rest = [] if limit is None else job.rows[limit:]
        self.vendor.store.add_call("salesforce", "bulk", len(job.good))
        return "JobComplete" if limit is None else "Aborted"

    def _row(self, job: Job, row: dict[str, str]) -> None:
        given = {
            name: None if value == "#N/A" else value for name, value in row.items() if value != ""
        }
        found = self.vendor.upsert(
            job.settings["object"], job.settings["externalIdFieldName"], given
        )
        if isinstance(found, list):
            fields = f"{','.join(found[0]['fields'])} " if found[0]["fields"] else ""
            words = f"{found[0]['statusCode']}:{found[0]['message']}:{fields}--"
            job.bad.append({**row, "sf__Id": "", "sf__Error": words})
        else:
            job.good.append({**row, "sf__Id": found[0], "sf__Created": str(found[1]).lower()})

    def _shown(self, job_id: str) -> dict[str, Any]:
        job = self.jobs[job_id]
        counts = {
            "numberRecordsFailed": len(job.bad),
            "numberRecordsProcessed": len(job.good) + len(job.bad),
        }
        url = f"services/data/v62.0/jobs/ingest/{job_id}/batches"
        return {**job.settings, **counts, "id": job_id, "state": job.state, "contentUrl": url}


def _csv(own: Sequence[str], names: Sequence[str], rows: Sequence[dict[str, str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [*own, *names], lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()
