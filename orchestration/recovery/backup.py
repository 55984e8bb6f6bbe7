"""``sluice backup`` and ``sluice restore``: the warehouse, the ledger and the journal, of one
moment, and checked.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sluice.activations.ledger.migrate import REVISION
from sluice.activations.ledger.store import Ledger
from sluice.activations.private_files import write_private
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.recovery.besides import copy_besides
from sluice.orchestration.recovery.files import (
    ledger_file,
    require_whole,
    require_whole_ledger,
    require_whole_warehouse,
)
from sluice.orchestration.recovery.histories import FOLDER as JOURNAL
from sluice.orchestration.recovery.standing import standing
from sluice.orchestration.recovery.witness import write_note
from sluice.orchestration.runs import lock
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from sluice.orchestration.warehouse.reader import open_warehouse

MANIFEST = "manifest.json"
WAREHOUSE_FILE, LEDGER_FILE = "warehouse.duckdb", "ledger.sqlite"
PARTS = ("warehouse", "ledger")


class Manifest(BaseModel):
    """What a backup holds: its time (UTC), versions, how far the ledger was, and SHA-256 by
    file.
    """

    model_config = ConfigDict(extra="forbid")

    made_at: datetime
    sluice: str
    ledger_version: str = ""
    ledger_id: str = ""
    last_receipt: int = 0
    last_as_of: datetime | None = None
    mode: str
    files: dict[str, str]


def back_up(settings: Settings, folder: Path, only: str = "") -> Manifest:
    """Copy both files and the journal into a new folder, under the run lock, and read the copies
    through. Raises ConfigurationError for a folder that holds anything, and for a ledger on a
    server.
    """
    parts = parts_of(only)
    if folder.exists() and any(folder.iterdir()):
        raise ConfigurationError(
            "the folder of the backup is not empty", "name a new folder, such as backups/2026-06-30"
        )
    if "warehouse" in parts and settings.warehouse.home_file is None:
        raise settings.warehouse.refuse(
            "`sluice backup`",
            "back it up as whoever keeps it does, then `sluice backup DIR --only ledger`: of the"
            " two the ledger may be the newer one",
        )
    if "ledger" in parts and ledger_file(settings.ledger) is None:
        raise ConfigurationError(
            "the ledger is on a server, which has its own backup",
            "dump it with pg_dump after `sluice backup DIR --only warehouse`: of the two the ledger"
            " may be the newer one",
        )
    lock.acquire(settings.home, warehouse=settings.warehouse.lock)
    try:
        require_whole(settings)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _copy(settings, folder, parts)
    finally:
        lock.release(settings.home)


def _copy(settings: Settings, folder: Path, parts: Sequence[str]) -> Manifest:
    """The ledger last: what vendors say meanwhile makes it newer than the warehouse, which the next
    run takes in.
    """
    ledger = Ledger(settings.ledger)
    found = standing(settings, ledger)
    file = settings.warehouse.home_file
    if "warehouse" in parts and file is not None and file.exists():
        with open_warehouse(
            settings.warehouse, read_only=False
        ) as connection:  # nobody writes to it while it is open here
            connection.execute("checkpoint")
            shutil.copyfile(file, folder / WAREHOUSE_FILE)
        if (settings.home / JOURNAL).is_dir():
            shutil.copytree(settings.home / JOURNAL, folder / JOURNAL)
    if "ledger" in parts:
        ledger.copy_to(folder / LEDGER_FILE)
        copy_besides(settings, folder)
    _require_whole(folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        path.chmod(0o600)
    manifest = Manifest(
        made_at=datetime.now(UTC).replace(microsecond=0),
        sluice=_version(),
        ledger_version=REVISION,
        ledger_id=found.ledger_id,
        last_receipt=found.held,
        last_as_of=ledger.last_as_of(),
        mode=settings.delivery,
        files={str(path.relative_to(folder)): _sha256(path) for path in files},
    )
    write_private(folder / MANIFEST, manifest.model_dump_json(indent=1) + "\n")
    write_note(
        settings.home,
        **dict.fromkeys([f"{part}_backup" for part in parts], manifest.made_at.isoformat()),
    )
    return manifest


def read_backup(folder: Path) -> Manifest:
    """The manifest of a backup whose files are as they were written.

    Raises ConfigurationError otherwise.
    """
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"the folder is no whole backup: its {MANIFEST} cannot be read", "name another backup"
        ) from error
    changed = [
        name
        for name, digest in manifest.files.items()
        if not (folder / name).is_file() or _sha256(folder / name) != digest
    ]
    if changed:
        raise ConfigurationError(
            f"the backup was changed or cut short: {', '.join(changed)}", "name another backup"
        )
    _require_whole(folder)
    return manifest


def _require_whole(folder: Path) -> None:
    require_whole_warehouse(DuckDBFile(folder / WAREHOUSE_FILE, folder))
    require_whole_ledger(f"sqlite:///{folder / LEDGER_FILE}")


def parts_of(only: str) -> tuple[str, ...]:
    if only and only not in PARTS:
        raise ConfigurationError(
            f"there is no part '{only}' of a backup", f"use --only with one of {', '.join(PARTS)}"
        )
    return (only,) if only else PARTS


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version() -> str:
    try:
        return version("sluice")
    except PackageNotFoundError:
        return "source"
