"""Settings of the destinations for e-mail: each is described, and no secret shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sluice.activations.destinations.registry import REGISTRY, build
from sluice.activations.http.client import HttpClient
from sluice.activations.sandbox.server import Sandbox, free_port
from sluice.activations.settings import DestinationSettings
from sluice.models.delivery import Message, Outcome
from tests.activations.destinations.test_conformance import message
from tests.conftest import ROOT

MAIL = ["smtp", "ses", "sendgrid"]


@pytest.mark.parametrize("name", MAIL)
def test_every_setting_is_in_the_readme(name: str) -> None:
    text = (ROOT / "activations" / "destinations" / "email" / name / "README.md").read_text()
    config = REGISTRY[name].config
    prefix = config.model_config["env_prefix"]  # type: ignore[attr-defined]
    own = set(config.model_fields) - set(DestinationSettings.model_fields)  # type: ignore[attr-defined]
    assert [
        field
        for field in own
        if f"`{prefix}{field.upper()}`" not in text and f"`_{field.upper()}`" not in text
    ] == []


@pytest.mark.parametrize("name", MAIL)
def test_no_secret_is_shown(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        settings = sandbox.endpoints()[name]
    config = REGISTRY[name].config(**settings)
    secrets = [
        settings[key]
        for key in ("password", "secret_access_key", "api_key", "secret")
        if key in settings
    ]
    shown = repr(config) + str(config) + config.model_dump_json()
    assert len(secrets) == 2
    assert [secret for secret in secrets if secret in shown] == []


@pytest.mark.parametrize("name", MAIL)
@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(message(1, "a@shop.example", "\ud800"), id="half a letter"),
        pytest.param(replace(message(1, "a@shop.example"), values={}), id="no values"),
        pytest.param(replace(message(1, "a@shop.example"), template="no_such"), id="no template"),
        pytest.param(message(1, "a@" + "b" * 70 + ".例"), id="a domain that is none"),
        pytest.param(
            replace(message(1, "李@shop.example"), country="CN"), id="a local part in Chinese"
        ),
    ],
)
def test_what_cannot_be_written_fails_alone(
    name: str, bad: Message, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In particular it raises nothing: the whole batch would be unknown."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        client = build(name, sandbox.endpoints())
        results = {
            result.delivery_id: result
            for result in client.send([bad, message(2, "b@shop.example")])
        }
        client.close()
    assert results[2].outcome is Outcome.ACCEPTED
    is_taken = name == "smtp" and bad.address.startswith("李")  # by SMTPUTF8
    assert results[1].outcome is (Outcome.ACCEPTED if is_taken else Outcome.FAILED)


def test_fetch_gives_bytes_or_an_outcome(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Sandbox(tmp_path_factory.mktemp("sandbox"), names=["ses"]) as sandbox:
        answer = HttpClient(sandbox.endpoints()["ses"]["url"], {}).fetch("/")
    assert (answer.outcome, answer.status) == (Outcome.FAILED, 403)
    assert HttpClient(f"http://127.0.0.1:{free_port()}", {}).fetch("/").outcome is Outcome.RETRY
