"""Whether the service is reached where its links lead."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from sluice.activations.inbox.http_server import Server
from sluice.orchestration.doctor.serve import check_serve
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.serving.service import make_service
from tests.activations.callbacks.serving import serving_app


def states(url: str, monkeypatch: pytest.MonkeyPatch, home: Path) -> list[tuple[str, str]]:
    monkeypatch.setenv("SLUICE_HOME", str(home))
    monkeypatch.setenv("SLUICE_PUBLIC_URL", url)
    return [(one.state, one.words) for one in check_serve(load_settings())]


def test_our_service_is_known_by_its_pixel(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_HOME", str(home))
    server = Server()
    with make_service(load_settings(), server.local_url) as service:
        thread = server.start(service.app)
        found = states(server.local_url, monkeypatch, home)
        server.stop()
        thread.join(15)
    assert found == [("ok", f"{server.local_url} answers")]


def test_another_server_is_not_ours(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hello(request: object) -> Response:
        return Response("welcome")

    app = Starlette(routes=[Route("/{path:path}", hello)])
    with serving_app(lambda _: app) as server:
        ((state, words),) = states(server.local_url, monkeypatch, home)
    assert (state, "another server answers" in words) == ("failed", True)


def test_nobody_answers(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ((state, words),) = states("http://127.0.0.1:9", monkeypatch, home)
    assert (state, "cannot_connect" in words) == ("failed", True)


def test_without_an_address_nothing_is_asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ((state, _),) = states("", monkeypatch, home)
    assert state == "ok"
