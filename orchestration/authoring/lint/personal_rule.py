"""Rule ``personal_data``: what is marked as personal reaches only columns that are marked too."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.lineage import Lineage
from sluice.orchestration.authoring.lint.query import Query


def check_personal_data(query: Query) -> Iterator[Finding]:
    """``personal_data``: a segment gives none; a sync or campaign only in columns marked in its
    yml, and where it is allowed.
    """
    if query.qualified is None:
        return
    for name, origins in Lineage(query.catalog).of_query(query.qualified).items():
        problem = _problem_of(query, name)
        if problem:
            message, fix = problem
            yield query.finding(
                "personal_data",
                f"{name} carries {', '.join(origins)}: {message}",
                fix,
                f"as {name}",
                f".{name}",
                name,
            )


def _problem_of(query: Query, name: str) -> tuple[str, str] | None:
    if not query.contract.may_hold_personal_data:
        return (
            f"a {query.contract.kind} gives no personal data",
            "give contact_id alone; where may ask of personal data",
        )
    if query.meta.get("allow_personal_data") is False:
        return (
            "allow_personal_data is false",
            (
                f"leave {name} out, or take allow_personal_data out of"
                f" config.meta.{query.contract.kind}"
            ),
        )
    if query.catalog.is_personal(query.node, name.lower()) is not True:
        return (
            "its yml does not mark it",
            (
                f"mark {name} in its yml with config: {{meta: {{personal_data: true}}}}, or leave"
                " it out"
            ),
        )
    return None
