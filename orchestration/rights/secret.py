"""The key under which what stays of erased people is hashed: a file in the home, its owner's
alone.
"""

from __future__ import annotations

import contextlib
import json
import secrets

from sluice.activations.erasure import ErasedKeys
from sluice.activations.ledger.store import Ledger
from sluice.activations.private_files import write_private
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.installation.settings import Settings

SECRET_FILE, SECRET_BYTES = "erasure.key", 32
KEPT = "erased_keys.json"


def secret_of(settings: Settings, *, may_make: bool) -> bytes:
    """The key, made at the first erasure. Raises ConfigurationError for one that is damaged, or
    lost: without it nobody who was erased would be known again.
    """
    path = settings.home / SECRET_FILE
    if not path.is_file() and may_make:
        with contextlib.suppress(FileExistsError):
            write_private(path, secrets.token_bytes(SECRET_BYTES), is_new=True)
    try:
        found = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{SECRET_FILE} in SLUICE_HOME cannot be read: it keeps people who were erased out",
            f"put {SECRET_FILE} back from a backup; homes that share a ledger need the same file",
        ) from error
    if len(found) != SECRET_BYTES:
        raise ConfigurationError(
            f"{SECRET_FILE} in SLUICE_HOME is damaged: it keeps people who were erased out",
            f"put {SECRET_FILE} back from a backup",
        )
    return found


def erased_keys(settings: Settings, ledger: Ledger) -> ErasedKeys:
    """What stays of everybody who was erased. Raises ConfigurationError where the key is lost."""
    give_back_keys(settings, ledger)
    hashes = frozenset((kind, one) for kind, one, _ in ledger.erased_hashes())
    return ErasedKeys(secret_of(settings, may_make=False), hashes) if hashes else ErasedKeys(b"")


def keep_keys(settings: Settings, ledger: Ledger) -> None:
    """Have a copy of the hashes beside the ledger: one that is lost, or restored from before, is
    given them again.
    """
    rows = [list(one) for one in ledger.erased_hashes()]
    write_private(settings.home / KEPT, json.dumps(rows))


def give_back_keys(settings: Settings, ledger: Ledger) -> int:
    """Give a ledger the hashes that the home has and it lacks. Returns how many."""
    try:
        kept = json.loads((settings.home / KEPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    known = {(kind, one) for kind, one, _ in ledger.erased_hashes()}
    lost = [(kind, one) for kind, one, _ in kept if (kind, one) not in known]
    if lost:
        ledger.add_erased_keys(0, lost)
    return len(lost)


def require_none_begun(ledger: Ledger) -> None:
    """Raises BlockedError where an erasure was cut off: a run could copy what is half erased."""
    if ledger.erasures("begun"):
        raise BlockedError(
            "an erasure was begun and is not finished: nothing is landed or sent before it is",
            "run `sluice forget --resume`",
        )
