"""One compiled segment, sync or campaign under a rule."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sluice.orchestration.authoring.lint.catalog import Catalog, Node
from sluice.orchestration.authoring.lint.contracts import Contract
from sluice.orchestration.authoring.lint.findings import Finding, line_of
from sluice.orchestration.authoring.lint.raw_project import Authored, RawProject

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # its warnings are findings here


@dataclass(frozen=True)
class Query:
    """The SQL of a model with its files and all that is known of what it reads."""

    project: RawProject
    authored: Authored
    catalog: Catalog
    node: Node

    @property
    def contract(self) -> Contract:
        """What its rows must be."""
        return self.authored.contract

    @property
    def code(self) -> str:
        """The compiled SQL."""
        return self.catalog.code[self.node["unique_id"]]

    @property
    def meta(self) -> dict[str, object]:
        """``config.meta.<kind>``."""
        return dict(self.node["config"].get("meta", {}).get(self.contract.kind) or {})

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of which there must be one row each."""
        return self.contract.key(self.meta)

    @cached_property
    def statements(self) -> list[exp.Expression]:
        """The statements in it. Raises SqlglotError."""
        return [
            statement
            for statement in sqlglot.parse(self.code, dialect=self.catalog.dialect)
            if statement is not None
        ]

    @cached_property
    def tree(self) -> exp.Query | None:
        """The query as written; None when it is none, which is a finding of another rule."""
        try:
            found = self.statements
        except SqlglotError:
            return None
        return found[0] if len(found) == 1 and isinstance(found[0], exp.Query) else None

    @cached_property
    def resolved(self) -> tuple[exp.Query | None, str]:
        """The query with stars and names resolved, or the trouble with them in sqlglot's words."""
        try:
            return (self.catalog.qualified(self.tree) if self.tree is not None else None), ""
        except SqlglotError as error:
            return None, str(error)

    @property
    def qualified(self) -> exp.Query | None:
        """The query with stars and names resolved; None when they cannot be."""
        return self.resolved[0]

    @property
    def trouble(self) -> str:
        """Why they cannot be; '' when they can."""
        return self.resolved[1]

    def finding(self, rule: str, message: str, fix: str, *wanted: str) -> Finding:
        """A finding at the line of the raw SQL that holds one of the ``wanted`` words."""
        line = line_of(self.project.text(self.authored.sql), *wanted)
        return self.project.finding(self.authored.sql, line, rule, message, fix)
