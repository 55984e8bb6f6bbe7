"""What a landing did, table by table, and which sources could not be landed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LandedTable:
    """Rows of a file that were landed and quarantined, with the most frequent reasons;
    ``is_unchanged`` when the table is as it was before; ``kept_out``: rows of people who were
    erased; ``changes``: of its columns since the file before, in words.
    """

    name: str
    rows: int
    quarantined: int
    is_unchanged: bool
    reasons: Mapping[str, int] = field(default_factory=dict)
    kept_out: int = 0
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceFailure:
    """A source of which nothing was landed: its tables hold the rows of the last landing."""

    source: str
    message: str
    fix: str
    is_required: bool

    def words(self) -> str:
        """One line for a person."""
        held = (
            "what depends on it is not sent in this run"
            if self.is_required
            else "the run goes on with the rows landed before"
        )
        return f"source {self.source} was not landed, {held}: {self.message} -> {self.fix}"


@dataclass
class LandReport:
    """All tables of one landing."""

    tables: list[LandedTable] = field(default_factory=list)
    failures: list[SourceFailure] = field(default_factory=list)

    @property
    def quarantined(self) -> dict[str, int]:
        """Rows that could not be read, by table; tables without any are left out."""
        return {table.name: table.quarantined for table in self.tables if table.quarantined}

    def metadata(self, name: str) -> dict[str, int | str]:
        """What Dagster shows of a table."""
        found = next(table for table in self.tables if table.name == name)
        reasons = {"quarantined because": "; ".join(found.reasons)} if found.reasons else {}
        kept_out = {"kept out (erased people)": found.kept_out} if found.kept_out else {}
        changes = {"columns changed": "; ".join(found.changes)} if found.changes else {}
        counts = {"dagster/row_count": found.rows, "quarantined": found.quarantined}
        return {**counts, **reasons, **kept_out, **changes}

    @property
    def changes(self) -> list[str]:
        """One line for a person, for each table whose columns are others than before."""
        return [f"{one.name}: {'; '.join(one.changes)}" for one in self.tables if one.changes]

    def summary(self) -> str:
        """One line for a person."""
        rows, quarantined = (
            sum(t.rows for t in self.tables),
            sum(t.quarantined for t in self.tables),
        )
        unchanged = sum(t.is_unchanged for t in self.tables)
        text = f"{len(self.tables)} raw tables, {rows:,} rows, {unchanged} tables unchanged"
        kept_out = sum(t.kept_out for t in self.tables)
        text += f"; {kept_out:,} rows of people who were erased were left out" if kept_out else ""
        return text + (
            f"; {quarantined:,} rows that could not be read are in raw.quarantine"
            if quarantined
            else ""
        )
