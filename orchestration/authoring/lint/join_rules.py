"""Rule ``cross_join``: two relations are joined by something that both have."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.query import Query

FIX = "join on a column of both sides, or ask with contact_id in (select contact_id from ...)"


def check_cross_joins(query: Query) -> Iterator[Finding]:
    """``cross_join``: no join pairs every row with every row."""
    tree = query.qualified if query.qualified is not None else query.tree
    for select in tree.find_all(exp.Select) if tree is not None else ():
        for join in select.args.get("joins") or ():
            problem = _problem_of(select, join)
            if problem:
                name = join.this.name or join.alias_or_name
                message = f"joins {name} {problem}: every row with every row"
                yield query.finding("cross_join", message, FIX, *_words(join), f"'{name}'", name)


def _problem_of(select: exp.Select, join: exp.Join) -> str:
    """What is wrong with a join, in words; '' when nothing is."""
    if not isinstance(join.this, exp.Table | exp.Subquery) or isinstance(join.this.this, exp.Func):
        return ""  # what a function makes of each row
    if join.kind == "CROSS" or join.method == "POSITIONAL":
        return f"by {(join.kind or join.method).lower()} join"
    if join.args.get("using") or join.method == "NATURAL":
        return ""
    on = join.args.get("on")
    if on is None and (join.kind or join.side):
        return "without a condition"
    where = select.args.get("where")
    conditions = [on] if on is not None else [where.this] if where is not None else []
    if any(
        _links(part, join.alias_or_name) for condition in conditions for part in parts_of(condition)
    ):
        return ""
    return "without a condition" if on is None else f"on {on.sql('duckdb')}, which does not link it"


def parts_of(condition: exp.Expression) -> list[exp.Expression]:
    """What must all hold for a condition to hold."""
    inner = condition.unnest()
    return [part.unnest() for part in inner.flatten()] if isinstance(inner, exp.And) else [inner]


def _links(part: exp.Expression, name: str) -> bool:
    """True when a part asks of the joined relation and of another one."""
    tables = [column.table for column in part.find_all(exp.Column)]
    if "" in tables:
        return len(tables) > 1
    return name in tables and any(table != name for table in tables)


def _words(join: exp.Join) -> list[str]:
    on = join.args.get("on")
    words = [f"{join.kind} join"] if join.kind in {"CROSS", "POSITIONAL"} else []
    return words + ([f"on {on.sql('duckdb')}"] if on is not None else [])
