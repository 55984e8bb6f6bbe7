"""Captchas of Turnstile, hCaptcha and reCAPTCHA: what the page loads, and the call that verifies.

Protocol (``siteverify``): https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from sluice.activations.http.client import HttpClient
from sluice.activations.inbox.forms.definition import Captcha
from sluice.models.delivery import Outcome

SECONDS = 5.0
CaptchaResult = Literal["passed", "failed", "unreachable"]


@dataclass(frozen=True)
class Service:
    """A service: the class of its element, its field in the form, its script, its origins."""

    css: str
    field: str
    script: str
    verify: str
    origins: str


SERVICES = {
    "turnstile": Service(
        "cf-turnstile",
        "cf-turnstile-response",
        "https://challenges.cloudflare.com/turnstile/v0/api.js",
        "https://challenges.cloudflare.com/turnstile/v0/siteverify",
        "https://challenges.cloudflare.com",
    ),
    "hcaptcha": Service(
        "h-captcha",
        "h-captcha-response",
        "https://js.hcaptcha.com/1/api.js",
        "https://api.hcaptcha.com/siteverify",
        "https://hcaptcha.com https://*.hcaptcha.com",
    ),
    "recaptcha": Service(
        "g-recaptcha",
        "g-recaptcha-response",
        "https://www.recaptcha.net/recaptcha/api.js",
        "https://www.recaptcha.net/recaptcha/api/siteverify",
        "https://www.recaptcha.net https://www.gstatic.cn https://www.gstatic.com",
    ),
}


def verify(
    captcha: Captcha, answer: str, environment: Mapping[str, str] = os.environ
) -> tuple[CaptchaResult, str]:
    """Whether the answer of a page is right, and why it is not known: a service that cannot be
    reached, or refuses our key, costs nobody their submission.
    """
    if not answer or len(answer) > 4_096:
        return "failed", "no answer"
    secret = environment.get(captcha.secret, "")
    if not secret:
        return "unreachable", f"{captcha.secret} is not set"
    url = urlsplit(captcha.verify_url or SERVICES[captcha.kind].verify)
    client = HttpClient(f"{url.scheme}://{url.netloc}", {}, SECONDS)
    try:
        found = client.call("POST", url.path, data={"secret": secret, "response": answer})
    finally:
        client.close()
    body = found.body if isinstance(found.body, dict) else {}
    if found.outcome is not Outcome.ACCEPTED or not isinstance(body.get("success"), bool):
        return "unreachable", found.reason or "unreadable_answer"
    if body["success"]:
        return "passed", ""
    codes = body.get("error-codes")
    is_ours = isinstance(codes, list) and any("secret" in str(code) for code in codes)
    return ("unreachable", "the key is refused") if is_ours else ("failed", "refused")
