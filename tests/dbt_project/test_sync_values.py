"""A value of each type of the warehouse at each kind of destination: the same meaning, or a refusal
that names the column.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from sluice.activations.destinations import registry
from sluice.activations.destinations.ads.meta_audiences import mapping as meta
from sluice.activations.destinations.crm.fxiaoke import mapping as fxiaoke
from sluice.activations.destinations.crm.hubspot import mapping as hubspot
from sluice.activations.destinations.crm.salesforce import mapping as salesforce
from sluice.activations.destinations.crm.tryton import mapping as tryton
from sluice.activations.destinations.crm.values import refuse_ambiguous
from sluice.activations.destinations.crm.xiaoshouyi import mapping as xiaoshouyi
from sluice.activations.destinations.files.file_drop import mapping as file_drop
from sluice.activations.destinations.web.webhook import mapping as webhook
from sluice.activations.plan.due_rows import read_items
from sluice.activations.plan.outbox import to_operation
from sluice.models.delivery import SyncOperation
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from sluice.orchestration.plan.sync_plans import spool_sync
from tests.conftest import ROOT
from tests.dbt_project.sync_project import SyncProject
from tests.dbt_project.value_types import NAMES, TYPES, Typed

SYNCS = ("", "list", "struct", "map", "none")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncProject]:
    """One build of a sync for each kind of nesting, and one of columns with odd names."""
    folder = tmp_path_factory.mktemp("values")
    (home := folder / "home").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(home))
        made = SyncProject(folder / "project", home)
        for nested in SYNCS:
            columns = [
                f'{typed.sql} as "{name}"'
                for name, typed in TYPES.items()
                if typed.nested == nested
            ]
            made.write_sync(f"values_{nested}", f"select 1 as id, {', '.join(columns)}")
        quoted = ", ".join('7 as "{}"'.format(name.replace('"', '""')) for name in NAMES)
        made.write_sync("names", f"select 1 as id, {quoted}")
        made.build()
        yield made


@pytest.fixture(scope="module")
def item(project: SyncProject, tmp_path_factory: pytest.TempPathFactory) -> SyncOperation:
    """The row of all values that some destination takes, as one operation."""
    properties: dict[str, Any] = {}
    for nested in SYNCS[:-1]:
        properties |= planned(
            project, f"values_{nested}", tmp_path_factory.mktemp("plan")
        ).properties
    return SyncOperation(1, 1, "entered", 1, properties)


def planned(project: SyncProject, sync: str, folder: Path) -> SyncOperation:
    assert spool_sync(project.settings.warehouse, sync, folder / "plan.parquet") == 1
    (batch,) = read_items(folder / "plan.parquet", 10, to_operation, None)
    (one,) = batch
    assert isinstance(one, SyncOperation)
    return one


def tryton_value(value: Any) -> Any:
    """What Tryton reads out of its JSON."""
    if not isinstance(value, Mapping):
        return value
    parts = {name: part for name, part in value.items() if name != "__class__"}
    kind = value["__class__"]
    return (
        Decimal(parts["decimal"])
        if kind == "Decimal"
        else date(**parts)
        if kind == "date"
        else datetime(**parts)
    )


def milliseconds(typed: Typed) -> Any:
    """A time as the two Chinese CRMs hold it."""
    held = typed.held
    if isinstance(held, date):
        moment = held if isinstance(held, datetime) else datetime(held.year, held.month, held.day)
        return int(moment.replace(tzinfo=UTC).timestamp() * 1000)
    return typed.as_json


def csv_cell(one: SyncOperation) -> dict[str, str]:
    return next(
        csv.DictReader(io.StringIO(file_drop.to_csv(file_drop.rows_of([one]), False).decode()))
    )


def of_webhook(one: SyncOperation) -> Any:
    return json.loads(webhook.encode([webhook.event(one)], False))["data"]["properties"]


def of_parquet(one: SyncOperation) -> Any:
    return pq.read_table(io.BytesIO(file_drop.to_parquet(file_drop.rows_of([one])))).to_pylist()[0]


def exact(typed: Typed) -> Any:
    """JSON of a webhook: decimals as text."""
    held = typed.held
    if isinstance(held, Decimal):
        return held
    return held.isoformat() + "Z" if isinstance(held, datetime) else typed.as_json


def csv_text(typed: Typed) -> str:
    if typed.nested and typed.held is not None:
        return json.dumps(typed.held, ensure_ascii=False, separators=(",", ":"))
    return typed.text


def via_json(values: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(values))


Shown = Callable[[SyncOperation], Mapping[str, Any]]
DESTINATIONS: dict[str, tuple[str, Shown, Callable[[Typed], Any]]] = {
    "hubspot": ("hubspot", lambda i: hubspot.upsert_body([i], "id")["inputs"][0]["properties"], lambda t: t.text),
    "salesforce": ("salesforce", lambda i: via_json(salesforce.record(i, "Contact", "Id__c")),
                   lambda t: t.text if t.nested else t.as_json),
    "salesforce bulk": ("salesforce", lambda i: salesforce.from_csv(salesforce.to_csv([i], "Id__c"))[0], lambda t: t.text),
    "fxiaoke": ("fxiaoke", lambda i: via_json(fxiaoke.object_data("C", i.properties)),
                lambda t: t.held if isinstance(t.held, Decimal) else milliseconds(t)),
    "xiaoshouyi": ("xiaoshouyi", lambda i: via_json(xiaoshouyi.values_of(i, i.properties)), milliseconds),
    "tryton": ("tryton", lambda i: {n: tryton_value(v) for n, v in via_json(tryton.values_of(i.properties, {}, {})).items()},
               lambda t: t.held),
    "webhook": ("webhook", of_webhook, exact),
    "file_drop csv": ("file_drop", csv_cell, csv_text),
    "file_drop parquet": ("file_drop", of_parquet, lambda t: t.held),
}  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("destination", DESTINATIONS)
def test_a_value_means_the_same_at_a_destination_or_is_refused(
    project: SyncProject, item: SyncOperation, destination: str, name: str
) -> None:
    entry, shown, expected = DESTINATIONS[destination]
    typed, takes = TYPES[name], registry.entry(entry).takes
    if typed.nested and typed.nested not in takes:
        with pytest.raises(ConfigurationError, match=rf"\b{name} \(") as refused:
            spool_sync(
                project.settings.warehouse,
                f"values_{typed.nested}",
                project.home / "refused.parquet",
                takes,
            )
        assert f"sync_values_{typed.nested}.sql" in refused.value.fix
        return
    if typed.held is None:
        assert name not in item.properties
        return
    one = SyncOperation(1, 1, "entered", 1, {name: item.properties[name]})
    got, wanted = shown(one)[name], expected(typed)
    got = Decimal(got) if isinstance(wanted, Decimal) and isinstance(got, str) else got
    assert got == wanted
    assert isinstance(got, bool) == isinstance(wanted, bool)


@pytest.mark.parametrize("name", [name for name, typed in TYPES.items() if typed.nested != "none"])
def test_a_value_comes_out_of_a_plan_as_it_is(item: SyncOperation, name: str) -> None:
    held = item.properties.get(name)
    assert held == TYPES[name].held
    assert type(held) is type(TYPES[name].held)


def test_an_audience_hashes_the_text_of_a_number_and_never_a_key_that_is_an_address(
    item: SyncOperation,
) -> None:
    known = meta.row_of(
        SyncOperation(1, "ann@shop.example", "entered", 1, {"city": 7}, sync_key=42)
    )
    assert known[0] == "42"
    assert "ann@shop.example" not in json.dumps(
        meta.body_of([SyncOperation(1, "ann@shop.example", "exited", 1, sync_key=42)])
    )


def test_columns_may_be_called_as_they_like(project: SyncProject, tmp_path: Path) -> None:
    assert planned(project, "names", tmp_path).properties == dict.fromkeys(NAMES, 7)


def test_a_choice_with_a_semicolon_is_no_list_of_two() -> None:
    items = [
        SyncOperation(1, 1, "entered", 1, {"tags": ["a;b", "c"]}),
        SyncOperation(2, 2, "entered", 1, {"tags": ["a", "c"]}),
    ]
    good, refused = refuse_ambiguous(items)
    assert [one.delivery_id for one in good] == [2]
    assert [(one.delivery_id, one.reason) for one in refused] == [(1, "choice_with_semicolon")]


def test_every_session_has_its_time_zone_pinned() -> None:
    """dbt's by the profile, ours as it is opened: on a machine of another zone."""
    profile = yaml.safe_load((PACKAGE_PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    assert profile["sluice"]["outputs"]["duckdb"]["settings"]["TimeZone"] == "UTC"
    code = (
        'from sluice.orchestration.warehouse.reader import query_files; print(query_files("select'
        " current_setting('TimeZone')\")[0][0])"
    )
    environment = {**os.environ, "TZ": "Asia/Shanghai"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "UTC"
