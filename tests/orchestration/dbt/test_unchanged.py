"""A build that leaves what is unchanged holds what a build of everything holds."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from sluice.orchestration.dbt import quick
from sluice.orchestration.dbt.contents import digest
from sluice.orchestration.dbt.executing import executing
from sluice.orchestration.dbt.unchanged import UNCHANGED, Kept, is_kept
from tests.conftest import WARM

FILES = {
    "dbt_project.yml": (
        "{name: sluice, profile: small, flags: {send_anonymous_usage_stats: false},"
        " models: {+materialized: table}}"
    ),
    "profiles.yml": "small: {target: d, outputs: {d: {type: duckdb, path: FILE, threads: 2}}}",
    "macros/pin.sql": "{% macro pin_time_zone() %}set timezone = 'UTC'{% endmacro %}",
    "seeds/countries.csv": "country,name\ncn,China\nde,Germany\n",
    "models/sources.yml": (
        "sources: [{name: raw, tables: [{name: people}, {name: orders}]}]\n"
        "models: [{name: people, data_tests: [{unique: {column_name: id}}]}]\n"
    ),
    "models/stg_people.sql": (
        "{{ config(materialized='view') }} select id, lower(name) as name, country"
        " from {{ source('raw', 'people') }}"
    ),
    "models/people.sql": (
        "select p.*, c.name as land from {{ ref('stg_people') }} as p"
        " left join {{ ref('countries') }} as c using (country)"
    ),
    "models/orders.sql": (
        "with one as (select id, sum(amount) as total from {{ source('raw', 'orders') }} group by 1)"
        " select * from one where total > {{ var('least', 0) }}"
    ),
    "models/joined.sql": (
        "{{ config(pre_hook='{{ sluice.pin_time_zone() }}') }} select p.id, p.land, o.total"
        " from {{ ref('people') }} as p join {{ ref('orders') }} as o using (id)"
    ),
    "models/known.sql": (
        "{{ config(materialized='incremental') }} select id, total from {{ ref('joined') }}"
        " {% if is_incremental() %} where id not in (select id from {{ this }}) {% endif %}"
    ),
    "models/count.sql": "select count(*) as n, sum(total) as total from {{ ref('known') }}",
    "macros/asks.sql": (
        "{% macro asks(name) %}{{ adapter.get_relation(none, 'main', name) is none }}{% endmacro %}"
    ),
    "models/asking.sql": "select {{ asks('countries') }} as is_missing",
    "models/started.sql": "select '{{ run_started_at.year > 1 }}' as n",
    "models/clock.sql": "select now() as at, count(*) as n from {{ ref('people') }}",
    "models/of_file.sql": "select * from read_csv('EXTRA') join {{ ref('countries') }} on true",
}
ROWS = {
    "people": "(1, 'Anna', 'de'), (2, 'Li', 'cn'), (3, 'Wang', 'cn')) as t (id, name, country)",
    "orders": "(1, 10), (1, 5), (2, 7)) as t (id, amount)",
}
ALWAYS = {"known", "clock", "of_file"}
ASK_MORE = {"asking", "started"}  # of the warehouse, or of the clock, while they are compiled
OTHERS = ASK_MORE | {
    "countries",
    "stg_people",
    "people",
    "orders",
    "joined",
    "count",
    "unique_people_id",
}
Change = Callable[["Small"], None]


class Small:
    """The project in ``folder``; each build says what became of each node, and ``compiled`` is whom
    it made the SQL of.
    """

    def __init__(self, folder: Path, template: Path | None = None) -> None:
        self.folder, self.variables = folder, "{}"
        self.moment = ""
        self.relations: dict[str, tuple[str, str]] = {}
        self.texts: dict[str, str] = {}
        self.compiled: set[str] = set()
        if template is not None:
            shutil.copytree(template, folder)
        for name, text in FILES.items():
            self.write(name, text)
        if template is None:
            self.write("extra.csv", "x\n1\n")
            for name, rows in ROWS.items():
                self.execute("create schema if not exists raw")
                self.execute(f"create table raw.{name} as select * from (values {rows}")

    def write(self, name: str, text: str) -> None:
        self.texts[name] = text
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        text = text.replace("path: FILE", f"path: '{self.folder / 'w.duckdb'}'")
        (self.folder / name).write_text(text.replace("EXTRA", str(self.folder / "extra.csv")))

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / "w.duckdb")) as connection:
            return connection.execute(sql).fetchall()

    def build(self, *, keeps: bool = True) -> dict[str, str]:
        """``{node: unchanged, or its status}``."""
        from dbt.cli.main import dbtRunner

        from sluice.orchestration.dbt.connection import close_duckdb

        quick.install(WARM.templates)
        files = digest([self.texts[one] for one in FILES])
        flags = ["--project-dir", self.folder, "--profiles-dir", self.folder, "--quiet"]
        flags += ["--target-path", self.folder / "target", "--log-level", "none"]
        kept = Kept(self.folder / "built.json", "", files, self.moment, self.relations)
        try:
            with executing(kept) if keeps else nullcontext():
                outcome = dbtRunner().invoke(["build", "--vars", self.variables, *map(str, flags)])
        finally:
            close_duckdb()
        assert outcome.result is not None, outcome.exception
        found, self.compiled = {}, set()
        for result in outcome.result.results:
            if getattr(result.node, "compiled", False):
                self.compiled.add(result.node.name)
            is_left = result.message == UNCHANGED
            found[result.node.name] = UNCHANGED if is_left else str(result.status)
        return found

    def holds(self) -> dict[str, Any]:
        """All rows of all relations, but for the clock."""
        names = [
            "countries",
            "stg_people",
            "people",
            "orders",
            "joined",
            "known",
            "count",
            "of_file",
        ]
        there = {
            name for (name,) in self.execute("select table_name from information_schema.tables")
        }
        return {
            name: self.execute(f"select * from {name} order by all") if name in there else None
            for name in names
        }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built twice: the incremental model has found its own rows."""
    one = Small(tmp_path_factory.mktemp("small"))
    assert set(one.build().values()) == {"success", "pass"}
    one.build()
    return one.folder


