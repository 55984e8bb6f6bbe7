"""Captchas: who fails is asked again, and a service that cannot say costs nobody their submission."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.activations.inbox.forms.desk import BASE, Desks, serving_forms
from tests.activations.inbox.forms.siteverify import siteverify

GOOD = {"email": "Wang.Fang@Acme.cn", "phone": "138 1234 5679", "news": "on"}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with serving_forms(tmp_path) as running:
        yield running


@pytest.mark.parametrize(
    ("answer", "status", "verified"),
    [
        ((200, {"success": True}), 303, None),
        ((200, {"success": False, "error-codes": ["invalid-input-response"]}), 422, None),
        ((200, {"success": False, "error-codes": ["invalid-input-secret"]}), 303, False),
        ((500, {}), 303, False),
        ((200, "no json"), 303, False),
        (None, 303, False),
    ],
)
def test_captcha(
    desks: Desks, monkeypatch: pytest.MonkeyPatch, answer: Any, status: int, verified: bool | None
) -> None:
    monkeypatch.setenv("SLUICE_FORM_CAPTCHA", "s3cret")
    with siteverify(answer) as (url, asked):
        captcha = f"captcha: {{kind: turnstile, site_key: k1, secret: SLUICE_FORM_CAPTCHA, verify_url: '{url}'}}\n"
        desks.write("contact", BASE + captcha)
        page = desks.get("/f/contact")
        assert 'class="cf-turnstile" data-sitekey="k1"' in page.body.decode()
        assert (
            "script-src https://challenges.cloudflare.com"
            in page.headers["content-security-policy"]
        )
        assert desks.send("contact", GOOD).status == 422  # no answer at all
        found = desks.send("contact", {**GOOD, "cf-turnstile-response": "tok"})
    assert found.status == status
    assert asked in ([], ["secret=s3cret&response=tok"])
    assert [body.get("verified") for body in desks.bodies()] == (
        [verified] if status == 303 else []
    )
