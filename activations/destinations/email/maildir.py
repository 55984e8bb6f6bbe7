"""A Maildir that a mail server delivers bounces, complaints and unsubscribe mails to: read, and
left as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sluice.activations.destinations.email.bounces import read_report
from sluice.activations.destinations.email.tokens import Signer
from sluice.models.delivery import Receipt, Withdrawal
from sluice.models.errors import ConfigurationError

log = logging.getLogger(__name__)
READ_BYTES = 512_000  # a report says what it has to say before the mail that it returns


def read_maildir(folder: Path, signer: Signer, since: datetime) -> Iterator[Receipt | Withdrawal]:
    """What mails that came since then (aware UTC, by the time of their files) tell, oldest first.

    One that cannot be read is left for later. Raises ConfigurationError when the folder is no
    Maildir.
    """
    if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
        raise ConfigurationError(
            "the folder for bounces is no Maildir",
            "set SLUICE_SMTP_BOUNCE_MAILDIR to one with new and cur",
        )
    for path, received_at in sorted(
        _mails(folder, since), key=lambda found: (found[1], found[0].name)
    ):
        try:
            with path.open("rb") as file:
                content = file.read(READ_BYTES)
        # moved by a mail reader since it was listed, or not ours to read: the next call sees it
        except OSError as error:
            log.warning("a mail in the folder for bounces cannot be read (%s)", error.strerror)
            continue
        try:
            reported = list(read_report(content, signer, received_at))
        except RecursionError:  # parts nested by the thousand: nobody's report
            log.warning("a mail in the folder for bounces cannot be read (nested too deeply)")
            continue
        yield from reported


def _mails(folder: Path, since: datetime) -> Iterator[tuple[Path, datetime]]:
    for path in (*(folder / "new").iterdir(), *(folder / "cur").iterdir()):
        try:
            status = path.stat()
        except OSError:
            continue
        received_at = datetime.fromtimestamp(status.st_mtime, UTC)
        if received_at >= since and not path.name.startswith("."):
            yield path, received_at
