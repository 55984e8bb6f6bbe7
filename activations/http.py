"""The one place that speaks HTTP, and turns what it hears into verdicts.

A time-out stands on every call. 408, 429 and 5xx may be tried again; other 4xx never. A call that was cut off after it
left is *unknown*: the vendor may have acted. Only a connection that was never made is surely without effect.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
import requests

from models.delivery import Verdict

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
# its debug lines hold whole addresses of calls, with numbers and logins in them
logging.getLogger("urllib3").setLevel(logging.INFO)
JSON = {"Content-Type": "application/json"}
TEXT_LENGTH = 200


@dataclass(frozen=True)
class Answer:
    """What one call came to: ``verdict`` is ACCEPTED only when the status is 2xx and the body could be read (that of
    202 and 204 may be empty). ``text``: how the body begins, for vendors that do not speak JSON."""

    verdict: Verdict
    reason: str | None = None
    status: int | None = None
    body: Any = None
    retry_after_seconds: float | None = None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpClient:
    """JSON over HTTP to one vendor account, on one kept connection. Proxies and netrc of the machine are not used."""

    def __init__(self, base_url: str, headers: Mapping[str, str], read_seconds: float = READ_SECONDS) -> None:
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
        """One call with the options of ``requests`` (params, data, headers ...), time-outs and redirects apart; or with a
        ``json_body`` alone, ready as bytes. Never raises for what the network or the vendor does."""
        try:
            response = self._respond(method, path, options)
        except requests.exceptions.ConnectTimeout:
            return Answer(Verdict.RETRY, "connect_timeout")
        except requests.exceptions.SSLError:
            return Answer(Verdict.RETRY, "tls_failed")
        except requests.exceptions.ConnectionError as error:
            return _connection_error(error)
        except requests.exceptions.RequestException:
            return Answer(Verdict.UNKNOWN, "no_answer")
        return _judge(response)

    def _respond(self, method: str, path: str, options: dict[str, Any]) -> requests.Response:
        if "json_body" not in options:
            return self.session.request(method, self.base_url + path, timeout=self.timeout, allow_redirects=False, **options)
        # the same but for its body, call after call: preparing a request takes longer than sending it
        body: bytes = options["json_body"]
        if path not in self._prepared:
            blank = requests.Request(method, self.base_url + path, headers=JSON)
            self._prepared[path] = self.session.prepare_request(blank)
        request = self._prepared[path].copy()
        request.body, request.headers["Content-Length"] = body, str(len(body))
        return self.session.send(request, timeout=self.timeout, allow_redirects=False, proxies={}, stream=False)

    def fetch(self, path: str) -> Answer:
        """GET whatever is there: the body of an accepted answer is bytes, redirects are not followed. Never raises either."""
        try:
            response = self.session.get(self.base_url + path, timeout=self.timeout, allow_redirects=False)
        except requests.exceptions.RequestException:
            return Answer(Verdict.RETRY, "cannot_connect")
        judged = _judge(response)
        return Answer(Verdict.ACCEPTED, None, response.status_code, response.content) if response.status_code == 200 else judged

    def close(self) -> None:
        """Give the connection back."""
        self.session.close()


def _connection_error(error: requests.exceptions.ConnectionError) -> Answer:
    never_left = "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)
    return Answer(Verdict.RETRY, "cannot_connect") if never_left else Answer(Verdict.UNKNOWN, "connection_lost")


def _judge(response: requests.Response) -> Answer:
    status = response.status_code
    body = _json(response)
    if 200 <= status < 300:
        if body is None and (response.content or status not in {202, 204}):
            text = response.text[:TEXT_LENGTH]
            return Answer(Verdict.UNKNOWN, "unreadable_answer", status, text=text, headers=response.headers)
        return Answer(Verdict.ACCEPTED, None, status, body, headers=response.headers)
    if status in {408, 429} or status >= 500:
        return Answer(Verdict.RETRY, f"http_{status}", status, body, _retry_after(response), headers=response.headers)
    return Answer(Verdict.FAILED, f"http_{status}", status, body, headers=response.headers)


def _json(response: requests.Response) -> Any:
    """The body: JSON, or the text of a CSV file, which is UTF-8 whatever the header says."""
    if response.headers.get("Content-Type", "").startswith("text/csv"):
        return response.content.decode("utf-8", "replace")
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None


def _retry_after(response: requests.Response) -> float | None:
    value = response.headers.get("Retry-After", "").strip()
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
