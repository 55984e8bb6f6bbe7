"""The home belongs to one user: its folder is 0700, its files 0600. They hold addresses in clear,
and logins of the sandbox.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from sluice.activations.private_files import OWNER_ALONE

# what a home may hold; nothing else is touched, whatever folder SLUICE_HOME names
NAMES = (
    "warehouse.", "ledger.", "sandbox.", "sandbox_files", "plan.key", "run.lock", "runs",
    "dagster", "dbt", "logs", "backup", "erasure.key", "erased_keys.json", "exports",
    "journal", "last_seen.json", "replay", "backtest-", "reports", "fast", "tables.lock",
    "sending.json", ".gitignore", "inbox.", "secret.key", "preferences", "lotteries", "scores",
    "replaced",
)  # fmt: skip
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private(home: Path) -> None:
    """Make the home, and take the rights of others away from what is ours in it. Raises OSError
    when it cannot be made.

    What this process makes from now on is its owner's alone. Below a folder that was closed already
    nobody could come in, so its files are looked at only where it was open.
    """
    os.umask(OWNER_ALONE)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _looks_ours(home):
        return
    was_open = bool(home.stat().st_mode & OTHERS)
    for path in (home, *_files(home, is_deep=was_open)):
        _tighten(path)


def loose(home: Path) -> list[Path]:
    """The home, if others have rights in it or own it, and whatever of its files they may read or
    own.
    """
    return [path for path in (home, *_files(home, is_deep=True)) if _is_loose(path)]


def tell_if_loose(home: Path) -> None:
    """A home that could not be closed is reported on stderr."""
    if _is_loose(home):
        print(f"sluice: {describe(home)}", file=sys.stderr)


def describe(home: Path) -> str:
    """What is wrong with the rights of the home's folder, and what to do."""
    status = home.stat()
    if status.st_uid != os.geteuid():
        owner = f"another user (uid {status.st_uid})"
        return (
            f"SLUICE_HOME belongs to {owner}, who can read what is in it; set SLUICE_HOME to a"
            " folder of yours"
        )
    return (
        f"SLUICE_HOME has the rights {stat.S_IMODE(status.st_mode):04o}: others can read what is in"
        " it; chmod 700 it, or set SLUICE_HOME to a folder of its own"
    )


def _looks_ours(home: Path) -> bool:
    """A folder of its own: empty, or with a file of ours, and no place that others share."""
    if home == Path.home() or home.stat().st_mode & stat.S_ISVTX:
        return False
    names = [path.name for path in home.iterdir()]
    return not names or any(name.startswith(NAMES) for name in names)


def _files(home: Path, *, is_deep: bool) -> Iterator[Path]:
    for path in home.iterdir():
        if path.name.startswith(NAMES) and not path.is_symlink():
            yield path
            if is_deep and path.is_dir():
                yield from (
                    Path(folder, name)
                    for folder, folders, names in os.walk(path)
                    for name in (*folders, *names)
                )


def _is_loose(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    is_ours = status.st_uid == os.geteuid()
    return not stat.S_ISLNK(status.st_mode) and (not is_ours or bool(status.st_mode & OTHERS))


def _tighten(path: Path) -> None:
    """Where it is ours; what went meanwhile is no news."""
    try:
        status = path.lstat()
        if (
            status.st_uid == os.geteuid()
            and status.st_mode & OTHERS
            and not stat.S_ISLNK(status.st_mode)
        ):
            path.chmod(stat.S_IMODE(status.st_mode) & ~OTHERS)
    except OSError:
        return
