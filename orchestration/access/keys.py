"""Ed25519 keys of people: made, read, used to sign and to check."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING

from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.installation.output_files import require_folder, write_output

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = "ed25519:"
KEY_FILE, PASSPHRASE = "SLUICE_KEY_FILE", "SLUICE_KEY_PASSPHRASE"


def make_key(path: Path) -> str:
    """Write a new private key, readable by its owner alone, closed with SLUICE_KEY_PASSPHRASE where
    it is set. Returns the public key as ``sluice.yml`` has it. Raises ConfigurationError where the
    file is there already, or cannot be written.
    """
    serialization, ed25519 = _cryptography()
    require_folder(path, "FILE")
    if path.exists():
        raise ConfigurationError("there is a file of this name already", "name another file")
    key = ed25519.Ed25519PrivateKey.generate()
    words = os.environ.get(PASSPHRASE, "").encode()
    closed = serialization.BestAvailableEncryption(words) if words else None
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        closed or serialization.NoEncryption(),
    )
    write_output(path, "FILE", pem)
    return public_text(key)


def own_key() -> Ed25519PrivateKey:
    """The key in SLUICE_KEY_FILE. Raises BlockedError where it is not set or cannot be read."""
    serialization, ed25519 = _cryptography()
    path = os.environ.get(KEY_FILE, "")
    words = os.environ.get(PASSPHRASE, "").encode() or None
    if not path:
        raise BlockedError(
            "access.signed asks for the key of who you are, and none is given",
            f"set {KEY_FILE} to the file of your private key; `sluice access key FILE` makes one",
        )
    try:
        key = serialization.load_pem_private_key(Path(path).expanduser().read_bytes(), words)
    except (OSError, ValueError, TypeError) as error:
        raise BlockedError(
            f"the private key cannot be read ({type(error).__name__})",
            f"set {KEY_FILE} to its file, and {PASSPHRASE} if it has a passphrase",
        ) from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise BlockedError("the key is no Ed25519 key", "make one with `sluice access key FILE`")
    return key


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half of a key, as ``sluice.yml`` has it."""
    return PREFIX + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def is_signed(public: str, text: bytes, signature: str | None) -> bool:
    """Whether the signature (base64) of the text is by this public key."""
    from cryptography.exceptions import InvalidSignature

    _, ed25519 = _cryptography()
    raw = base64.b64decode(public.removeprefix(PREFIX))
    try:
        signed = base64.b64decode(signature or "", validate=True)
        ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(signed, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _cryptography():  # type: ignore[no-untyped-def] # two modules
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise ConfigurationError(
            "signatures need the package cryptography", "pip install 'sluice[access]'"
        ) from error
    return serialization, ed25519
