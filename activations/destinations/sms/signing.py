"""Signatures of requests: ACS3-HMAC-SHA256 (Aliyun, API gateway V3) and TC3-HMAC-SHA256 (Tencent
Cloud API 3.0).
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote


def acs3_headers(
    action: str,
    version: str,
    host: str,
    query: Mapping[str, str],
    body: bytes,
    key: tuple[str, str],
    now: datetime,
) -> dict[str, str]:
    """Headers of a POST to ``/`` at Aliyun: signed are host, content-type when there is a body, and
    all ``x-acs-``. ``key``: id and secret; ``now``: aware UTC, the provider allows 15 minutes of
    difference; the nonce is new for each call.
    """
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-acs-date": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": uuid.uuid4().hex,
        "x-acs-version": version,
    }
    if body:
        headers["content-type"] = "application/x-www-form-urlencoded"
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = "\n".join(
        ["POST", "/", _canonical_query(query), lines, names, headers["x-acs-content-sha256"]]
    )
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key[1].encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return {
        **headers,
        "Authorization": (
            f"ACS3-HMAC-SHA256 Credential={key[0]},SignedHeaders={names},Signature={signature}"
        ),
    }


def tc3_headers(
    action: str,
    version: str,
    region: str,
    host: str,
    body: bytes,
    key: tuple[str, str],
    now: datetime,
) -> dict[str, str]:
    """Headers of a POST of JSON to ``/`` at Tencent's service ``sms``; signed are content-type and
    host. ``now``: aware UTC, the provider allows some minutes of difference.
    """
    timestamp, date = str(int(now.timestamp())), now.astimezone(UTC).strftime("%Y-%m-%d")
    content_type, scope = "application/json", f"{date}/sms/tc3_request"
    lines = f"content-type:{content_type}\nhost:{host.lower()}\n"
    canonical = "\n".join(
        ["POST", "/", "", lines, "content-type;host", hashlib.sha256(body).hexdigest()]
    )
    to_sign = "\n".join(
        ["TC3-HMAC-SHA256", timestamp, scope, hashlib.sha256(canonical.encode()).hexdigest()]
    )
    derived = f"TC3{key[1]}".encode()
    for part in (date, "sms", "tc3_request"):
        derived = hmac.new(derived, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(derived, to_sign.encode(), hashlib.sha256).hexdigest()
    return {
        "Host": host,
        "Content-Type": content_type,
        "X-TC-Action": action,
        "X-TC-Version": version,
        "X-TC-Region": region,
        "X-TC-Timestamp": timestamp,
        "Authorization": (
            f"TC3-HMAC-SHA256 Credential={key[0]}/{scope}, SignedHeaders=content-type;host,"
            f" Signature={signature}"
        ),
    }


def _canonical_query(query: Mapping[str, str]) -> str:
    return "&".join(f"{_quoted(name)}={_quoted(query[name])}" for name in sorted(query))


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")
