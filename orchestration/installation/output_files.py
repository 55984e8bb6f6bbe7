"""Files that a user asked for: where they go is checked before the work, in one sentence."""

from __future__ import annotations

import os
from pathlib import Path

from sluice.activations.private_files import write_private
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.home import make_private


def require_folder(path: Path, option: str) -> None:
    """Raises ConfigurationError where no file can be written into the folder of ``path``."""
    if not path.parent.is_dir():
        raise _refused(path, option, "there is no such folder")
    if path.is_dir():
        raise _refused(path, option, "it is a folder")
    if not os.access(path.parent, os.W_OK):
        raise _refused(path, option, "its folder is read-only")


def write_output(path: Path, option: str, content: str | bytes, *, is_ours: bool = False) -> None:
    """Write a file, whole or not at all. ``is_ours``: it is in the home, whose folder is made.
    Raises ConfigurationError.
    """
    try:
        if is_ours:
            make_private(path.parent)
        write_private(path, content)
    except OSError as error:
        raise _refused(path, option, error.strerror or type(error).__name__) from error


def _refused(path: Path, option: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{path} cannot be written: {why}",
        f"give {option} a file in a folder that is there and may be written to",
    )
