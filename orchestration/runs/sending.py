"""A run that is past its plans: it has decided, and only sends, so the fast lane may decide."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from sluice.activations.private_files import write_private
from sluice.orchestration.runs import lock

FILE = "sending.json"


def begin_sending(home: Path, as_of: datetime) -> None:
    """This process, which runs as of an aware time, only sends from now on."""
    words = json.dumps([os.getpid(), as_of.isoformat()])
    if not (home / FILE).is_file() or (home / FILE).read_text(encoding="utf-8") != words:
        write_private(home / FILE, words)
    lock.let_go_of_tables(home)


def sending_as_of(home: Path) -> datetime | None:
    """The logical time (aware UTC) of a run that is past its plans and alive; None without one."""
    try:
        pid, as_of = json.loads((home / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    found = lock.holder(home)
    return datetime.fromisoformat(as_of) if found is not None and found.pid == pid else None
