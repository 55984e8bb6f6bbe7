"""The key that signs what we hand out: links of mails and pages, and what must not be guessed."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path

from sluice.activations.private_files import write_private
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings

FILE = "secret.key"


def signing_key(settings: Settings) -> str:
    """SLUICE_SECRET, else the key in the home, made at first use: keep it as long as links of yours
    are in mailboxes. Raises ConfigurationError.
    """
    given = settings.secret.get_secret_value()
    if given:
        return given
    path: Path = settings.home / FILE
    try:
        if not path.exists():
            with contextlib.suppress(FileExistsError):  # another process was first
                write_private(path, secrets.token_hex(32), is_new=True)
        found = path.read_text().strip()
    except OSError as error:
        raise ConfigurationError(
            f"the key {FILE} of the home cannot be read ({error.strerror})",
            "set SLUICE_SECRET, or let the file be read",
        ) from error
    if len(found) < 32:
        raise ConfigurationError(
            f"the key {FILE} of the home is cut off",
            "restore it from a backup, or set SLUICE_SECRET",
        )
    return found
