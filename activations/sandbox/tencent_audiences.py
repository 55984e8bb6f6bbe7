"""Customer file audiences as Tencent Ads keep them: token, clock and nonce are checked, files are
zips of hashes.
"""

from __future__ import annotations

import email
import email.policy
import io
import re
import zipfile
from typing import Any

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

TOKEN, ACCOUNT = "sandbox-tencent-ads", "20458"
PATH = re.compile(r"/v\d+\.\d+/custom_audience_files/add")
HASH = re.compile(r"[0-9a-fA-F]{64}")
TOLERANCE_SECONDS = 300


class TencentAudiencesVendor:
    """POST /<version>/custom_audience_files/add.

    Codes other than 0 are ours: the real ones are not documented with it.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.nonces: set[str] = set()
        self.audiences: dict[str, set[str]] = {}

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, the account and its token."""
        return {"url": url, "token": TOKEN, "account_id": ACCOUNT}

    def handle(self, request: Request) -> Reply:
        """200 with a code, as all calls are answered."""
        if not PATH.fullmatch(request.path) or request.method != "POST":
            return refused(10001, "no such interface")
        if reply := refused_query(request, TOKEN, self.nonces, self.clock):
            return reply
        return self._take(_form(request))

    def fault_reply(self, fault: HttpFault) -> Reply:
        """Limits and tokens come as codes."""
        return (
            Reply(500)
            if fault == "500"
            else refused({"429": 11017, "401": 11000}[fault], "scripted")
        )

    def _take(self, form: dict[str, bytes]) -> Reply:
        text = {
            name: value.decode("utf-8", "replace") for name, value in form.items() if name != "file"
        }
        operation = text.get("operation_type", "APPEND")
        is_right = (
            text.get("account_id") == ACCOUNT and text.get("user_id_type") == "SHA256_MOBILE_PHONE"
        )
        if (
            not is_right
            or operation not in {"APPEND", "REDUCE"}
            or not text.get("audience_id", "").isdecimal()
        ):
            return refused(10002, "a parameter is wrong")
        try:
            archive = zipfile.ZipFile(io.BytesIO(form["file"]))
            lines = archive.read(archive.namelist()[0]).decode().splitlines()
        except (KeyError, IndexError, zipfile.BadZipFile):
            return refused(10002, "the file is no zip")
        if not lines or not all(HASH.fullmatch(line) for line in lines):
            return refused(10002, "a line is no identifier")
        members = self.audiences.setdefault(text["audience_id"], set())
        members.update(lines) if operation == "APPEND" else members.difference_update(lines)
        self.store.add_call("tencent_audiences", operation.lower(), len(lines))
        number = self.store.value("select count(*) from calls")
        return Reply(
            200,
            {
                "code": 0,
                "message": "",
                "message_cn": "",
                "data": {"custom_audience_file_id": number},
            },
        )


def refused_query(request: Request, token: str, nonces: set[str], clock: Clock) -> Reply | None:
    """The refusal of what every call carries: token, clock and nonce, which is kept; None where
    they are right.
    """
    query = {name: values[0] for name, values in request.query.items()}
    if query.get("access_token") != token:
        return refused(11000, "the token is not valid")
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if (
        not timestamp.isdecimal()
        or abs(clock.now().timestamp() - int(timestamp)) > TOLERANCE_SECONDS
    ):
        return refused(10003, "the timestamp is too far off")
    if not 1 <= len(nonce) <= 32 or nonce in nonces:
        return refused(10004, "the nonce was used")
    nonces.add(nonce)
    return None


def refused(code: int, message: str) -> Reply:
    """A refusal comes with status 200."""
    return Reply(200, {"code": code, "message": message, "message_cn": message, "data": {}})


def _form(request: Request) -> dict[str, bytes]:
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    parsed = email.message_from_bytes(head + request.body, policy=email.policy.HTTP)
    found: dict[str, bytes] = {}
    for part in parsed.iter_parts():
        content = part.get_payload(decode=True)
        found[str(part.get_param("name", header="content-disposition"))] = (
            content if isinstance(content, bytes) else b""
        )
    return found
