"""The building blocks of a comparison, as Splink names its settings, and the SQL they test."""

from typing import Any

Level = dict[str, Any]


def level(sql: str, label: str, frequency_of: str | None = None) -> Level:
    """``frequency_of``: the column whose rare values say more."""
    made: Level = {"sql_condition": sql, "label_for_charts": label}
    return made | ({"tf_adjustment_column": frequency_of} if frequency_of else {})


def comparison(name: str, description: str, missing: str, *levels: Level) -> dict[str, Any]:
    null = {"sql_condition": missing, "label_for_charts": "missing", "is_null_level": True}
    other = {"sql_condition": "ELSE", "label_for_charts": "differs"}
    return {
        "output_column_name": name,
        "comparison_description": description,
        "comparison_levels": [null, *levels, other],
    }


def same(column: str) -> str:
    return f'"{column}_l" = "{column}_r"'


def missing(column: str) -> str:
    return f'"{column}_l" is null or "{column}_r" is null'


def edits(column: str, most: int) -> str:
    """Letters added, dropped, changed or swapped with the next. Swaps cost time: what cannot be
    near, by its length or without swaps (each is two changes), is not asked about them.
    """
    a, b = f'"{column}_l"', f'"{column}_r"'
    return (
        f"(abs(length({a}) - length({b})) <= {most} and levenshtein({a}, {b}) <= {2 * most}"
        f" and damerau_levenshtein({a}, {b}) <= {most})"
    )


def alike(column: str, least: float) -> str:
    return f'jaro_winkler_similarity("{column}_l", "{column}_r") >= {least}'
