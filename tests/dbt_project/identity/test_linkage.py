"""The probabilistic layer: what it joins, what it must not, and that it answers the same for the
same records.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import duckdb
import pandas as pd
import pytest

from sluice.linkage import LinkageConfig, link
from sluice.linkage.clusters import Clusters, births_are_near, grow
from sluice.linkage.reuse import digest, edges_of_today

COLUMNS = (
    "source", "full_name", "given_name", "surname", "email", "phone", "birth_date", "national_id", "address", "city", "province",
    "postcode", "company", "job_title", "unionid",
)  # fmt: skip
SYLLABLES = (
    "an",
    "bel",
    "cor",
    "dan",
    "el",
    "fer",
    "gus",
    "hel",
    "in",
    "jo",
    "kar",
    "lu",
    "mar",
    "nor",
    "os",
    "per",
)
STREETS = (
    "birch lane",
    "station road",
    "mill street",
    "church hill",
    "market square",
    "river walk",
    "park avenue",
)


def people(count: int, seed: int = 7) -> list[dict[str, object]]:
    """People with two records each; the second has a typing error in the name, and half of them
    another street number.
    """
    chance = random.Random(seed)
    rows: list[dict[str, object]] = []
    for number in range(count):
        given, family = ("".join(chance.choice(SYLLABLES) for _ in range(3)) for _ in range(2))
        born = f"{chance.randint(1940, 2004)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        street = f"{chance.randint(1, 90)} {chance.choice(STREETS)}"
        place = {
            "city": chance.choice(["linz", "graz", "wels", "krems"]),
            "postcode": str(chance.randint(1000, 9999)),
        }
        first = {
            "given_name": given,
            "surname": family,
            "birth_date": born,
            "address": street,
            **place,
        }
        typo = family[:2] + family[3:]
        rows += [{**first, "person": number}, {**first, "surname": typo, "person": number}]
    for key, row in enumerate(rows):
        row |= {"record_key": key, "component_id": key}
    return rows


def table(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, object]]) -> None:
    frame = pd.DataFrame(rows)
    for column in COLUMNS:
        frame[column] = (
            frame[column] if column in frame else pd.Series(None, index=frame.index)
        ).astype("string")
    keys = ["record_key", "component_id"]
    connection.register("given_rows", frame.reindex(columns=[*keys, *COLUMNS]))
    typed = "record_key::bigint as record_key, component_id::bigint as component_id"
    connection.execute(
        f"create or replace table records as select * replace ({typed}) from given_rows"
    )


def what_is_there(connection: duckdb.DuckDBPyConnection) -> set[str]:
    tables = (
        "select table_name from duckdb_tables() union all select view_name from duckdb_views()"
        " where not internal"
    )
    return {str(name) for (name,) in connection.execute(tables).fetchall()}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set threads = 2")
        yield opened


def test_finds_who_the_rules_left_apart_and_leaves_nothing_behind(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = people(200)
    table(connection, rows)
    before = what_is_there(connection)
    edges = link(connection, "records")
    assert what_is_there(connection) == before
    person = [row["person"] for row in rows]
    edges = edges[edges["is_joining"]]
    right = [
        person[a] == person[b]
        for a, b in zip(edges["record_key_a"], edges["record_key_b"], strict=True)
    ]
    assert sum(right) >= 195
    assert len(right) - sum(right) <= 2
    assert edges["explanation"].str.contains("birth date").all()
    assert not edges["explanation"].str.contains(str(rows[0]["surname"])).any()


def test_same_records_in_another_order_give_the_same_edges(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = people(60)
    table(connection, rows)
    first, name = link(connection, "records"), digest(connection, "records")
    table(connection, random.Random(1).sample(rows, len(rows)))
    assert digest(connection, "records") == name
    pd.testing.assert_frame_equal(link(connection, "records"), first)


BAD = {
    "no record": [],
    "one record": [{"full_name": "王芳"}],
    "nothing filled": [{} for _ in range(30)],
    "a name of a megabyte": [
        {"full_name": "x" * 1_000_000 if n == 3 else f"name {n}", "city": "linz"} for n in range(30)
    ],
    "all alike": [{"full_name": "ann lee", "city": "linz"} for _ in range(300)],
    "odd characters": [
        {"full_name": 'O\'Brien "q" 🌸 𠮷 \\ %', "company": "';drop table records;--"}
        for _ in range(30)
    ],
}


@pytest.mark.parametrize("case", BAD)
def test_bad_records_give_no_error(connection: duckdb.DuckDBPyConnection, case: str) -> None:
    rows = [{**row, "record_key": key, "component_id": key} for key, row in enumerate(BAD[case])]
    table(connection, rows or [{"record_key": 0, "component_id": 0}])
    if not rows:
        connection.execute("delete from records")
    assert list(link(connection, "records").columns) == [
        "record_key_a", "record_key_b", "match_weight", "match_probability", "explanation",
        "is_joining",
    ]  # fmt: skip


def test_edges_of_the_last_run_are_kept_while_the_records_are_the_same(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    table(connection, people(40))
    first = edges_of_today(connection, "edges", "records")
    connection.register("first", first)
    connection.execute("create table edges as select * from first")
    monkeypatch.setattr("sluice.linkage.api.link", lambda *_: pytest.fail("trained again"))
    pd.testing.assert_frame_equal(edges_of_today(connection, "edges", "records"), first)


def test_a_missing_extra_says_what_to_install_or_switch_off(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    table(connection, people(5))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match="probabilistic_linkage: false"):
        link(connection, "records")


@pytest.mark.parametrize(
    ("a", "b", "is_near"),
    [
        ("1980-05-06", "1980-05-06", True), ("1980-05-06", "1980-06-05", True), ("1980-05-06", "1981-05-06", True),
        ("1980-05-06", "1980-05-16", True), ("1980-05-06", "1980-06-07", True), ("1980-05-06", "1971-11-23", False),
        ("1980-05-06", "1992-05-16", False),
    ],
)  # fmt: skip
def test_birth_dates_near_each_other_do_not_contradict(a: str, b: str, is_near: bool) -> None:
    assert births_are_near(a, b) is is_near


def joined(
    values: dict[int, list[set[str]]], pairs: list[tuple[int, int, float]], **settings: float
) -> int:
    import numpy as np

    clusters = Clusters(np.array(sorted({node for a, b, _ in pairs for node in (a, b)})))
    clusters.values = values
    clusters.add_evidence(pairs)
    a, b, weights = (np.array(column) for column in zip(*pairs, strict=True))
    return len(grow(clusters, a, b, np.argsort(-weights), LinkageConfig(**settings)))  # type: ignore[arg-type]


def test_two_unionids_are_never_joined_and_two_birth_dates_need_more_evidence() -> None:
    pair = [(1, 2, 3.0)]
    assert joined({}, pair) == 1
    assert joined({1: [{"u1"}, set()], 2: [{"u2"}, set()]}, [(1, 2, 12.0)]) == 0
    births: dict[int, list[set[str]]] = {1: [set(), {"1980-05-06"}], 2: [set(), {"1971-11-23"}]}
    assert joined(births, pair) == 0
    assert joined(births, [(1, 2, 11.0)]) == 1


def test_one_lucky_pair_does_not_join_two_crowds_and_no_cluster_grows_over_its_size() -> None:
    """Two clusters of three; a weak pair between them is outweighed by the eight pairs that nothing
    suggested.
    """
    within = [(1, 2, 9.0), (2, 3, 9.0), (1, 3, 9.0), (4, 5, 9.0), (5, 6, 9.0), (4, 6, 9.0)]
    assert joined({}, [*within, (3, 4, 2.0)]) == 4
    assert joined({}, within, max_cluster_size=2) == 2
