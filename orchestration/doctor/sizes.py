"""How much room the parts of a home take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sluice.orchestration.doctor.finding import Finding
from sluice.orchestration.installation.settings import Settings

PARTS: Sequence[tuple[str, Sequence[str]]] = (
    ("warehouse", ("warehouse.duckdb", "warehouse.duckdb.wal")),
    ("ledger", ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm")),
    ("inbox", ("inbox.sqlite", "inbox.sqlite-wal", "inbox.sqlite-shm")),
    ("dagster", ("dagster",)),
    ("runs", ("runs",)),
    ("dbt", ("dbt",)),
    ("reports", ("reports",)),
)


def check_sizes(settings: Settings) -> Iterator[Finding]:
    """One line a part."""
    for part, names in PARTS:
        size = sum(size_of(settings.home / name) for name in names)
        elsewhere = {
            "ledger": "at SLUICE_LEDGER_URL" if settings.ledger_url else "",
            "warehouse": ""
            if settings.warehouse.home_file is not None
            else settings.warehouse.describe(),
        }
        where = elsewhere.get(part) or words_of(size)
        kept = (
            f" (runs of the last {settings.run_days} days are kept, at most {settings.runs_kept})"
            if part == "dagster"
            else ""
        )
        yield Finding(check="size", state="ok", words=f"{part}: {where}{kept}", figure=size)


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; 0 for what is not there, or goes while it is
    counted.
    """
    if path.is_dir():
        return sum(size_of(one) for one in path.iterdir())
    try:
        return path.stat().st_size
    except OSError:
        return 0


def words_of(size: int) -> str:
    """Bytes in words."""
    return f"{size / 1e6:,.1f} MB"
