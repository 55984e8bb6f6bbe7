"""Rule ``consent``: whoever is synced to a destination that asks for a consent of its own, such as
ads, has given it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from sluice.models.errors import ConfigurationError
from sluice.orchestration.authoring.lint.catalog import Catalog
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.join_rules import parts_of
from sluice.orchestration.authoring.lint.query import Query

CONSENTS = "contact_consents"
Consent = tuple[str, str]
Ctes = Mapping[str, exp.Expression]


def check_consent(query: Query) -> Iterator[Finding]:
    """``consent``: every row of a sync to such a destination comes from a select bound to the
    consent: by ``where``, by an inner join, or by a model that is bound itself.
    """
    if query.contract.kind != "sync" or query.tree is None:
        return
    destination = str(query.meta.get("destination", ""))
    consent = _consent_of(destination)
    tree = query.qualified if query.qualified is not None else query.tree
    if consent is None or _is_bound(tree, consent, query.catalog, {}):
        return
    channel, purpose = consent
    message = (
        f"{destination} asks for consent to {purpose} by {channel}, and not every row is bound"
        " to it"
    )
    fix = (
        f"add where {{{{ consented_to('{channel}', '{purpose}') }}}} to the select that gives the"
        " contacts, outside of or and not"
    )
    yield query.finding("consent", message, fix, CONSENTS, "where", "from")


def _consent_of(destination: str) -> Consent | None:
    from sluice.activations.destinations import registry

    try:
        return registry.entry(destination).consent
    except ConfigurationError:
        return None  # a destination there is none of is a finding of another rule


def _is_bound(tree: exp.Expression, consent: Consent, catalog: Catalog, ctes: Ctes) -> bool:
    """True when each row of a query is of somebody who consented."""
    if isinstance(tree, exp.Subquery):
        return _is_bound(tree.this, consent, catalog, ctes)
    with_ = tree.args.get("with_") or tree.args.get("with")
    for cte in with_.expressions if with_ is not None else ():
        ctes = {**ctes, cte.alias.lower(): cte.this}
    if isinstance(tree, exp.Union):
        return all(_is_bound(side, consent, catalog, ctes) for side in (tree.left, tree.right))
    if isinstance(
        tree, exp.SetOperation
    ):  # of an intersection, or of all but some, the left side is enough
        return _is_bound(tree.left, consent, catalog, ctes)
    return isinstance(tree, exp.Select) and _is_select_bound(tree, consent, catalog, ctes)


def _is_select_bound(select: exp.Select, consent: Consent, catalog: Catalog, ctes: Ctes) -> bool:
    conditions = [select.args["where"].this] if select.args.get("where") else []
    joins = [
        join
        for join in select.args.get("joins") or ()
        if not join.side and join.kind in {"", "INNER"}
    ]
    conditions += [join.args["on"] for join in joins if join.args.get("on") is not None]
    parts = [part for condition in conditions for part in parts_of(condition)]
    if any(_asks(part, consent, catalog, ctes) for part in parts):
        return True
    is_kept = not any(join.side in {"RIGHT", "FULL"} for join in select.args.get("joins") or ())
    source = select.args.get("from_") or select.args.get("from")
    sources = ([source.this] if source is not None and is_kept else []) + [
        join.this for join in joins if _links(join, parts)
    ]
    return any(_is_source_bound(one, parts, consent, catalog, ctes) for one in sources)


def _asks(part: exp.Expression, consent: Consent, catalog: Catalog, ctes: Ctes) -> bool:
    """``contact_id in (select ... )`` of people who consented."""
    asked = part.args.get("query") if isinstance(part, exp.In) else None
    is_of_contact = (
        asked is not None
        and isinstance(part.this, exp.Column)
        and part.this.name.lower() == "contact_id"
    )
    return is_of_contact and _is_bound(asked, consent, catalog, ctes)


def _links(join: exp.Join, parts: list[exp.Expression]) -> bool:
    """True when the join is by contact_id on both sides."""
    if any(name.name.lower() == "contact_id" for name in join.args.get("using") or ()):
        return True
    sides = [
        {column for column in part.find_all(exp.Column)}
        for part in parts
        if isinstance(part, exp.EQ)
    ]
    return any(
        {column.name.lower() for column in side} == {"contact_id"}
        and join.alias_or_name in {column.table for column in side}
        for side in sides
    )


def _is_source_bound(
    source: exp.Expression,
    parts: list[exp.Expression],
    consent: Consent,
    catalog: Catalog,
    ctes: Ctes,
) -> bool:
    if not isinstance(source, exp.Table):
        return _is_bound(source, consent, catalog, ctes)
    if not source.db and source.name.lower() in ctes:
        name = source.name.lower()
        return _is_bound(
            ctes[name],
            consent,
            catalog,
            {other: tree for other, tree in ctes.items() if other != name},
        )
    if source.name.lower() == CONSENTS:
        return _grants(source.alias_or_name, parts) >= {
            ("channel", consent[0]),
            ("purpose", consent[1]),
            ("status", "granted"),
        }
    node = catalog.relation(source)
    tree = catalog.tree(node) if node is not None and node["resource_type"] == "model" else None
    return tree is not None and _is_bound(tree, consent, catalog, {})


def _grants(alias: str, parts: list[exp.Expression]) -> set[tuple[str, str]]:
    """The columns of a relation that must equal a text."""
    found = set()
    for part in parts:
        if isinstance(part, exp.EQ):
            column, text = (
                (part.left, part.right)
                if isinstance(part.left, exp.Column)
                else (part.right, part.left)
            )
            if (
                isinstance(column, exp.Column)
                and isinstance(text, exp.Literal)
                and column.table in {"", alias}
            ):
                found.add((column.name.lower(), text.this))
    return found
