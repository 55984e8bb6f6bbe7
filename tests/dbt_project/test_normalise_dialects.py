"""The cases of dbt_project/tests/ hold on Postgres and on Spark too: one build of all of them on
each.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, dbt
from tests.dbt_project.services import postgres_binaries, private_postgres

pytestmark = pytest.mark.warehouses
CASES = sorted(
    path.stem
    for name in ("normalise", "stage_cases")
    for path in (ROOT / "dbt_project/tests" / name).glob("*.sql")
)
Outcomes = dict[str, str]


def build(target: str, folder: Path, settings: dict[str, str]) -> Outcomes:
    """The status of each case file, after one dbt build of the seeds and cases in a project that
    holds nothing else.
    """
    project = folder / "dbt_project"
    shutil.copytree(
        ROOT / "dbt_project",
        project,
        ignore=shutil.ignore_patterns(
            "target", "logs", "models", "score_rules.csv", "survivorship_rules.csv", "_seeds.yml"
        ),
    )
    (project / "models").mkdir()
    done = dbt("build", "--target", target, project=project, home=folder, **settings)
    results = folder / "t" / "run_results.json"
    assert results.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    return {
        result["unique_id"].split(".")[2]: f"{result['status']} {result['message'] or ''}"
        for result in json.loads(results.read_text())["results"]
    }


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcomes]:
    binaries = postgres_binaries()
    if binaries is None or importlib.util.find_spec("dbt.adapters.postgres") is None:
        pytest.skip("needs Postgres and dbt-postgres: make services")
    with private_postgres(binaries) as settings:
        yield build("postgres", tmp_path_factory.mktemp("postgres"), settings)


@pytest.fixture(scope="module")
def on_spark(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    if shutil.which("java") is None or importlib.util.find_spec("pyspark") is None:
        pytest.skip("needs Java and pyspark: make services")
    return build("spark", tmp_path_factory.mktemp("spark"), {"SPARK_LOCAL_IP": "127.0.0.1"})


@pytest.mark.parametrize("cases", CASES)
def test_cases_hold_on_postgres(on_postgres: Outcomes, cases: str) -> None:
    assert on_postgres[cases].startswith("pass"), on_postgres[cases]


@pytest.mark.long
@pytest.mark.parametrize("cases", CASES)
def test_cases_hold_on_spark(on_spark: Outcomes, cases: str) -> None:
    assert on_spark[cases].startswith("pass"), on_spark[cases]
