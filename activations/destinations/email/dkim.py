"""DKIM signatures (RFC 6376) by dkimpy, where mails are not signed by the server they are handed
to.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sluice.models.errors import ConfigurationError

# RFC 8058 asks that the signature covers both List-Unsubscribe headers
SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"list-unsubscribe",
    b"list-unsubscribe-post", b"feedback-id",
    b"mime-version", b"content-type",
)  # fmt: skip
PROBE = b"From: probe@example.com\r\nTo: probe@example.com\r\nSubject: probe\r\n\r\nprobe\r\n"


def dkim_signer(
    domain: str, selector: str, key_file: Path, prefix: str
) -> Callable[[bytes], bytes]:
    """What puts a signature (rsa-sha256, relaxed/relaxed) on top of a mail.

    Raises ConfigurationError when it cannot sign.
    """
    try:
        import dkim  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        raise ConfigurationError(
            "mails cannot be signed: dkimpy is not installed", "pip install 'sluice[dkim]'"
        ) from error
    try:
        key = key_file.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the DKIM key cannot be read ({error.strerror})",
            f"set {prefix}DKIM_KEY_FILE to a readable PEM file",
        ) from error

    def sign(mail: bytes) -> bytes:
        names = [
            name
            for name in SIGNED
            if b"\n" + name + b":" in b"\n" + mail.split(b"\r\n\r\n", 1)[0].lower()
        ]
        signature: bytes = dkim.sign(
            mail,
            selector.encode(),
            domain.encode(),
            key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=names,
        )
        return signature + mail

    try:
        sign(PROBE)
    except Exception as error:  # dkimpy raises several kinds for a bad key, selector or domain
        raise ConfigurationError(
            f"mails cannot be signed ({type(error).__name__})",
            f"check {prefix}DKIM_DOMAIN, {prefix}DKIM_SELECTOR and that {prefix}DKIM_KEY_FILE is an"
            " RSA private key in PEM",
        ) from error
    return sign
