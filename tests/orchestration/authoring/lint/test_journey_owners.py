"""The rule ``journey`` on owners: what they serve, by file and line of the seed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sluice.orchestration.authoring.lint.journey_owners import check_owners
from sluice.orchestration.authoring.lint.raw_project import RawProject
from tests.projects import bare_project


@pytest.mark.parametrize(
    ("by", "values", "wanted"),
    [
        ("province", ["上海市", "", "Bavaria"], []),
        (
            "province",
            ["上海市", "上海", "Shanghai", "火星省"],
            [
                (3, "no contact has the province '上海': it is written '上海市' there"),
                (4, "no contact has the province 'Shanghai': it is written '上海市' there"),
                (5, "no contact has the province '火星省' that an owner serves"),
            ],
        ),
        ("country", ["CN", "china", "ZZ"], [
            (3, "no contact has the country 'china': it is written 'CN' there"),
            (4, "no contact has the country 'ZZ' that an owner serves"),
        ]),
        ("plan", ["whatever"], []),
    ],
    ids=["known, anyone, abroad", "other spellings, and none", "codes", "an own attribute"],
)  # fmt: skip
def test_what_owners_serve(
    tmp_path: Path, by: str, values: list[str], wanted: list[tuple[int, str]]
) -> None:
    settings = bare_project(tmp_path)
    nodes = {"give": {"action": {"assign": {"team": "sales", "by": by}}}}
    model = {"name": "steps_calls", "config": {"meta": {"journey": {"nodes": nodes}}}}
    rows = "".join(f"o{n},{value},\n" for n, value in enumerate(values))
    for name, text in (
        ("models/journeys/owners_sales.sql", "select * from {{ ref('sales_team') }}"),
        ("models/journeys/steps_calls.sql", "{{ sluice.journey() }}"),
        ("models/journeys/steps_calls.yml", yaml.safe_dump({"models": [model]})),
        ("seeds/sales_team.csv", "owner_id,serves,max_contacts\n" + rows),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = list(check_owners(RawProject(settings.dbt_folder, settings.package)))
    assert [(one.line, one.message) for one in found] == wanted
    assert {one.file for one in found} <= {"seeds/sales_team.csv"}
