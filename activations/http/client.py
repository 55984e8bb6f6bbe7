"""The one place that speaks HTTP, and turns responses into outcomes.

A time-out stands on every call. 408, 429 and 5xx may be tried again; other 4xx never. A call that
was cut off after it left is *unknown*: the vendor may have acted. Only a connection that was never
made is surely without effect.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

import orjson
import requests
import urllib3

from sluice.activations.push.rate_limit import before_call
from sluice.models.delivery import Outcome

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
# its debug lines hold whole addresses of calls, with numbers and logins in them
logging.getLogger("urllib3").setLevel(logging.INFO)
JSON = {"Content-Type": "application/json"}
TEXT_LENGTH = 200
# a TLS connection that never came to be; one that breaks later says SSL too, and then the call may
# have been made
NOT_SHAKEN = (
    "CertVerification",
    "CertificateError",
    "CERTIFICATE_",
    "WRONG_VERSION_NUMBER",
    "HANDSHAKE_FAILURE",
    "UNKNOWN_CA",
)


@dataclass(frozen=True)
class Answer:
    """What one call came to: ``outcome`` is ACCEPTED only when the status is 2xx and the body could
    be read (that of 202 and 204 may be empty). ``text``: how the body begins, for vendors that do
    not speak JSON.
    """

    outcome: Outcome
    reason: str | None = None
    status: int | None = None
    body: Any = None
    retry_after_seconds: float | None = None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpClient:
    """JSON over HTTP to one vendor account, on one kept connection.

    Proxies and netrc of the machine are not used.
    """

    def __init__(
        self, base_url: str, headers: Mapping[str, str], read_seconds: float = READ_SECONDS
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.timeout = (CONNECT_SECONDS, read_seconds)
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update(headers)
        self._prepared: dict[str, requests.PreparedRequest] = {}

    def post(self, path: str, body: Any) -> Answer:
        """POST a JSON body. Never raises for what the network or the vendor does."""
        return self.call("POST", path, json_body=orjson.dumps(body, default=str))

    def call(self, method: str, path: str, **options: Any) -> Answer:
        """One call with the options of ``requests`` (params, data, headers ...), time-outs and
        redirects apart; or with a ``json_body`` alone, ready as bytes. Never raises for what the
        network or the vendor does.
        """
        before_call()
        try:
            if "json_body" in options:
                return self._post_again(path, options["json_body"])
            response = self.session.request(
                method, self.base_url + path, timeout=self.timeout, allow_redirects=False, **options
            )
        except (
            requests.exceptions.RequestException,
            urllib3.exceptions.HTTPError,
            OSError,
        ) as error:
            return _answer_of_error(error)
        return _answer_of(response.status_code, response.content, response.headers)

    def _post_again(self, path: str, body: bytes) -> Answer:
        """The same request but for its body, call after call, on the connections that ``requests``
        keeps: what it does around a call takes as long as the call.
        """
        if path not in self._prepared:
            self._prepared[path] = self.session.prepare_request(
                requests.Request("POST", self.base_url + path, headers=JSON)
            )
        request = self._prepared[path]
        adapter = self.session.get_adapter(str(request.url))
        assert isinstance(adapter, requests.adapters.HTTPAdapter)
        pool = cast(
            "urllib3.HTTPConnectionPool",
            adapter.get_connection_with_tls_context(request, verify=True),
        )
        headers = {**request.headers, "Content-Length": str(len(body))}
        timeout = urllib3.Timeout(connect=self.timeout[0], read=self.timeout[1])
        found = pool.urlopen(
            "POST", request.path_url, body, headers, retries=False, redirect=False, timeout=timeout
        )
        return _answer_of(found.status, found.data, found.headers)

    def fetch(self, path: str) -> Answer:
        """GET whatever is there: the body of an accepted answer is bytes, redirects are not
        followed. Never raises either.
        """
        try:
            response = self.session.get(
                self.base_url + path, timeout=self.timeout, allow_redirects=False
            )
        except requests.exceptions.RequestException:
            return Answer(Outcome.RETRY, "cannot_connect")
        if response.status_code == 200:
            return Answer(Outcome.ACCEPTED, None, response.status_code, response.content)
        return _answer_of(response.status_code, response.content, response.headers)

    def close(self) -> None:
        """Give the connection back."""
        self.session.close()


def _answer_of_error(error: Exception) -> Answer:
    """What ended the call.

    Only where no connection was made it is sure that the vendor did not act; the names of the
    causes stand in the words of the error that wraps them.
    """
    words = repr(error)
    if "ConnectTimeout" in words:
        return Answer(Outcome.RETRY, "connect_timeout")
    if "NewConnectionError" in words or "NameResolutionError" in words:
        return Answer(Outcome.RETRY, "cannot_connect")
    if any(cause in words for cause in NOT_SHAKEN):
        return Answer(Outcome.RETRY, "tls_failed")
    is_silent = "ReadTimeout" in words or "read timed out" in words.lower()
    return Answer(Outcome.UNKNOWN, "no_answer" if is_silent else "connection_lost")


def _answer_of(status: int, content: bytes, headers: Mapping[str, str]) -> Answer:
    body = _json(content, headers)
    if 200 <= status < 300:
        if body is None and (content or status not in {202, 204}):
            text = content.decode("utf-8", "replace")[:TEXT_LENGTH]
            return Answer(Outcome.UNKNOWN, "unreadable_answer", status, text=text, headers=headers)
        return Answer(Outcome.ACCEPTED, None, status, body, headers=headers)
    if status in {408, 429} or status >= 500:
        return Answer(
            Outcome.RETRY, f"http_{status}", status, body, _retry_after(headers), headers=headers
        )
    return Answer(Outcome.FAILED, f"http_{status}", status, body, headers=headers)


def _json(content: bytes, headers: Mapping[str, str]) -> Any:
    """The body: JSON, or the text of a CSV file, which is UTF-8 whatever the header says."""
    if headers.get("Content-Type", "").startswith("text/csv"):
        return content.decode("utf-8", "replace")
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        return float(value)
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
