"""Secrets are planted in every setting that holds one; no error, log, result or file of a run may
repeat them.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from sluice.activations.destinations.registry import REGISTRY, entry
from sluice.activations.sandbox.server import Sandbox
from sluice.models.errors import ConfigurationError
from tests.conftest import sluice
from tests.projects import sample_project

PLANTED = "pl4nted-secret-of-a-test"


def secret_names(config: Any) -> dict[str, str]:
    """Environment variables of the secrets of a destination's settings, by field."""
    prefix = str(config.model_config.get("env_prefix", ""))
    fields = config.model_fields.items()
    return {
        name: prefix + name.upper()
        for name, field in fields
        if "SecretStr" in str(field.annotation)
    }


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_settings_never_show_a_secret(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = entry(name).config
    for variable in secret_names(config).values():
        monkeypatch.setenv(variable, PLANTED)
    try:
        shown = config()
    except ConfigurationError as error:
        shown = error
    assert PLANTED not in f"{shown!r} {shown}"


def test_every_vendor_that_asks_for_a_secret_keeps_it_as_one() -> None:
    """A field named like a secret is of the type that does not show itself."""
    words = ("token", "secret", "password", "api_key", "private_key")
    plain = [
        f"{name}.{field}"
        for name, found in REGISTRY.items()
        for field, info in found.config.model_fields.items()
        if any(field == word or field.endswith(f"_{word}") for word in words)
        and "SecretStr" not in str(info.annotation)
    ]
    assert plain == []


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_a_refused_login_is_told_without_the_secret(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Sandbox(tmp_path, names=[name] if name != "smtp" else []) as sandbox:
        settings = dict(sandbox.endpoints().get(name, {}))
        secrets = {
            field: SecretStr(PLANTED)
            for field in secret_names(entry(name).config)
            if field in settings
        }
        try:
            client = entry(name).client(entry(name).config(**{**settings, **secrets}))
            reported: Any = client
            client.close()
        except (ConfigurationError, ValueError) as error:
            reported = error
    assert PLANTED not in f"{reported} {caplog.text}"


@pytest.mark.slow
def test_a_live_run_writes_no_secret(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Mails go out, the CRM refuses its token: neither the output nor any file of the home has one
    of the secrets.
    """
    home = tmp_path / "home"
    home.mkdir()
    with Sandbox(tmp_path) as sandbox:
        smtp, hubspot = sandbox.endpoints()["smtp"], sandbox.endpoints()["hubspot"]
        environment = {
            "SLUICE_PROJECT": str(sample_project(tmp_path / "project", is_lean=True)),
            "SLUICE_DELIVERY": "live",
            **{f"SLUICE_SMTP_{field.upper()}": str(value) for field, value in smtp.items()},
            "SLUICE_SMTP_SECRET": PLANTED,
            "SLUICE_HUBSPOT_URL": str(hubspot["url"]),
            "SLUICE_HUBSPOT_TOKEN": PLANTED,
            "SLUICE_HUBSPOT_PATIENCE_SECONDS": "1",
        }
        approve = ("--approve", "crm_contacts:first_sync", "--reason", "a test")
        done = sluice("run", "--json", *approve, home=home, **environment)
        reported = sluice("ledger", "status", home=home, **environment)
        sealed = sluice("plan", "--out", str(home / "plan.json"), home=home, **environment)
    assert done.code == 1, done.stderr
    assert done.json["messages"]["sent"] > 0
    assert (
        PLANTED
        not in done.stdout
        + done.stderr
        + reported.stdout
        + reported.stderr
        + sealed.stdout
        + sealed.stderr
    )
    holders = [
        path for path in home.rglob("*") if path.is_file() and PLANTED.encode() in path.read_bytes()
    ]
    assert holders == []
