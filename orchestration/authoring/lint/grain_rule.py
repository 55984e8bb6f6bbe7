"""Rule ``grain``: one row per contact, proved from the SQL."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.query import Query
from sluice.orchestration.authoring.lint.rows import Rows, SelectRows, rows_of


def check_grain(query: Query) -> Iterator[Finding]:
    """``grain``: the rows of a segment are contacts, those of a campaign messages, those of a sync
    keys: each once.
    """
    names = query.key
    if query.qualified is None or not set(names) <= {
        name.lower() for name in query.qualified.named_selects
    }:
        return  # another rule's finding
    rows = rows_of(query.qualified, query.catalog)
    if rows.is_key(names):
        return
    words, blamed = _blame(query.qualified, rows, names)
    message = f"may give several rows for one {' and '.join(names)}{words}"
    if len(names) == 1 and query.contract.kind == "segment":
        fix = (
            f"write select distinct {names[0]}, or ask with {names[0]} in (select {names[0]} from"
            " ...)"
        )
    else:
        fix = f"group by {', '.join(names)}, or join on all columns of a unique key"
    yield query.finding("grain", message, fix, *blamed)


def _blame(tree: exp.Query, rows: Rows, names: tuple[str, ...]) -> tuple[str, list[str]]:
    """The relation that has several rows, for the message, and words to find its line by."""
    select, found, wanted = tree, rows, list(names)
    while isinstance(select, exp.Select) and isinstance(found, SelectRows):
        several = found.undetermined(wanted)
        aliases = {table.alias_or_name: table for table in _sources(select)}
        if not several or several[0] not in aliases:
            break
        table = aliases[several[0]]
        inner = found.sources[several[0]]
        cte = (
            next((cte for cte in tree.ctes if cte.alias == table.name), None)
            if isinstance(table, exp.Table)
            else None
        )
        if cte is None or not isinstance(inner, SelectRows):
            return f": {table.name or several[0]} has more than one row for it", [
                f"'{table.name}'",
                table.name,
                several[0],
            ]
        wanted = [
            one.name
            for one in select.find_all(exp.Column)
            if one.table == several[0] and one.alias_or_name in wanted
        ]
        select, found = cte.this, inner
    if isinstance(select, exp.SetOperation) or isinstance(tree, exp.SetOperation):
        return ": union all keeps what both sides have", ["union all", "union"]
    return "", ["select"]


def _sources(select: exp.Select) -> list[exp.Expression]:
    from_ = select.args.get("from_")
    return [
        *([from_.this] if from_ is not None else []),
        *(join.this for join in select.args.get("joins") or ()),
    ]
