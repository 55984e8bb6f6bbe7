"""What a landing did, table by table."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LandedTable:
    """Rows of a file that were landed and quarantined; ``is_unchanged`` when the file was already landed as it is."""

    name: str
    rows: int
    quarantined: int
    is_unchanged: bool


@dataclass
class LandReport:
    """All tables of one landing."""

    tables: list[LandedTable] = field(default_factory=list)

    @property
    def quarantined(self) -> dict[str, int]:
        """Rows that could not be read, by table; tables without any are left out."""
        return {table.name: table.quarantined for table in self.tables if table.quarantined}

    def metadata(self, name: str) -> dict[str, int]:
        """What Dagster shows of a table."""
        found = next(table for table in self.tables if table.name == name)
        return {"dagster/row_count": found.rows, "quarantined": found.quarantined}

    def summary(self) -> str:
        """One line for a person."""
        rows, quarantined = sum(t.rows for t in self.tables), sum(t.quarantined for t in self.tables)
        unchanged = sum(t.is_unchanged for t in self.tables)
        text = f"{len(self.tables)} raw tables, {rows:,} rows, {unchanged} tables unchanged"
        return text + (f"; {quarantined:,} rows that could not be read are in raw.quarantine" if quarantined else "")
