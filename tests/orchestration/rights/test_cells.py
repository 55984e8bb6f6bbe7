"""Which rows of a table are somebody's who was erased: by key, by identifier, in a document; a
mention is no row.
"""

from __future__ import annotations

import json

import duckdb
import pytest

from sluice.activations.erasure import EMAIL, PHONE, ErasedKeys, hashes_of
from sluice.orchestration.rights.cells import CellKind, find_theirs, masked, reading

SECRET = b"s" * 32
OWN_ID, OF_LOG = CellKind("orders", "buyer", "", "shop"), CellKind("log", "who", "system", "shop")
ERASED = ErasedKeys(
    SECRET,
    frozenset(
        [
            *hashes_of(SECRET, EMAIL, "ann@shop.example"),
            *hashes_of(SECRET, PHONE, "+8613912345876"),
            *hashes_of(SECRET, str(OWN_ID), "12"),
            *hashes_of(SECRET, str(OF_LOG), "12"),
        ]
    ),
)


def theirs(table: str, columns: dict[str, str], rows: str) -> list[int]:
    """The numbers (``n``) of the rows that are of the person."""
    with duckdb.connect() as connection:
        connection.execute(f"create table {table} as {rows}")
        known = {name: (f'"{name}"', kind) for name, kind in columns.items()}
        found = find_theirs(
            lambda sql: connection.execute(sql).fetchall(), table, table, known, ERASED
        )
        where = found.condition({name: quoted for name, (quoted, _) in known.items()})
        rows_found = connection.execute(f"select n from {table} where {where} order by n")
        return [int(row[0]) for row in rows_found.fetchall()]


def test_a_small_number_is_an_id_in_its_own_column_alone() -> None:
    rows = "select * from (values (1, 12, 1), (2, 13, 12), (3, null, 12)) as t (n, buyer, quantity)"
    assert theirs("orders", {"buyer": "integer", "quantity": "integer"}, rows) == [1]


def test_an_id_beside_its_source_counts_for_that_source() -> None:
    rows = (
        "select * from (values (1, 'Shop ', '12'), (2, 'crm', '12'), (3, 'shop', '13'), (4, null, '12'))"
        " as t (n, system, who)"
    )
    assert theirs("log", {"system": "varchar", "who": "varchar"}, rows) == [1]


def test_rows_of_an_address_in_any_column_and_in_documents() -> None:
    document = json.dumps({"user": {"mail": "ANN@shop.example", "tags": ["x"]}})
    rows = f"""select * from (values (1, 'Ann@Shop.example'), (2, '139 1234 5876'), (3, '{document}'),
        (4, 'call ann@shop.example'), (5, null), (6, ''), (7, 'it''s "quoted"')) as t (n, text)"""
    assert theirs("anything", {"text": "varchar"}, rows) == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("ann@shop.example", "row"),
        ('{"a": [{"b": "ann@shop.example"}]}', "row"),
        ('{"a": "ask ann@shop.example"}', "row"),
        ("ask ann@shop.example", "mention"),
        ("{not json ann@shop.example", "mention"),
        ('{"a": 1}', ""),
        ("[]", ""),
        ("nobody", ""),
    ],
)
def test_how_a_text_is_read(text: str, how: str) -> None:
    assert reading(text, ERASED) == how


def test_a_quarantined_row_is_known_by_the_id_in_its_column() -> None:
    assert reading('{"buyer": 12, "at": "never"}', ERASED, "orders", [OWN_ID]) == "row"
    assert reading('{"quantity": 12, "buyer": 7}', ERASED, "orders", [OWN_ID]) == ""


def test_only_the_mention_is_masked() -> None:
    text = "ask ann@shop.example, not bo@shop.example"
    assert masked(text, ERASED) == f"ask {'*' * 16}, not bo@shop.example"


@pytest.mark.parametrize("kind", [OWN_ID, OF_LOG, CellKind("a", "b", "c", "d=e:f")])
def test_a_kind_is_read_as_it_was_written(kind: CellKind) -> None:
    assert CellKind.read(str(kind)) == kind
