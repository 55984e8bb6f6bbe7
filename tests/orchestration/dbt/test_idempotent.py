"""An incremental model that says it is idempotent is left where it would hold what it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.orchestration.dbt.test_unchanged import UNCHANGED, Change, Small, sql

HISTORY = """{{ config(materialized='incremental', incremental_strategy='append',
    meta={'idempotent': true}, pre_hook="{{ forget() }}") }}
select id, '{{ var("as_of") }}' as first_at from {{ source('raw', 'people') }}
{% if is_incremental() %}where id not in (select id from {{ this }}){% endif %}"""
FORGET = """{% macro forget() %}{% set gone = ref('gone') %}{% if is_incremental() %}
delete from {{ this }} where first_at > '{{ var("as_of") }}' or id in (select id from {{ gone }})
{% endif %}{% endmacro %}"""
DAYS = ["2026-06-01", "2026-06-02", "2026-06-03"]


class Company(Small):
    """With a history, whose hook reads what its SQL does not."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.execute("create table raw.gone as select 9 as id")
        self.write("models/gone.sql", "select id from raw.gone")
        self.write("models/history.sql", HISTORY)
        self.write("macros/forget.sql", FORGET)
        self.relations = {
            "model.sluice.gone": ("main", "gone"),
            "source.sluice.raw.people": ("raw", "people"),
        }
        for _ in range(2):  # the second adds nothing
            self.day(DAYS[1])

    def day(self, day: str, other: str = "1") -> str:
        """What became of the history."""
        self.moment, self.variables = day, f"{{as_of: '{day}', other: {other}}}"
        return self.build()["history"]

    def rows(self) -> list[tuple[object, ...]]:
        return self.execute("select * from history order by all")


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path / "company")


def test_a_later_day_leaves_it(company: Company) -> None:
    held = company.rows()
    assert [company.day(day) for day in (DAYS[1], DAYS[2], DAYS[2])] == [UNCHANGED] * 3
    assert company.rows() == held == [(id, DAYS[1]) for id in (1, 2, 3)]


def test_an_earlier_day_builds_it(company: Company) -> None:
    assert company.day(DAYS[0]) == "success"
    assert company.rows() == [(id, DAYS[0]) for id in (1, 2, 3)]
    assert company.day(DAYS[2]) == UNCHANGED


def test_other_variables_build_it(company: Company) -> None:
    assert company.day(DAYS[1], other="2") == "success"
    assert company.day(DAYS[1], other="2") == UNCHANGED


@pytest.mark.parametrize(
    ("change", "ids"),
    [
        (sql("insert into raw.people values (4, 'Mia', 'de')"), {1, 2, 3, 4}),
        (sql("insert into raw.gone values (3); delete from raw.people where id = 3"), {1, 2}),
        (sql("insert into raw.gone values (8)"), {1, 2, 3}),
        (sql("delete from history where id = 2"), {1, 2, 3}),
        (sql("drop table history"), {1, 2, 3}),
        (
            lambda company: company.write("models/history.sql", HISTORY.replace("id,", "id ,")),
            {1, 2, 3},
        ),
    ],
    ids=["a row more", "a hook's table", "of nobody", "its own rows", "it is gone", "edited"],
)
def test_what_it_is_made_of_builds_it(company: Company, change: Change, ids: set[int]) -> None:
    change(company)
    assert company.day(DAYS[2]) == "success"
    assert {row[0] for row in company.rows()} == ids
    held = company.rows()
    company.build(keeps=False)
    assert company.rows() == held


def test_a_hook_that_names_what_nobody_knows_builds_it(company: Company) -> None:
    del company.relations["model.sluice.gone"]
    (company.folder / "built.json").unlink()
    assert [company.day(DAYS[2]) for _ in range(2)] == ["success"] * 2


def test_who_does_not_say_so_is_built(company: Company) -> None:
    company.write("models/history.sql", HISTORY.replace("meta={'idempotent': true}, ", ""))
    assert [company.day(DAYS[2]) for _ in range(2)] == ["success"] * 2