@pytest.fixture
def small(tmp_path: Path, template: Path) -> Small:
    return Small(tmp_path / "small", template)


def built(found: dict[str, str]) -> set[str]:
    return {name for name, status in found.items() if status != UNCHANGED}


def test_nothing_changed(small: Small) -> None:
    held = small.holds()
    found = small.build()
    assert built(found) == ALWAYS
    assert set(found) == ALWAYS | OTHERS
    assert small.holds() == held
    assert small.compiled == ALWAYS | ASK_MORE


def test_a_variable_compiles_who_asks_for_it(small: Small) -> None:
    small.variables = "{least: 0, other: 1}"
    assert built(small.build()) == ALWAYS
    assert small.compiled == ALWAYS | ASK_MORE | {"orders"}


def test_other_rows_compile_who_reads_them(small: Small) -> None:
    small.execute("insert into raw.orders values (3, 1)")
    small.build()
    assert small.compiled == ALWAYS | ASK_MORE | {"orders", "joined", "count"}


def test_an_edit_compiles_all(small: Small) -> None:
    small.write("models/people.sql", FILES["models/people.sql"] + " ")
    assert built(small.build()) == ALWAYS
    assert small.compiled == ALWAYS | OTHERS - {"countries"}
    small.build()
    assert small.compiled == ALWAYS | ASK_MORE


def test_a_test_compiles_where_it_did_not_pass(small: Small) -> None:
    small.execute("insert into raw.people values (1, 'Anna', 'de')")
    small.build()
    small.build()
    assert "unique_people_id" in small.compiled


def sql(statement: str) -> Change:
    return lambda small: [small.execute(one) for one in statement.split(";")] and None


def text(name: str, old: str, new: str) -> Change:
    return lambda small: small.write(name, FILES[name].replace(old, new))


