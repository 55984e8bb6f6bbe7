"""A note in the home, outside of both files: which ledger was used last and how far it was, and how
the files looked when a step of a run closed them. It tells a restored or exchanged file from the
one that was left here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sluice.activations.private_files import write_private

NOTE = "last_seen.json"
WAREHOUSE, LEDGER = "warehouse", "ledger"


def read_note(home: Path) -> Mapping[str, Any]:
    """The note; empty when there is none, or it cannot be read: then the files are looked at."""
    try:
        found = json.loads((home / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_note(home: Path, **values: Any) -> None:
    """Change some values of the note, by rename: a killed process leaves the old one."""
    changed = {**read_note(home), **values}
    write_private(home / NOTE, json.dumps(changed))


def stamp(path: Path) -> list[int]:
    """Size and time of change of a file and of its log of what is not in it yet; empty when it is
    not there.
    """
    log = path.with_name(f"{path.name}.wal")
    return [
        number
        for one in (path, log)
        if one.is_file()
        for number in (one.stat().st_size, one.stat().st_mtime_ns)
    ]
