"""A table that Spark writes over keeps its rows when the build is cut off in that moment, or when
writing fails: the next build puts them back from their copy.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.conftest import ROOT, Outcome, dbt
from tests.spark import LOCAL, require_spark

pytestmark = [pytest.mark.warehouses, pytest.mark.long]
MANY = 4_000_000  # rows that take seconds to write over: a process that looks on can kill it
PUT_BACK = "its rows are put back from their copy"
HEAD = "{{{{ config(schema='kept', materialized='incremental', {settings}) }}}}\n"
ROWS = "select cast(id + {{ var('first', 0) }} as {{ var('type', 'bigint') }}) as id, '{{ var('word') }}' as word"
# rows that go, in a hook; and rows that stand for those of the same key
GOING = (
    HEAD.format(
        settings="incremental_strategy='append',"
        " pre_hook=\"{{ sluice.delete_rows('id % 2 = 1') }}\""
    )
    + ROWS
    + " from range({{ var('count') }}){% if is_incremental() %} where id % 2 = 1{% endif %}\n"
)
REPLACED = (
    HEAD.format(settings="incremental_strategy=sluice.replacing_rows(), unique_key='id'")
    + ROWS
    + " from range({{ var('count') }})"
    + "{% if is_incremental() %} where id % 2 = 1{% endif %}\n"
)


@dataclass(frozen=True)
class Build:
    """A project of one model, ``history``, and its warehouse."""

    project: Path
    home: Path

    @property
    def words(self) -> list[str]:
        """A build of the model alone."""
        return ["build", "--target", "spark", "--select", "history"]

    def run(self, **variables: object) -> Outcome:
        """To its end."""
        given = ("--vars", json.dumps(variables))
        return dbt(*self.words, *given, project=self.project, home=self.home, **LOCAL)

    def cut_off(self, **variables: object) -> None:
        """Kill it, and Spark with it, while the table is written over."""
        folders = ["--target-path", str(self.home / "t"), "--log-path", str(self.home / "l")]
        given = ["--vars", json.dumps(variables)]
        said = self.home / "said.txt"
        with (
            said.open("w") as file,
            subprocess.Popen(
                [sys.executable, "-m", "dbt.cli.main", *self.words, *given, *folders],
                cwd=self.project,
                env={**os.environ, "SLUICE_HOME": str(self.home), **LOCAL},
                stdout=file,
                stderr=file,
                start_new_session=True,
            ) as process,
        ):
            while process.poll() is None and not (self.table / "_temporary").is_dir():
                time.sleep(0.02)
            assert process.poll() is None, said.read_text()[-3000:]
            os.killpg(process.pid, signal.SIGKILL)

    @property
    def table(self) -> Path:
        """The folder of the table."""
        return self.home / "spark-warehouse" / "kept.db" / "history"

    def counts(self) -> dict[str, int]:
        """The rows by their word; none where the files are gone."""
        if not list(self.table.glob("*.parquet")):
            return {}
        sql = f"select word, count(*) from read_parquet('{self.table}/*.parquet') group by all"
        return dict(duckdb.connect().sql(sql).fetchall())


def build_of(model: str, folder: Path) -> Build:
    """A project of its own for a model."""
    require_spark()
    project = folder / "dbt_project"
    left_out = shutil.ignore_patterns(
        "target", "logs", "models", "tests", "score_rules.csv", "survivorship_rules.csv", "_seeds.*"
    )
    shutil.copytree(ROOT / "dbt_project", project, ignore=left_out)
    (project / "models").mkdir()
    (project / "models" / "history.sql").write_text(model)
    return Build(project, folder)


def passed(done: Outcome) -> Outcome:
    assert done.code == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done


@pytest.mark.parametrize(
    "model", [pytest.param(GOING, id="rows-go"), pytest.param(REPLACED, id="rows-are-replaced")]
)
def test_a_build_that_is_killed_while_it_writes_over_loses_no_row(
    tmp_path: Path, model: str
) -> None:
    build = build_of(model, tmp_path)
    passed(build.run(word="old", count=MANY))
    assert build.counts() == {"old": MANY}
    build.cut_off(word="new", count=MANY)
    assert build.counts() != {"old": MANY}, "it was killed before it had begun"
    again = passed(build.run(word="newer", count=MANY))
    assert PUT_BACK in again.stdout
    assert build.counts() == {"old": MANY // 2, "newer": MANY // 2}
    assert not list(build.table.parent.glob("*__kept"))


def test_a_table_that_could_not_be_written_over_loses_no_row(tmp_path: Path) -> None:
    """A value does not fit in the type that the column has: the rows are gone by then."""
    build = build_of(REPLACED, tmp_path)
    passed(build.run(word="old", count=10, type="int"))
    large = {"word": "new", "count": 10, "first": 3_000_000_000}
    failed = build.run(**large)
    assert failed.code == 1, failed.stdout[-3000:]
    assert build.counts() == {}
    again = passed(build.run(**large))
    assert PUT_BACK in again.stdout
    assert build.counts() == {"old": 10, "new": 5}
