"""The key of a home: plans on file are sealed with it, and what they say of people is hashed under
it.
"""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path

from sluice.activations.private_files import write_private
from sluice.models.errors import ConfigurationError

KEY_FILE = "plan.key"
KEY_BYTES = 32


def home_key(home: Path) -> bytes:
    """The key, made at first use. Raises ConfigurationError for one that is damaged: it is never
    used, and never replaced.
    """
    path = home / KEY_FILE
    try:
        if not path.is_file():
            with contextlib.suppress(FileExistsError):  # another process made it a moment ago
                write_private(path, secrets.token_bytes(KEY_BYTES), is_new=True)
        key = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{KEY_FILE} in SLUICE_HOME cannot be read or made ({error.strerror})",
            "make SLUICE_HOME and the file readable and writable",
        ) from error
    if len(key) != KEY_BYTES:
        raise ConfigurationError(
            f"{KEY_FILE} in SLUICE_HOME is damaged: it has {len(key)} bytes, and a key has"
            f" {KEY_BYTES}",
            "put it back from a backup, or delete it: plans on file are refused then; make new ones"
            " with `sluice plan`",
        )
    return key