def least(small: Small) -> None:
    small.variables = "{least: 8}"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(sql("insert into raw.people values (4, 'Mia', 'de')"),
                     {"stg_people", "people", "unique_people_id", "joined"}, id="a row more, that changes no more"),
        pytest.param(sql("insert into raw.orders values (3, 1)"), {"orders", "joined", "count"}, id="all below"),
        pytest.param(sql("update raw.people set name = upper(name)"), {"stg_people", "people"},
                     id="what comes out the same stops it"),
        pytest.param(sql("create or replace table raw.orders as from raw.orders order by amount desc"), set(),
                     id="another order of the rows"),
        pytest.param(sql("alter table raw.orders alter amount type double"), {"orders", "joined"}, id="another type"),
        pytest.param(sql("update people set land = 'x'"), {"people"}, id="a table somebody wrote to"),
        pytest.param(sql("update joined set land = 'x'"), {"joined"}, id="one that only incremental models read"),
        pytest.param(sql("delete from known"), set(), id="an incremental model that somebody emptied"),
        pytest.param(sql("drop table orders"), {"orders"}, id="a table that is gone"),
        pytest.param(sql("create or replace view stg_people as select id, 'x' as name, country from raw.people"),
                     {"stg_people"}, id="a view somebody made anew"),
        pytest.param(text("models/joined.sql", "o.total", "o.total + 1 as total"), {"joined"}, id="other SQL"),
        pytest.param(text("seeds/countries.csv", "Germany", "Deutschland"),
                     {"countries", "people", "unique_people_id", "joined"}, id="a seed"),
        pytest.param(text("models/sources.yml", "unique:", "not_null:"), {"not_null_people_id"}, id="another test"),
        pytest.param(least, {"orders", "joined"}, id="a variable"),
        pytest.param(text("models/people.sql", "select", "{{ config(materialized='view') }}select"),
                     {"people", "unique_people_id", "joined"}, id="another kind of relation"),
        pytest.param(lambda small: (small.folder / "built.json").write_text("{"), OTHERS, id="what is kept is broken"),
    ],
)  # fmt: skip
def test_only_what_it_reaches_is_built(small: Small, change: Change, expected: set[str]) -> None:
    change(small)
    assert built(small.build()) - ALWAYS == expected
    held = small.holds()
    small.build(keeps=False)
    assert small.holds() == held


def test_a_test_that_failed_runs_again(small: Small) -> None:
    small.execute("insert into raw.people values (1, 'Anna', 'de')")
    for _ in range(2):
        assert small.build()["unique_people_id"] == "fail"
    small.execute("delete from raw.people where id = 1")
    small.execute("insert into raw.people values (1, 'Anna', 'de')")
    assert small.build()["unique_people_id"] == "pass"


def test_a_model_that_failed_is_built_again(small: Small) -> None:
    small.write(
        "models/orders.sql", "select id, amount / cast('x' as int) as total from raw.orders"
    )
    for _ in range(2):
        assert small.build()["orders"] == "error"
    small.write("models/orders.sql", FILES["models/orders.sql"])
    assert small.build()["orders"] == "success"


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"": []}', '{"": {"a": 1}}', '{"": {"a": {"asked": ""}}}']
    + [f'{{"": {{"a": {{"asked": "", "relations": {one}, "inside": "", "result": ""}}}}}}' for one in ("1", "[1]", "[[1]]")],
)  # fmt: skip
def test_what_is_kept_in_another_shape_is_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "built.json").write_text(text)
    assert Kept(tmp_path / "built.json", "", "").nodes == {}
    (tmp_path / "folder").mkdir()
    assert Kept(tmp_path / "folder", "", "").nodes == {}


def test_other_macros_or_versions_build_all(small: Small) -> None:
    assert Kept(small.folder / "built.json", "", "").nodes
    assert not Kept(small.folder / "built.json", "others", "").nodes


@pytest.mark.parametrize(("checksum", "is_left"), [("sha256", True), ("path", False)])
def test_a_seed_whose_rows_dbt_did_not_read_is_loaded(checksum: str, is_left: bool) -> None:
    config = {"materialized": "seed", "pre_hook": [], "post_hook": []}
    seed = SimpleNamespace(
        resource_type="seed", config=config, checksum=SimpleNamespace(name=checksum)
    )
    assert is_kept(seed) is is_left


CHANGES: Sequence[str] = (
    "insert into raw.people values ({n}, 'P{n}', 'cn')",
    "insert into raw.orders values ({n} % 5, {n})",
    "delete from raw.people where id = {n}",
    "delete from raw.orders where id = {n} % 4",
    "update raw.people set country = 'de' where id = {n}",
    "update people set land = null",
    "delete from known where id = {n}",
    "drop table if exists joined",
)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "builds"), [(1, 8), pytest.param(2, 60, marks=pytest.mark.long)])
def test_any_changes_give_what_a_build_of_everything_gives(
    tmp_path: Path, template: Path, seed: int, builds: int
) -> None:
    rng = random.Random(seed)
    one, other = Small(tmp_path / "kept", template), Small(tmp_path / "all", template)
    for _ in range(builds):
        for _ in range(rng.choice([0, 1, 1, 2])):
            statement = rng.choice(CHANGES).format(n=rng.randrange(8))
            for small in (one, other):
                small.execute(statement)
        found = one.build()
        other.build(keeps=False)
        assert one.holds() == other.holds()
        assert {"success", "pass"} >= set(found.values()) - {UNCHANGED, "fail", "skipped"}
