"""What Spark has no transactions for: tables that change together, also when the process dies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.warehouse.profile import warehouse_of
from sluice.orchestration.warehouse.reader import open_warehouse
from sluice.orchestration.warehouse.spark import Spark
from sluice.orchestration.warehouse.spark_session import SparkTables
from sluice.orchestration.warehouse.spark_sql import literal, statement
from sluice.orchestration.warehouse.translation import named_trees

PROFILE = {"sluice": {"target": "it", "outputs": {"it": {"type": "spark", "schema": "sluice"}}}}
DISPATCH = "dispatch: [{macro_namespace: dbt, search_order: [acme, sluice, dbt]}]\n"


class Died(BaseException):
    """The process is gone: nothing is taken back."""


def project(folder: Path, dispatch: str = DISPATCH, **values: object) -> Path:
    (folder / "dbt_project.yml").write_text(f"name: acme\nprofile: sluice\n{dispatch}")
    output = {**PROFILE["sluice"]["outputs"]["it"], "method": "session", **values}  # type: ignore[index]
    written = {"sluice": {"target": "it", "outputs": {"it": output}}}
    (folder / "profiles.yml").write_text(json.dumps(written))
    return folder


def test_a_target_is_read_and_shown_without_its_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"spark.master": "spark://etl:7077", "spark.hadoop.fs.s3a.secret.key": "s3cret"}
    found = warehouse_of(project(tmp_path, server_side_parameters=settings), tmp_path)
    assert (found.describe(), found.prefix) == ("Spark at spark://etl:7077", "sluice_")
    assert "s3cret" not in repr(found)
    assert found.is_same({"server_side_parameters": settings})
    assert not found.is_same({"server_side_parameters": {"spark.master": "local[2]"}})
    monkeypatch.setenv("SPARK_REMOTE", "sc://etl:15002/;token=s3cret")
    assert found.describe() == "Spark at sc://etl:15002/"


@pytest.mark.parametrize(
    ("dispatch", "method", "words"),
    [
        ("", "session", "dispatch: "),
        ("dispatch: [{macro_namespace: dbt, search_order: [dbt]}]\n", "session", "dispatch: "),
        (DISPATCH, "thrift", "method: session"),
    ],
)
def test_what_dbt_could_not_build_with_is_refused(
    tmp_path: Path, dispatch: str, method: str, words: str
) -> None:
    with pytest.raises(ConfigurationError) as error:
        warehouse_of(project(tmp_path, dispatch, method=method), tmp_path)
    assert words in str(error.value.fix)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("it's \\ 王", "'it\\'s \\\\ 王'"),
        (True, "true"),
        (None, "null"),
        ([1, 2], "array(cast(1 as bigint), cast(2 as bigint))"),
    ],
)
def test_values_are_literals(value: object, text: str) -> None:
    assert literal(value) == text


@pytest.mark.parametrize(
    "declared", ["timestamp", "datetime", "timestamp_s", "timestamp_ms", "timestamptz"]
)
def test_every_time_is_a_moment(declared: str) -> None:
    """As the models have them: a contract refuses Spark's other type."""
    (tree,) = named_trees(f"create table ledger.receipts (at {declared})", "")
    assert statement(tree, (), {}).endswith("(at TIMESTAMP)")


def test_a_copy_for_the_past_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Spark at"):
        Spark({"spark.master": "local[2]"}).copy_apart(tmp_path)


@pytest.mark.warehouses
def test_a_landing_is_seen_whole_or_not_at_all_whenever_it_dies(
    spark_warehouse: Spark, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two tables that change together: before the list of them is written, and after."""
    session = spark_warehouse.open(read_only=False)
    session.execute("create schema if not exists ledger; create schema if not exists raw")
    for table in ("ledger.one", "raw.two"):
        session.execute(f"create table {table} as select 1 as id")
    with monkeypatch.context() as patch:
        patch.setattr(session.aside, "end", _die)
        patch.setattr(session.aside, "undo", _die)
        _change(session)
    assert _rows(spark_warehouse) == [1, 1]
    with spark_warehouse.lock(), pytest.raises(BlockedError), spark_warehouse.lock():
        pass
    with open_warehouse(spark_warehouse) as opened:
        assert not [name for _, name in opened.tables() if "__next" in name]
    session = spark_warehouse.open(read_only=False)
    with monkeypatch.context() as patch:  # one table was put in place, the other was not
        once = iter([session.aside._replace])
        patch.setattr(session.aside, "_replace", lambda *names: next(once, _die)(*names))
        patch.setattr(session.aside, "undo", _die)
        _change(session)
    assert _rows(spark_warehouse) == [2, 2]
    with open_warehouse(spark_warehouse) as opened:
        assert ("ledger", "unfinished_landing") not in opened.tables()


def _change(session: SparkTables) -> None:
    with pytest.raises(Died), session.transaction():  # noqa: PT012
        for table in ("ledger.one", "raw.two"):
            session.execute(f"delete from {table} where id = $1", [1])
            session.execute(f"insert into {table} (id) values ($1)", [2])


def _rows(warehouse: Spark) -> list[int]:
    with open_warehouse(warehouse, read_only=False) as session:
        return [
            int(session.execute(f"select sum(id) from {table}").rows[0][0])
            for table in ("ledger.one", "raw.two")
        ]


def _die(*_: object) -> None:
    raise Died
