"""How common a value is: agreeing on a rare one says more. Counted so that a person's own copies do not make it common."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pyarrow as pa
from duckdb import DuckDBPyConnection

if TYPE_CHECKING:
    from splink import Linker


def register_frequencies(
    linker: "Linker", worker: DuckDBPyConnection, people: Callable[[str], dict[int, int]]
) -> None:
    """Gives Splink the frequency of every value of the columns whose rarity counts, by the model's present u.

    `people` gives, for a comparison, whom each component is taken for by all other comparisons.
    """
    linker.table_management.invalidate_cache()
    for column, (chance, comparison) in sorted(_chances(linker).items()):
        register_people(worker, people(comparison))
        count_values(worker, column, chance)
        held = linker._db_api.register(f"frequency_{column}")
        linker.table_management.register_term_frequency_lookup(held, column)


def _chances(linker: "Linker") -> dict[str, tuple[float, str]]:
    """Per column the chance that two strangers agree exactly, and the comparison it is in."""
    made: dict[str, tuple[float, str]] = {}
    for comparison in linker._settings_obj.core_model_settings.comparisons:
        for level in comparison._comparison_levels_excluding_null:
            if level._tf_adjustment_input_column is not None:
                u = level.u_probability
                made.setdefault(
                    level._tf_adjustment_input_column.input_name.strip('"'),
                    (u if isinstance(u, float) else 1e-4, comparison.output_column_name),
                )
    return made


def register_people(worker: DuckDBPyConnection, person_of: dict[int, int]) -> None:
    """Creates the table `people`: whom each component is taken for at present."""
    rows = pa.table({"component_id": list(person_of), "person": list(person_of.values())})
    worker.register("people_now", rows)
    worker.execute("create or replace table people as select * from people_now")
    worker.unregister("people_now")


def count_values(worker: DuckDBPyConnection, column: str, chance: float) -> None:
    """Creates the table of the chance that a stranger has the value: its people but the two that ask, smoothed.

    With n people (table `people`) that have it, of N with any, and a chance u that strangers agree:
    (n - 2 + 1) / (N + 1 / u), the mean of a frequency that was u before looking. Counting records would make a much
    recorded person's name common.
    """
    worker.execute(f"""
        create or replace table frequency_{column} as
        with held as (select {column}, count(distinct person) as n
            from features join people using (component_id) where {column} is not null group by {column})
        select {column}, greatest(n - 1, 1) / ((select sum(n) from held) + {1 / chance!r}) as tf_{column} from held order by {column}""")
