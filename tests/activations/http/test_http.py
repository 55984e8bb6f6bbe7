"""What is sure to have had no effect, and what cannot be determined, of a call that ended badly: both
ways of calling give the same outcome.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import urllib3

from sluice.activations.http.client import Answer, HttpClient, _answer_of_error
from sluice.models.delivery import Outcome

Way = Callable[[HttpClient], Answer]
WAYS: dict[str, Way] = {
    "a JSON body": lambda client: client.post("/x", {"a": 1}),
    "options of requests": lambda client: client.call("POST", "/x", data=b"{}"),
}


@contextmanager
def answering(answer: bytes, *, reads: bool = True) -> Iterator[str]:
    """A server that answers one connection with these bytes, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                if reads:
                    connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(5)


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
class TestBothWays:
    """The quick way and the common one."""

    def test_nobody_listens(self, way: Way) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        answer = way(HttpClient(f"http://127.0.0.1:{port}", {}))
        assert (answer.outcome, answer.reason) == (Outcome.RETRY, "cannot_connect")

    def test_no_such_name(self, way: Way) -> None:
        answer = way(HttpClient("http://nowhere.invalid", {}))
        assert (answer.outcome, answer.reason) == (Outcome.RETRY, "cannot_connect")

    @pytest.mark.parametrize(
        "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", b"nonsense\r\n\r\n"]
    )
    def test_connection_that_breaks_after_the_call(self, way: Way, answer: bytes) -> None:
        with answering(answer) as url:
            found = way(HttpClient(url, {}))
        assert (found.outcome, found.reason) == (Outcome.UNKNOWN, "connection_lost")

    def test_nothing_comes(self, way: Way) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            found = way(
                HttpClient(f"http://127.0.0.1:{server.getsockname()[1]}", {}, read_seconds=0.1)
            )
        assert (found.outcome, found.reason) == (Outcome.UNKNOWN, "no_answer")

    def test_certificate_that_is_none(self, way: Way) -> None:
        with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
            found = way(HttpClient(url.replace("http:", "https:"), {}))
        assert (found.outcome, found.reason) == (Outcome.RETRY, "tls_failed")

    @pytest.mark.parametrize(
        ("answer", "outcome", "reason", "wait"),
        [
            (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", Outcome.ACCEPTED, None, None),
            (
                b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
                Outcome.FAILED,
                "http_302",
                None,
            ),
            (
                b"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
                Outcome.RETRY,
                "http_429",
                7.0,
            ),
            (
                b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{x",
                Outcome.UNKNOWN,
                "unreadable_answer",
                None,
            ),
        ],
    )
    def test_answers(
        self, way: Way, answer: bytes, outcome: Outcome, reason: str | None, wait: float | None
    ) -> None:
        with answering(answer) as url:
            found = way(HttpClient(url, {}))
        assert (found.outcome, found.reason, found.retry_after_seconds) == (outcome, reason, wait)


def test_tls_that_breaks_later_may_have_let_the_call_through() -> None:
    later = urllib3.exceptions.SSLError(ssl.SSLEOFError(8, "EOF occurred in violation of protocol"))
    never = urllib3.exceptions.SSLError(
        ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] self-signed")
    )
    assert _answer_of_error(later).outcome is Outcome.UNKNOWN
    assert _answer_of_error(never).outcome is Outcome.RETRY
