"""Signatures of Aliyun and Tencent, computed from the call as it came: apart from the code that
makes them, on purpose.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

from sluice.activations.sandbox.web import Request


def signed_names(authorization: str) -> list[str]:
    """Names of the signed headers."""
    found = re.search(r"SignedHeaders=([^,\s]+)", authorization)
    return found[1].split(";") if found else []


def credential(authorization: str) -> str:
    """What the caller says it is: the key's id, and for Tencent its scope."""
    found = re.search(r"Credential=([^,\s]+)", authorization)
    return found[1] if found else ""


def acs3_is_right(request: Request, secret: str) -> bool:
    """ACS3-HMAC-SHA256: over the decoded and newly encoded query, the signed headers and the hash
    of the body.
    """
    authorization = request.headers.get("authorization", "")
    names = signed_names(authorization)
    needed = {"host", *(name for name in request.headers if name.startswith("x-acs-"))} | (
        {"content-type"} if request.body and "content-type" in request.headers else set()
    )
    hashed = hashlib.sha256(request.body).hexdigest()
    if not needed <= set(names) or request.headers.get("x-acs-content-sha256") != hashed:
        return False
    pairs = sorted(parse_qsl(request.raw_query, keep_blank_values=True))
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs
    )
    canonical = "\n".join(
        [
            request.method,
            request.path or "/",
            query,
            _lines(request, names),
            ";".join(names),
            hashed,
        ]
    )
    expected = _hex(
        secret.encode(), f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    )
    return _given(authorization) == expected


def tc3_is_right(request: Request, secret: str) -> bool:
    """TC3-HMAC-SHA256: the key is derived from the date and service in the credential's scope; the
    date is the time stamp's.
    """
    authorization = request.headers.get("authorization", "")
    names = signed_names(authorization)
    _, _, scope = credential(authorization).partition("/")
    date, _, _ = scope.partition("/")
    timestamp = request.headers.get("x-tc-timestamp", "")
    if (
        not {"host", "content-type"} <= set(names)
        or not timestamp.isdigit()
        or scope != f"{date}/sms/tc3_request"
    ):
        return False
    if datetime.fromtimestamp(int(timestamp), UTC).strftime("%Y-%m-%d") != date:
        return False
    hashed = hashlib.sha256(request.body).hexdigest()
    canonical = "\n".join(
        [
            request.method,
            "/",
            request.raw_query,
            _lines(request, names, True),
            ";".join(names),
            hashed,
        ]
    )
    to_sign = "\n".join(
        ["TC3-HMAC-SHA256", timestamp, scope, hashlib.sha256(canonical.encode()).hexdigest()]
    )
    key = f"TC3{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return _given(authorization) == _hex(key, to_sign)


def _lines(request: Request, names: list[str], is_lower: bool = False) -> str:
    headers: Mapping[str, str] = request.headers
    values = {name: headers.get(name, "").strip() for name in names}
    return "".join(
        f"{name}:{value.lower() if is_lower else value}\n" for name, value in values.items()
    )


def _given(authorization: str) -> str:
    found = re.search(r"Signature=(\w+)", authorization)
    return found[1] if found else ""


def _hex(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
