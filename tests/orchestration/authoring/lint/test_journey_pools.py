"""The rule ``journey`` on pools of coupons: codes of a seed, by file and line."""

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


YML = "seeds:\n  - {name: NAME, config: {column_types: {code: varchar}}}\n"
TYPED = YML.replace("NAME", "spring_codes")
FOLDER = "name: acme\nseeds:\n  acme:\n    +column_types: {record_id: varchar, code: varchar}\n"
TWICE = "the pool spring holds the code A1 twice: in lines 2 and 4"
SHORT = "dbt would read the code 0042 as 42"


@pytest.mark.parametrize(
    ("codes", "yml", "dbt_project", "wanted"),
    [
        (["A1", "A2", "A1"], "", "name: acme\n", [(4, TWICE)]),
        (["1042", "0042", "0043"], "", "name: acme\n", [(3, SHORT)]),
        (["1042", "0042"], YML.replace("NAME", "other_codes"), "name: acme\n", [(3, SHORT)]),
        (["1042", "0042"], TYPED, "name: acme\n", []),
        (["1042", "0042"], "", FOLDER, []),
        (["1042", "7"], "", "name: acme\n", []),
        (["A42", "0042"], "", "name: acme\n", []),
        ([], "seeds:\n", "name: acme\n", []),
        (["A1", "A2", " A1 "], "", "name: acme\n", [(4, TWICE)]),
        (["42", "1E5"], "", "name: acme\n", [(3, "dbt would read the code 1E5 as 100000")]),
        (["42", "10%"], "", "name: acme\n", [(3, "dbt would read the code 10% as 10")]),
        (["12.50"], "", "name: acme\n", [(2, "dbt would read the code 12.50 as 12.5")]),
        (["true", "TRUE"], "", "name: acme\n", [(3, "dbt would read the code TRUE as true")]),
        (["A1", "null"], "", "name: acme\n", [(3, "dbt would read the code null as nothing")]),
        (["007", "1E5"], TYPED, "name: acme\n", []),
        (["春天", "007"], "", "name: acme\n", []),
    ],
    ids=[
        "twice",
        "zeros",
        "another seed's type",
        "typed",
        "typed by the folder",
        "no zeros",
        "texts",
        "none",
        "twice, with blanks",
        "an exponent",
        "a percentage",
        "decimals",
        "a boolean",
        "a null",
        "an exponent, typed",
        "Chinese",
    ],
)
def test_codes_of_a_pool(
    tmp_path: Path, codes: list[str], yml: str, dbt_project: str, wanted: list[tuple[int, str]]
) -> None:
    (tmp_path / "models" / "journeys").mkdir(parents=True)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "dbt_project.yml").write_text(dbt_project)
    model = "select code from {{ ref('spring_codes') }}\n"
    (tmp_path / "models" / "journeys" / "coupons_spring.sql").write_text(model)
    (tmp_path / "seeds" / "spring_codes.csv").write_text("\n".join(["code", *codes, ""]))
    (tmp_path / "seeds" / "_seeds.yml").write_text(yml)
    found = list(check_pools(RawProject(tmp_path)))
    assert [(one.line, one.message) for one in found] == wanted
    assert {one.file for one in found} <= {"seeds/spring_codes.csv"}
