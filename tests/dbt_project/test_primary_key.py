"""The generic test `primary_key`: what it finds in a table, by a column and by several."""

from __future__ import annotations

import duckdb
import pytest
from jinja2 import Environment

from tests.warm import ROOT

SQL = (ROOT / "dbt_project" / "tests" / "generic" / "primary_key.sql").read_text()
ROWS = "(values (1, 'a'), (1, 'b'), (2, null), (3, 'c'), (3, 'c')) as t (n, word)"


def faults(arguments: str) -> list[tuple[object, ...]]:
    as_macro = SQL.replace("{% test ", "{% macro ").replace("{% endtest %}", "{% endmacro %}")
    code = Environment().from_string(as_macro + "{{ primary_key(" + arguments + ") }}").render()
    return sorted(duckdb.connect().sql(code).fetchall(), key=str)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("column_name='n'", [(1, 2), (3, 2)]),
        ("column_name='word'", [("c", 2), (None, 1)]),
        ("columns=['n', 'word']", [(2, None, 1), (3, "c", 2)]),
    ],
)
def test_what_is_null_or_there_twice_is_found(
    arguments: str, found: list[tuple[object, ...]]
) -> None:
    assert faults(f'model="{ROWS}", {arguments}') == found
