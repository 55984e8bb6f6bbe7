"""The shipped project, compiled once for a file of tests, and copies of its files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from orchestration.dbt_runner import Dbt
from orchestration.linting.catalog import Catalog
from orchestration.linting.compiled_rules import lint_queries
from orchestration.linting.raw_project import RawProject
from orchestration.settings import DBT_PROJECT, Settings


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The catalog of the shipped project, in a home that has nothing."""
    home = tmp_path_factory.mktemp("lint_home")
    os.environ["SLUICE_HOME"] = str(home)
    dbt = Dbt(Settings(home=home))
    nodes, failed = dbt.compile_each([authored.name for authored in RawProject(DBT_PROJECT).authored])
    assert failed == {}
    catalog = Catalog(dbt.manifest, {key: sql for key, (_, sql) in nodes.items()})
    list(lint_queries(RawProject(DBT_PROJECT), catalog))  # so that the models under a planted one are read once
    return catalog


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the shipped dbt project."""
    copy = tmp_path / "dbt_project"
    shutil.copytree(DBT_PROJECT, copy, ignore=shutil.ignore_patterns("target", "logs", "__pycache__"))
    return copy
