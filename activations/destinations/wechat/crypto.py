"""Signatures and the safe mode of callbacks (developers.weixin.qq.com, message encryption): SHA-1
over sorted parts, AES-256-CBC.

AES needs the extra ``wechat`` (cryptography); plain mode needs nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import struct

from sluice.models.errors import ConfigurationError

BLOCK = 32  # the vendor pads to 32 bytes, not to the 16 of AES


class SafeModeError(ValueError):
    """The text was not encrypted for this account with this key."""


def signature(*parts: str) -> str:
    """SHA-1 in hex over the parts, sorted and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Whether the signature is right, compared in constant time."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


def decrypt(encrypted: str, aes_key: str, appid: str) -> bytes:
    """The document in an ``Encrypt`` element: 16 random bytes, its length, the document, the appid.

    Raises SafeModeError.
    """
    key = _key(aes_key)
    try:
        plain = _unpadded(
            _cipher(key, base64.b64decode(encrypted, validate=True), is_encrypting=False)
        )
        size = struct.unpack(">I", plain[16:20])[0]
    except (binascii.Error, ValueError, struct.error) as error:
        raise SafeModeError("cannot be decrypted") from error
    if size > len(plain) - 20 or plain[20 + size :] != appid.encode():
        raise SafeModeError("is not for this account")
    return plain[20 : 20 + size]


def encrypt(document: bytes, aes_key: str, appid: str) -> str:
    """The text of an ``Encrypt`` element."""
    plain = os.urandom(16) + struct.pack(">I", len(document)) + document + appid.encode()
    padding = BLOCK - len(plain) % BLOCK
    return base64.b64encode(
        _cipher(_key(aes_key), plain + bytes([padding]) * padding, is_encrypting=True)
    ).decode()


def _key(aes_key: str) -> bytes:
    try:
        key = base64.b64decode(aes_key + "=", validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ConfigurationError(
            "SLUICE_WECHAT_CALLBACK_AES_KEY is no EncodingAESKey",
            "copy its 43 characters from the account's server configuration",
        )
    return key


def _unpadded(plain: bytes) -> bytes:
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise ValueError("padding")
    return plain[:-padding]


def _cipher(key: bytes, data: bytes, *, is_encrypting: bool) -> bytes:
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    except ImportError as error:
        raise ConfigurationError(
            "callbacks are encrypted (SLUICE_WECHAT_CALLBACK_AES_KEY), and cryptography is not"
            " installed",
            "pip install 'sluice[wechat]'",
        ) from error
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
    context = cipher.encryptor() if is_encrypting else cipher.decryptor()
    return context.update(data) + context.finalize()
