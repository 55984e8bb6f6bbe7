"""The sample company's project and the package, compiled once for a file of tests, and copies of
their files.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sluice.orchestration.authoring.lint import Finding, lint_static
from sluice.orchestration.authoring.lint.catalog import Catalog
from sluice.orchestration.authoring.lint.compiled_rules import lint_queries
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from sluice.orchestration.installation.settings import Settings
from tests.projects import SAMPLE, sample_project

PACKAGE = "dbt_packages/sluice"
LEFT_OUT = ("target", "logs", "__pycache__")


@pytest.fixture(scope="session")
def parsed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which dbt has parsed the shipped project, and nothing was ever run."""
    return tmp_path_factory.mktemp("lint_home")


@pytest.fixture(scope="session")
def compiled(parsed_home: Path) -> Catalog:
    """The catalog of the sample company's project, with what it uses of the package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(parsed_home))
        dbt = Dbt(Settings(home=parsed_home))
        nodes, failed = dbt.compile_each(
            [authored.name for authored in RawProject(SAMPLE).authored]
        )
    assert failed == {}
    catalog = Catalog(dbt.manifest, {key: sql for key, (_, sql) in nodes.items()})
    list(
        lint_queries(RawProject(SAMPLE), catalog)
    )  # so that the models under a planted one are read once
    return catalog


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the sample company's project, with a copy of what the rules on files read of the
    package where dbt would install it.
    """
    folder = sample_project(tmp_path / "world")
    ignored = shutil.ignore_patterns(
        *LEFT_OUT, "staging", "identity", "seeds", "tests", "normalise"
    )
    shutil.copytree(PACKAGE_PROJECT, folder / PACKAGE, ignore=ignored)
    return folder


def lint(project: Path) -> list[Finding]:
    """The findings on such a copy."""
    return lint_static(project, project / PACKAGE)
