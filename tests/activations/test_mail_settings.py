"""Settings of the destinations for e-mail: each is described, and no secret shows."""

from __future__ import annotations

import pytest

from activations.destinations.registry import REGISTRY
from activations.http import HttpClient
from activations.sandbox.server import Sandbox, free_port
from activations.settings import DestinationSettings
from models.delivery import Verdict
from tests.conftest import ROOT

MAIL = ["smtp", "ses", "sendgrid"]


@pytest.mark.parametrize("name", MAIL)
def test_every_setting_is_in_the_readme(name: str) -> None:
    text = (ROOT / "activations" / "destinations" / "email" / name / "README.md").read_text()
    config = REGISTRY[name].config
    prefix = config.model_config["env_prefix"]  # type: ignore[attr-defined]
    own = set(config.model_fields) - set(DestinationSettings.model_fields)  # type: ignore[attr-defined]
    assert [field for field in own if f"`{prefix}{field.upper()}`" not in text and f"`_{field.upper()}`" not in text] == []


@pytest.mark.parametrize("name", MAIL)
def test_no_secret_is_shown(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        settings = sandbox.endpoints()[name]
    config = REGISTRY[name].config(**settings)
    secrets = [settings[key] for key in ("password", "secret_access_key", "api_key", "secret") if key in settings]
    shown = repr(config) + str(config) + config.model_dump_json()
    assert len(secrets) == 2
    assert [secret for secret in secrets if secret in shown] == []


def test_fetch_gives_bytes_or_a_verdict(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Sandbox(tmp_path_factory.mktemp("sandbox"), names=["ses"]) as sandbox:
        answer = HttpClient(sandbox.endpoints()["ses"]["url"], {}).fetch("/")
    assert (answer.verdict, answer.status) == (Verdict.FAILED, 403)
    assert HttpClient(f"http://127.0.0.1:{free_port()}", {}).fetch("/").verdict is Verdict.RETRY
