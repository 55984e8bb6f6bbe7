"""A code that a pool holds twice is found in its seed, as a spreadsheet writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.orchestration.authoring.lint.journey_pools import check_pools
from sluice.orchestration.authoring.lint.raw_project import RawProject
from tests.projects import bare_project


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_code_that_stands_twice_is_found(tmp_path: Path, encoding: str) -> None:
    project = bare_project(tmp_path)
    for name, text in (
        ("models/journeys/coupons_spring.sql", "select code from {{ ref('codes') }}"),
        ("seeds/codes.csv", "code,note\nA1,春季\nA2,\nA1,\n"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding=encoding)
    (found,) = check_pools(RawProject(project.dbt_folder, project.package))
    assert "holds the code A1 twice: in lines 2 and 4" in found.message
