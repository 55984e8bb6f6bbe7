"""What dbt and our macros write on Spark is what was written: seeds, and JSON objects."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.conftest import ROOT, dbt
from tests.spark import LOCAL, require_spark

pytestmark = [pytest.mark.warehouses, pytest.mark.long]
SEED = r"""id,word,amount
9007199254740993,,
2,it's \n 50 %s 王,0.1
3,"a ""quoted"", word",-1"""
ROWS = [
    (9007199254740993, None, None),
    (2, "it's \\n 50 %s 王", 0.1),
    (3, 'a "quoted", word', -1.0),
]
MODEL = """{{ config(schema='seeds', materialized='table') }}
select {{ sluice.json_object({'none': 'cast(null as string)', 'word': "'x'"}) }} as written
"""


def test_seeds_and_objects_keep_what_is_empty(tmp_path: Path) -> None:
    require_spark()
    project = tmp_path / "dbt_project"
    left_out = shutil.ignore_patterns("target", "logs", "models", "seeds", "tests")
    shutil.copytree(ROOT / "dbt_project", project, ignore=left_out)
    for folder, name, text in (("seeds", "rows.csv", SEED), ("models", "object.sql", MODEL)):
        (project / folder).mkdir()
        (project / folder / name).write_text(text + "\n", encoding="utf-8")
    (project / "seeds" / "_seeds.yml").write_text(
        "seeds: [{name: rows, config: {column_types: {id: bigint, word: varchar, amount: double}}}]"
    )
    done = dbt("build", "--target", "spark", project=project, home=tmp_path, **LOCAL)
    assert done.code == 0, done.stdout[-3000:] + done.stderr[-3000:]
    tables = tmp_path / "spark-warehouse" / "seeds.db"
    found = duckdb.connect().sql(
        f"select id, word, amount from read_parquet('{tables}/rows/*.parquet')"
    )
    assert sorted(found.fetchall()) == sorted(ROWS)
    ((written,),) = (
        duckdb.connect().sql(f"select * from read_parquet('{tables}/object/*.parquet')").fetchall()
    )
    assert json.loads(written) == {"none": None, "word": "x"}
