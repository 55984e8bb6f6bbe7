"""Operations as records of Salesforce: JSON for collections, CSV for Bulk 2.0; and queries that
cannot be broken by a value.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sluice.activations.destinations.crm.values import plain, task_of, to_text, utc_text
from sluice.models.delivery import SyncOperation
from sluice.models.errors import ConfigurationError

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# Bulk leaves a field alone where the cell is empty, and empties it where the cell says this
BULK_NULL = "#N/A"
TASK_NAMES = {
    "subject": "Subject",
    "body": "Description",
    "due_at": "ActivityDate",
    "priority": "Priority",
}


def record(item: SyncOperation, sobject: str, id_field: str) -> dict[str, Any]:
    """One record of a collection; None empties a field."""
    values = {name: plain(value) for name, value in item.properties.items()}
    return {"attributes": {"type": sobject}, id_field: str(item.key), **values}


def task_fields(item: SyncOperation, contact_id: str | None) -> dict[str, Any]:
    """The fields of a task.

    Its state is written only when it is made, so that one that is done stays done.
    """
    task = task_of(item)
    fields = {TASK_NAMES[name]: value for name, value in task.fields.items()}
    if isinstance(fields.get("ActivityDate"), date):
        fields["ActivityDate"] = utc_text(fields["ActivityDate"])[:10]
    state = {"Status": "Not Started"} if item.operation == "entered" else {}
    who = {} if contact_id is None else {"WhoId": contact_id}
    return {**state, **fields, **who, **task.others}


def to_csv(items: Sequence[SyncOperation], id_field: str) -> str:
    """The file of a Bulk job: one column a field that any of the rows has; UTF-8, LF, comma."""
    names = list(dict.fromkeys(name for item in items for name in item.properties))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([id_field, *names])
    for item in items:
        writer.writerow([str(item.key), *(_cell(item, name) for name in names)])
    return buffer.getvalue()


def from_csv(text: object) -> list[dict[str, str]]:
    """The rows of a result file."""
    return list(csv.DictReader(io.StringIO(text))) if isinstance(text, str) else []


def select(names: Sequence[str], sobject: str, conditions: Sequence[str]) -> str:
    """A query. Raises ConfigurationError for a name that is no name of a field."""
    return (
        f"SELECT {', '.join(field(name) for name in names)} FROM {field(sobject)} WHERE"
        f" {' AND '.join(conditions)}"
    )


def one_of(name: str, values: Sequence[str]) -> str:
    """A condition: the field is one of the values."""
    return f"{field(name)} IN ({', '.join(quoted(value) for value in values)})"


def quoted(value: str) -> str:
    """A value as a string of SOQL."""
    escaped = (
        value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    )
    return f"'{escaped}'"


def field(name: str) -> str:
    """A name of a field or object, checked."""
    if not NAME.fullmatch(name):
        raise ConfigurationError(
            "a name in the sync to Salesforce is no name of a field there",
            "write the API name, as Sluice_Contact_Id__c",
        )
    return name


def row_key(key: object) -> str:
    """One of our keys as ``rows_by`` has it."""
    return str(key).lower()


def rows_by(records: Sequence[Mapping[str, Any]], name: str) -> dict[str, Mapping[str, Any]]:
    """Records of a query by one of their fields, in lower case: Salesforce compares text without
    it.
    """
    return {str(one.get(name, "")).lower(): one for one in records}


def _cell(item: SyncOperation, name: str) -> str:
    if name not in item.properties:
        return ""
    value = item.properties[name]
    return BULK_NULL if value is None else to_text(value)
