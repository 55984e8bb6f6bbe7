"""One-time codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds), a second
way to sign approvals. A person's secret lies in the home: whoever may read it can make codes.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sluice.activations.private_files import write_private
from sluice.models.errors import BlockedError, ConfigurationError

VARIABLE = "SLUICE_CODE"
SIGNED = "code:"  # how the signatures begin that were made by a code
STEP, DIGITS, AROUND = 30, 6, 1  # seconds; a clock may be so many steps off
MOST_FAILURES, FAILURE_SECONDS = 5, 900
SECRET_BYTES = 20
NAME = re.compile(r"(?!\.)[\w.@-]+")  # of a person, as the name of a file


@dataclass
class Enrolment:
    """A person's secret (base32), the last step whose code was used, and when wrong codes came."""

    secret: str
    last_step: int = -1
    failures: list[float] = field(default_factory=list)


def code_of(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a step of 30 seconds since 1970 (RFC 6238; RFC 4226, 5.3). Raises
    ConfigurationError without the package cryptography.
    """
    try:
        from cryptography.hazmat.primitives.hashes import SHA1
        from cryptography.hazmat.primitives.twofactor.hotp import HOTP
    except ImportError as error:
        raise ConfigurationError(
            "one-time codes need the package cryptography", "pip install 'sluice[access]'"
        ) from error
    return HOTP(secret, digits, SHA1()).generate(step).decode()  # as apps have it


class Codes:
    """The secrets of the people of a home, each in a file that its owner alone may read."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "access"

    def has(self, person: str) -> bool:
        """Whether the person has a secret here; never where their name cannot name a file."""
        return NAME.fullmatch(person) is not None and self._path(person).is_file()

    def enrol(self, person: str, issuer: str) -> str:
        """Make a secret, in place of an earlier one. Returns the address that an authenticator app
        takes; it is not shown again.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
        with self._alone():
            self._write(person, Enrolment(secret))
        label = quote(f"{issuer}:{person}")
        return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer)}"

    def accept(self, person: str, code: str, now: datetime | None = None) -> None:
        """Use up a code: each counts once, for 30 seconds before and after its time. Raises
        BlockedError for one that does not count, and after five such for a quarter of an hour.
        """
        moment = (now or datetime.now(UTC)).timestamp()
        if not self.has(person):
            raise BlockedError(
                f"{person} has no one-time codes in this home",
                "make a secret with `sluice access code`, which asks for your key",
            )
        with self._alone():
            known = self._read(person)
            known.failures = [one for one in known.failures if moment - one < FAILURE_SECONDS]
            if len(known.failures) >= MOST_FAILURES:
                raise BlockedError(
                    f"{MOST_FAILURES} wrong codes were given for {person}",
                    f"wait for {FAILURE_SECONDS // 60} minutes, or approve with your key",
                )
            step = _step_of(base64.b32decode(known.secret), code, int(moment // STEP))
            is_right = step is not None and step > known.last_step
            if step is not None and is_right:
                known.last_step = step
            else:
                known.failures.append(moment)
            self._write(person, known)
        if not is_right:
            raise BlockedError(
                f"the code in {VARIABLE} is wrong, too old, or was used before",
                "give the code that your app shows now, once",
            )

    def sign(self, person: str, text: bytes) -> str:
        """What this home alone can make of the text for the person."""
        key = base64.b32decode(self._read(person).secret)
        made = hmac.new(key, b"sluice approval\0" + text, hashlib.sha256).digest()
        return SIGNED + base64.b64encode(made).decode()

    def holds(self, person: str, text: bytes, signature: str) -> bool:
        """Whether the signature is what ``sign`` makes."""
        return self.has(person) and hmac.compare_digest(self.sign(person, text), signature)

    def _path(self, person: str) -> Path:
        if NAME.fullmatch(person) is None:
            raise ConfigurationError(
                "a name of access.people cannot name a file", "use letters, digits, _, - and ."
            )
        return self.folder / f"{person}.json"

    def _read(self, person: str) -> Enrolment:
        return Enrolment(**json.loads(self._path(person).read_text(encoding="utf-8")))

    def _write(self, person: str, known: Enrolment) -> None:
        write_private(self._path(person), json.dumps(asdict(known)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No two processes use up the same code."""
        handle = os.open(self.folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _step_of(secret: bytes, code: str, now: int) -> int | None:
    """The newest step around now whose code this is; all are compared, in the same time."""
    given = "".join(code.split()).encode()
    found = None
    for step in range(max(now - AROUND, 0), now + AROUND + 1):
        if hmac.compare_digest(code_of(secret, step).encode(), given):
            found = step
    return found
