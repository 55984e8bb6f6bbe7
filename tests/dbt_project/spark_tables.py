"""Tables of a DuckDB warehouse as tables of Spark: a program, for one JVM cannot stand beside dbt's
on the same metastore. ``python -m tests.dbt_project.spark_tables DUCKDB_FILE HOME``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
from pyspark.sql import SparkSession

LANDED = ("raw", "ledger", "landing")


def export(warehouse: Path, folder: Path) -> list[tuple[str, str]]:
    """Write what was landed as Parquet files; a time of DuckDB is a moment in UTC there."""
    folder.mkdir(parents=True)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema in ? and table_type = 'BASE TABLE'",
            [LANDED],
        ).fetchall()
        for schema, table in tables:
            columns = connection.execute(f"describe {schema}.{table}").fetchall()
            wanted = ", ".join(_selected(name, data_type) for name, data_type, *_ in columns)
            connection.execute(
                f"copy (select {wanted} from {schema}.{table})"
                f" to '{folder}/{schema}.{table}.parquet' (format parquet)"
            )
    return tables


def _selected(name: str, data_type: str) -> str:
    moment = f'cast("{name}" as timestamptz) as "{name}"'
    return moment if data_type == "TIMESTAMP" else f'"{name}"'


def session(home: Path) -> SparkSession:
    """On the warehouse and metastore of a home, as the target spark of the profiles has them."""
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": f"{home}/spark-warehouse",
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={home}/spark-metastore;create=true"
        ),
        "spark.driver.extraJavaOptions": f"-Dderby.stream.error.file={home}/derby.log",
    }
    builder = SparkSession.builder.master("local[2]").enableHiveSupport()
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def main(warehouse: Path, home: Path) -> None:
    """Load the tables."""
    tables = export(warehouse, home / "landed")
    spark = session(home)
    for schema, table in tables:
        spark.sql(f"create schema if not exists {schema}")
        spark.sql(
            f"create table {schema}.{table}"
            f" as select * from parquet.`{home}/landed/{schema}.{table}.parquet`"
        )
    spark.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
