"""``sluice restore``: a checked backup takes the place of the files of a home, which are kept
aside.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from sluice.activations.ledger.store import Ledger
from sluice.models.errors import BlockedError, ConfigurationError, SluiceError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.recovery.backup import (
    JOURNAL,
    LEDGER_FILE,
    WAREHOUSE_FILE,
    Manifest,
    parts_of,
    read_backup,
)
from sluice.orchestration.recovery.besides import restore_besides
from sluice.orchestration.recovery.files import ledger_file, require_whole_ledger
from sluice.orchestration.recovery.witness import LEDGER, read_note, write_note
from sluice.orchestration.runs import lock

REPLACED = "replaced"
BESIDE = ("", ".wal", "-wal", "-shm", "-journal")


def restore(
    settings: Settings, folder: Path, only: str = "", *, is_forced: bool = False
) -> tuple[Manifest, Path | None]:
    """Put a backup's files into the home.

    Returns its manifest, and where the replaced files are now.

    Raises ConfigurationError for what is no whole backup, for files in the way without
    ``is_forced``, and for a ledger on a server; BlockedError for a backup of the other delivery
    mode, or while a run is at work.
    """
    parts, manifest = parts_of(only), read_backup(folder)
    names = {"warehouse": WAREHOUSE_FILE, "ledger": LEDGER_FILE}
    missing = [part for part in parts if names[part] not in manifest.files]
    if missing:
        raise ConfigurationError(
            f"the backup has no {' and no '.join(missing)}", "use --only with the part that it has"
        )
    if manifest.mode != settings.delivery:
        raise BlockedError(
            f"the backup is of {manifest.mode}, and SLUICE_DELIVERY is {settings.delivery}",
            "name another backup",
        )
    targets = {"warehouse": settings.warehouse.home_file, "ledger": ledger_file(settings.ledger)}
    if "warehouse" in parts and targets["warehouse"] is None:
        raise settings.warehouse.refuse(
            "`sluice restore`", "use --only ledger, and restore it as whoever keeps it does"
        )
    if "ledger" in parts and targets["ledger"] is None:
        raise ConfigurationError(
            "the ledger is on a server, which has its own backup",
            "use --only warehouse, and pg_restore",
        )
    chosen = {part: path for part, path in targets.items() if part in parts and path is not None}
    if not is_forced and (there := [path.name for path in chosen.values() if path.exists()]):
        raise ConfigurationError(
            f"{' and '.join(there)} would be replaced",
            "add --force: the replaced files are kept in SLUICE_HOME/replaced",
        )
    lock.acquire(settings.home, warehouse=settings.warehouse.lock)
    try:
        return manifest, _replace(settings, folder, manifest, chosen)
    finally:
        lock.release(settings.home)


def _replace(
    settings: Settings, folder: Path, manifest: Manifest, chosen: dict[str, Path]
) -> Path | None:
    said_no = _suppressions(settings) if "ledger" in chosen else []
    aside = settings.home / REPLACED / f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    for path in chosen.values():
        for one in (path.with_name(path.name + ending) for ending in BESIDE):
            _put_aside(one, aside)
    journal = settings.home / JOURNAL
    if set(chosen) == {
        "warehouse",
        "ledger",
    }:  # alone, a warehouse is given what the journal knows since the backup
        _put_aside(journal, aside)
    for part, path in chosen.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        copy = path.with_name(f".{path.name}.{os.getpid()}")
        shutil.copyfile(folder / f"{part}.{'duckdb' if part == 'warehouse' else 'sqlite'}", copy)
        copy.chmod(0o600)
        copy.replace(path)
    if "warehouse" in chosen and not journal.exists() and (folder / JOURNAL).is_dir():
        shutil.copytree(folder / JOURNAL, journal)
    if "ledger" in chosen:
        restore_besides(settings, folder)
        _note_restored(settings, manifest)
        Ledger(settings.ledger).add_missing_suppressions(said_no)
    return aside if aside.exists() else None


def _put_aside(path: Path, aside: Path) -> None:
    if path.exists():
        aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.rename(aside / path.name)


def _suppressions(settings: Settings) -> list[dict[str, object]]:
    """Who has said no to the ledger that is replaced, if it can be read: nobody is forgotten with
    it.
    """
    path = ledger_file(settings.ledger)
    if path is None or not path.is_file():
        return []
    try:
        require_whole_ledger(settings.ledger)
        return Ledger(settings.ledger).suppressions()
    except (SluiceError, sa.exc.DatabaseError):
        return []


def _note_restored(settings: Settings, manifest: Manifest) -> None:
    """Unless nothing was recorded since the backup, sending waits for a person."""
    note = read_note(settings.home).get(LEDGER) or {}
    is_newest = (
        note.get("ledger_id") == manifest.ledger_id
        and note.get("receipt_id") == manifest.last_receipt
    )
    seen = {
        "ledger_id": manifest.ledger_id,
        "receipt_id": max(int(note.get("receipt_id") or 0), manifest.last_receipt),
    }
    write_note(settings.home, **{LEDGER: seen if is_newest else {**seen, "is_restored": True}})
