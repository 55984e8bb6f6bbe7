"""What a backup holds beside warehouse and ledger: the inbox, the keys of the home, lotteries."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sluice.activations.private_files import write_private
from sluice.orchestration.installation.keys import FILE as KEY_FILE
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.rights.secret import SECRET_FILE

INBOX_FILE = "inbox.sqlite"
KEYS = (KEY_FILE, SECRET_FILE)
LOTTERIES = "lotteries"


def copy_besides(settings: Settings, folder: Path) -> None:
    """Copy them where they are files of the home; the inbox while `sluice serve` writes to it."""
    inbox = settings.home / INBOX_FILE
    if inbox.is_file():
        with (
            closing(sqlite3.connect(str(inbox))) as source,
            closing(sqlite3.connect(folder / INBOX_FILE)) as copy,
        ):
            source.backup(copy)
            copy.execute("pragma journal_mode = delete")  # one file, without a log beside it
    for name in KEYS:
        if (settings.home / name).is_file():
            shutil.copyfile(settings.home / name, folder / name)
    if (settings.home / LOTTERIES).is_dir():
        shutil.copytree(settings.home / LOTTERIES, folder / LOTTERIES)


def restore_besides(settings: Settings, folder: Path) -> None:
    """Put back what the home has lost. What is there is the newer one: an inbox is only appended
    to, and keys are never changed.
    """
    for name in (INBOX_FILE, *KEYS):
        target = settings.home / name
        if (folder / name).is_file() and not target.exists():
            write_private(target, (folder / name).read_bytes())
    for lottery in sorted((folder / LOTTERIES).glob("*")):  # each is closed once, and drawn once
        target = settings.home / LOTTERIES / lottery.name
        if not target.exists():
            shutil.copytree(lottery, target)
