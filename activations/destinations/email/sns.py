"""Messages of Amazon SNS by HTTP: their signature, by the certificate that Amazon publishes.

Source: "Verifying the signatures of Amazon SNS messages". Version 1 is RSA with SHA-1, version 2
with SHA-256.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from sluice.activations.http.client import CONNECT_SECONDS
from sluice.models.delivery import Outcome
from sluice.models.errors import ConfigurationError

AMAZON = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?")
NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


def is_amazon_url(url: str) -> bool:
    """True for an https address of SNS itself: nothing else is asked, whatever a message says."""
    parts = urlsplit(url)
    return (
        parts.scheme == "https"
        and parts.netloc == parts.hostname
        and bool(AMAZON.fullmatch(parts.hostname or ""))
    )


def string_to_sign(message: Mapping[str, Any]) -> bytes:
    """Names and values, a line each, in order; a subject only when there is one."""
    names = NOTIFICATION if message.get("Type") == "Notification" else CONFIRMATION
    return "".join(
        f"{name}\n{message[name]}\n" for name in names if message.get(name) is not None
    ).encode()


def is_signed(message: Mapping[str, Any], certificate: bytes) -> bool:
    """True when the certificate's key signed the message.

    Raises ConfigurationError when ``cryptography`` is not installed.
    """
    try:
        from cryptography import x509
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
    except ImportError as error:
        raise ConfigurationError(
            "events of SES cannot be verified", "pip install cryptography"
        ) from error
    digest = {"1": hashes.SHA1(), "2": hashes.SHA256()}.get(str(message.get("SignatureVersion")))
    try:
        key = x509.load_pem_x509_certificate(certificate).public_key()
        signature = base64.b64decode(str(message.get("Signature", "")), validate=True)
        if digest is None or not isinstance(key, rsa.RSAPublicKey):
            return False
        key.verify(signature, string_to_sign(message), padding.PKCS1v15(), digest)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


@lru_cache(maxsize=8)
def fetch_certificate(url: str) -> bytes:
    """Amazon's certificate, kept.

    Raises ValueError for another's address, ConnectionError when it cannot be had.
    """
    if not is_amazon_url(url):
        raise ValueError("the certificate is not Amazon's")
    return _get(url)


def confirm(url: str) -> None:
    """Visit the address that confirms a subscription. Raises as ``fetch_certificate``."""
    if not is_amazon_url(url):
        raise ValueError("the address to confirm is not Amazon's")
    _get(url)


def _get(url: str) -> bytes:
    from sluice.activations.http.client import HttpClient

    client = HttpClient("", {}, CONNECT_SECONDS)
    try:
        answer = client.fetch(url)
    finally:
        client.close()
    if answer.outcome is not Outcome.ACCEPTED or not isinstance(answer.body, bytes):
        raise ConnectionError("Amazon did not answer")
    return answer.body
