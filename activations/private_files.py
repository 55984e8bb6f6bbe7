"""Files that are their owner's alone, and whole or not there: state, keys, plans."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

OWNER_ALONE = 0o077  # the umask under which a process makes files that nobody else may read


def write_private(path: Path, content: str | bytes, *, is_new: bool = False) -> None:
    """The file has this content, on disk, or is as it was; only its owner may read it.

    ``is_new``: raises FileExistsError where another process made it first. Raises OSError.
    """
    if path.exists() and not path.is_file():  # /dev/stdout, a pipe
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return
    handle, aside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            os.link(aside, path)
        else:
            os.replace(aside, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(aside)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """The names in a folder are on disk too. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
