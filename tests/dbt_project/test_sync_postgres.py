"""Syncs of every type of Postgres: hashed in the one form that does not change with a zone, a
session or the noise of a sum.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.services import postgres_binaries, private_postgres
from tests.dbt_project.sync_project import SyncProject

pytestmark = pytest.mark.warehouses
# type: value, the same value as another run may give it, another value
TYPES = {
    "boolean": ("true", "true", "false"),
    "smallint": ("7::smallint", "7::smallint", "8::smallint"),
    "numeric": ("12.50::numeric(10, 2)", "12.50::numeric(10, 2)", "12.51::numeric(10, 2)"),
    "sum": ("(select sum(i) from generate_series(1, 4) as r (i))", "10::numeric", "11::numeric"),
    "real": ("0.1::real", "0.1::real", "0.2::real"),
    "double": ("300123456.78::float8", "300123456.780006::float8", "300123456.79::float8"),
    "double_noise": ("0.1::float8 + 0.2::float8", "0.3::float8", "0.31::float8"),
    "nan": ("'NaN'::float8", "'Infinity'::float8", "1::float8"),
    "text": ("' '", "''", "'x'"),
    "uuid": (
        ("'6b1d9f0e-0000-4000-8000-000000000001'::uuid",) * 2
        + ("'6b1d9f0e-0000-4000-8000-000000000002'::uuid",)
    ),
    "date": ("date '2026-01-31'", "date '2026-01-31'", "date '2026-02-01'"),
    "date_infinite": ("date 'infinity'", "date '-infinity'", "date '2026-02-01'"),
    "timestamptz": (
        "timestamptz '2026-01-01 10:00+08'",
        "timestamptz '2026-01-01 02:00+00'",
        "timestamptz '2026-01-01 03:00+00'",
    ),
    "time": ("time '10:30'", "time '10:30'", "time '10:31'"),
    "interval": ("interval '3 days'", "interval '3 days'", "interval '4 days'"),
    "array": ("array['a', 'b']", "array['a', 'b']", "array['a, b']"),
    "jsonb": ("""'{"a": 1}'::jsonb""", """'{"a":1}'::jsonb""", """'{"a": 2}'::jsonb"""),
}


@pytest.fixture(scope="module")
def hashes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, int]]]:
    """The hash of the row of each type, for its value, for the same in a session of another zone,
    and for another value.
    """
    binaries = postgres_binaries()
    if binaries is None or importlib.util.find_spec("dbt.adapters.postgres") is None:
        pytest.skip("needs Postgres and dbt-postgres: make services")
    folder = tmp_path_factory.mktemp("postgres")
    (home := folder / "home").mkdir()
    with pytest.MonkeyPatch.context() as patch, private_postgres(binaries) as settings:
        patch.setenv("SLUICE_HOME", str(home))
        project = SyncProject(folder / "project", home)
        project.write_sync(
            "moved", "select 'x' as \"Kunden-Nr\", 'raw'::bytea as raw, 1 as n", key="kunden-nr"
        )
        project.write_sync("dated", "select date '2026-01-01' as id, 1 as n")
        found: list[dict[str, int]] = []
        for place, zone in enumerate(("UTC", "Asia/Shanghai", "America/New_York")):
            for name, values in TYPES.items():
                project.write_sync(name, f"select 'k' as id, {values[place]} as value")
            found.append(built(project, {**settings, "PGTZ": zone}))
        yield found


def built(project: SyncProject, settings: dict[str, str]) -> dict[str, int]:
    import psycopg2

    command = [
        str(Path(sys.executable).parent / "dbt"),
        "build",
        "--target",
        "postgres",
        "--select",
        "resource_type:model",
    ]
    environment: dict[str, Any] = {**os.environ, **settings}
    done = subprocess.run(
        command, cwd=project.folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:]
    connection = psycopg2.connect(
        host="127.0.0.1", port=settings["SLUICE_POSTGRES_PORT"], user="sluice", dbname="sluice"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute("select sync, row_hash from activation.int_sync_wanted")
            rows = dict(cursor.fetchall())
            cursor.execute(
                "select sync, problem from activation.int_sync_checks where problem is not null"
            )
            assert cursor.fetchall() == [("dated", "key_type")]
            cursor.execute(
                "select column_name, kind from activation.int_sync_columns where sync = 'moved'"
                " order by place"
            )
            assert cursor.fetchall() == [("Kunden-Nr", "text"), ("raw", "none"), ("n", "integer")]
    finally:
        connection.close()
    return rows


@pytest.mark.parametrize("name", TYPES)
def test_the_same_value_has_the_same_hash_and_another_has_not(
    hashes: list[dict[str, int]], name: str
) -> None:
    first, same, other = (found[name] for found in hashes)
    assert first == same
    assert first != other
