"""What gives another answer each time it is asked: clocks, dice and samples. A run must be
replayable for any day.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sluice.orchestration.authoring.lint.findings import words

TIMES = (
    exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.CurrentDatetime,
    exp.CurrentTimestampLTZ, exp.Localtime,
    exp.Localtimestamp, exp.UtcDate, exp.UtcTime, exp.UtcTimestamp,
)  # fmt: skip
DICE = (exp.Rand, exp.Randn, exp.Uuid, exp.TableSample)
TIME_NAMES = words(
    """now today getdate getutcdate sysdate systimestamp clock_timestamp statement_timestamp
    transaction_timestamp timeofday
    get_current_timestamp get_current_time current_localtime current_localtimestamp current_date
    current_time current_timestamp
    localtime localtimestamp unix_timestamp"""
)
DICE_NAMES = words(
    "random rand randn uuid uuidv4 uuidv7 gen_random_uuid generate_uuid newid setseed nextval"
)
WITHOUT_BRACKETS = words(
    "current_date current_time current_timestamp localtimestamp localtime tablesample"
)
SPELLINGS = (
    *(f"{name}(" for name in sorted(TIME_NAMES | DICE_NAMES)),
    *sorted(WITHOUT_BRACKETS),
    "using sample",
)
TIME_TEXTS = words("now today tomorrow yesterday")


def clocks_of(tree: exp.Expression) -> Iterator[str]:
    """The name of every clock, die and sample in a tree."""
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            if node.name.lower() in TIME_NAMES | DICE_NAMES:
                yield f"{node.name.lower()}()"
        elif isinstance(node, TIMES):
            yield f"{node.sql_name().lower()}"
        elif isinstance(node, DICE):
            yield (
                "a sample of the rows"
                if isinstance(node, exp.TableSample)
                else f"{node.sql_name().lower()}()"
            )
        elif (
            isinstance(node, exp.Literal)
            and node.is_string
            and isinstance(node.parent, exp.Cast)
            and node.name.lower() in TIME_TEXTS
        ):
            yield f"'{node.name}'"


def clock_fix(name: str) -> str:
    """What to write in its place."""
    is_die = name.startswith(("rand", "uuid", "a sample", "gen_", "set", "next"))
    return (
        "take a share by a hash of contact_id: sluice.hash_bigint()"
        if is_die
        else "use {{ sluice.as_of() }}, the logical time of the run"
    )
