"""Errors of a warehouse quote rows: their words are kept, the values are not."""

from __future__ import annotations

import duckdb
import pytest

from sluice.orchestration.dbt.error_text import HIDDEN, without_values

PEOPLE = """create table people as
    select 'ann@shop.example' as email, 'O''Brien' as name, 13800138000 as phone, e'two\n\nLINE 1: x' as note"""
SPEAKING = {
    "conversion": "select cast(email as bigint) from people",
    "quote in the value": "select cast(name as integer) from people",
    "lines in the value": "select cast(note as date) from people",
    "number out of range": "select cast(phone as integer) from people",
    "duplicate key": (
        "create table keyed (email varchar primary key); insert into keyed select email from"
        " people, range(2)"
    ),
    "format of a date": "select strptime(email, '%Y') from people",
    "raised": "select error(email) from people",
}
VALUES = ("ann@", "shop.example", "Brien", "13800138000", "two", "LINE 1: x")


@pytest.mark.parametrize("sql", SPEAKING.values(), ids=list(SPEAKING))
def test_an_error_of_a_row_names_no_value(sql: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(PEOPLE)
        with pytest.raises(duckdb.Error) as caught:
            connection.execute(sql).fetchall()
    reported = without_values(
        f"Runtime Error in model sync_crm (models/activation/sync_crm.sql)\n  {caught.value}"
    )
    assert not [value for value in VALUES if value in reported]
    assert reported.startswith("Runtime Error in model sync_crm (models/activation/sync_crm.sql)")


def test_postgres_names_no_value() -> None:
    reported = without_values(
        "Database Error in model m (m.sql)\n  duplicate key value\n  DETAIL:  Key"
        " (email)=(ann@shop.example) exists."
    )
    assert (
        reported == "Database Error in model m (m.sql)\n  duplicate key value\n  DETAIL:  Key"
        f" (email){HIDDEN} exists."
    )


@pytest.mark.parametrize("sql", ["select emial from people", "select * from peple", "select 1 +"])
def test_an_error_of_a_name_is_told_as_it_is(sql: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(PEOPLE)
        with pytest.raises(duckdb.Error) as caught:
            connection.execute(sql)
    assert without_values(str(caught.value)) == str(caught.value)
    assert (
        without_values("Got 2 results, configured to fail if != 0")
        == "Got 2 results, configured to fail if != 0"
    )
