"""AWS Signature Version 4 of a JSON call: HMAC-SHA256 over method, path, headers and body, for one
day, region and service.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key, for one region and service; ``session_token`` for temporary ones."""

    access_key_id: str
    secret_access_key: str
    region: str
    service: str
    session_token: str = ""


def signed_headers(
    credentials: Credentials, host: str, path: str, body: bytes, now: datetime
) -> dict[str, str]:
    """Headers of a signed POST of JSON; ``now`` is aware UTC, and must be within five minutes of
    Amazon's clock.
    """
    date = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {"content-type": "application/json", "host": host, "x-amz-date": date}
    if credentials.session_token:
        headers["x-amz-security-token"] = credentials.session_token
    scope = f"{date[:8]}/{credentials.region}/{credentials.service}/aws4_request"
    signature = sign(credentials, scope, canonical_request("POST", path, headers, body), date)
    names = ";".join(sorted(headers))
    authorization = (
        f"{ALGORITHM} Credential={credentials.access_key_id}/{scope}, SignedHeaders={names},"
        f" Signature={signature}"
    )
    sent = {name.title(): value for name, value in headers.items() if name != "host"}
    return {**sent, "Authorization": authorization}


def canonical_request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
    """The call in the form that is signed; ``headers`` are those to sign, names in lower case.

    No query.
    """
    lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in sorted(headers))
    return "\n".join(
        [
            method,
            quote(path, safe="/-_.~"),
            "",
            lines,
            ";".join(sorted(headers)),
            hashlib.sha256(body).hexdigest(),
        ]
    )


def sign(credentials: Credentials, scope: str, canonical: str, date: str) -> str:
    """The signature in hex: the key is derived from the secret by day, region and service."""
    key = f"AWS4{credentials.secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = "\n".join([ALGORITHM, date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
