"""Amazon SES: its own SDK beside our client, and what it refuses."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.destinations.email.rendering import RenderedMail, render
from sluice.activations.destinations.email.ses.client import Ses
from sluice.activations.destinations.email.ses.config import SesConfig
from sluice.activations.destinations.email.ses.mapping import MAIL_BYTES, bulk_body
from sluice.activations.destinations.email.ses.outcomes import entry_result
from sluice.activations.destinations.email.sigv4 import Credentials, canonical_request, sign
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.web import Request
from sluice.models.delivery import Outcome
from sluice.models.errors import ConfigurationError
from tests.activations.destinations.test_conformance import message


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["ses"]) as sandbox:
        yield sandbox


def client(sandbox: Sandbox, **settings: Any) -> Ses:
    return Ses(SesConfig(**{**sandbox.endpoints()["ses"], **settings}))


def record(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What calls the sandbox got."""
    seen: list[Request] = []
    vendor = sandbox.servers["ses"].vendor
    handle = vendor.handle
    monkeypatch.setattr(
        vendor, "handle", lambda request: (seen.append(request), handle(request))[1], raising=False
    )
    return seen


def test_sdk_and_our_client_make_the_same_call(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3 = pytest.importorskip("boto3", reason="needs the extra vendors")
    seen, ses = record(sandbox, monkeypatch), client(sandbox, configuration_set="set")
    items = [message(number, f"u{number}@shop.example") for number in (1, 2)]
    assert {result.outcome for result in ses.send(items)} == {Outcome.ACCEPTED}
    mails = [
        mail
        for item in items
        if isinstance(mail := render(item, ses.config, MAIL_BYTES), RenderedMail)
    ]
    config = ses.config
    sdk = boto3.client(
        "sesv2",
        region_name=config.region,
        endpoint_url=config.url,
        aws_access_key_id=config.access_key_id,
        aws_secret_access_key=config.secret_access_key.get_secret_value(),
    )
    answer = sdk.send_bulk_email(**bulk_body(mails, config))
    assert [result["Status"] for result in answer["BulkEmailEntryResults"]] == ["SUCCESS"] * 2
    ours, theirs = seen
    assert (ours.method, ours.path, ours.raw_query) == (
        theirs.method,
        theirs.path,
        theirs.raw_query,
    )
    assert json.loads(ours.body) == json.loads(theirs.body)
    assert {"content-type", "host", "x-amz-date"} <= set(_signed(ours)) & set(_signed(theirs))
    assert ours.headers["content-type"] == theirs.headers["content-type"]
    assert sandbox.store.value("select count(*) from received") == 4
    assert (
        _recomputed(theirs, config.credentials)
        == theirs.headers["authorization"].rpartition("=")[2]
    )


def test_signature_of_amazons_own_example() -> None:
    """get-vanilla of the test suite that Amazon published with Signature Version 4."""
    canonical = canonical_request(
        "GET", "/", {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z"}, b""
    )
    credentials = Credentials(
        "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"
    )
    signature = sign(
        credentials, "20150830/us-east-1/service/aws4_request", canonical, "20150830T123600Z"
    )
    assert signature == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"


def _signed(request: Request) -> list[str]:
    return (
        request.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    )


def _recomputed(request: Request, credentials: Credentials) -> str:
    headers = {name: request.headers[name] for name in _signed(request)}
    scope = (
        request.headers["authorization"]
        .partition("Credential=")[2]
        .partition(",")[0]
        .partition("/")[2]
    )
    return sign(
        credentials,
        scope,
        canonical_request("POST", request.path, headers, request.body),
        headers["x-amz-date"],
    )


def test_recipient_sees_the_mail_as_it_was_rendered(sandbox: Sandbox) -> None:
    client(sandbox).send(
        [replace(message(-7, "u@shop.example", "<b>李</b>"), address_hash="a" * 64)]
    )
    ((title, body, key, source),) = sandbox.store.rows(
        "select title, body, key, source from received"
    )
    assert (title[:3], key) == ("广告：", "-7")
    assert "<b>李</b>" in body
    assert "&lt;b&gt;李" in source
    assert '{"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"}' in source


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("SUCCESS", Outcome.ACCEPTED),
        ("MESSAGE_REJECTED", Outcome.FAILED),
        ("ACCOUNT_THROTTLED", Outcome.RETRY),
        ("ACCOUNT_SUSPENDED", Outcome.RETRY),
        ("TEMPLATE_NOT_FOUND", Outcome.RETRY),
        ("SOMETHING_NEW", Outcome.UNKNOWN),
    ],
)
def test_status_of_an_entry_is_an_outcome(status: str, outcome: Outcome) -> None:
    assert entry_result(1, {"Status": status, "Error": "a@b.cn"}).outcome is outcome


def test_every_status_of_the_sdk_has_an_outcome() -> None:
    session = pytest.importorskip("botocore.session", reason="needs the extra vendors")
    shape = session.get_session().get_service_model("sesv2").shape_for("BulkEmailStatus")
    assert [
        status
        for status in shape.enum
        if entry_result(1, {"Status": status}).outcome is Outcome.UNKNOWN
    ] == []


@pytest.mark.parametrize(
    ("fault", "outcome", "reason"),
    [
        ("429", Outcome.RETRY, "ses_TooManyRequestsException"),
        ("401", Outcome.RETRY, "ses_ExpiredTokenException"),
        ("500", Outcome.RETRY, "ses_InternalServiceErrorException"),
        ("drop", Outcome.UNKNOWN, "connection_lost"),
        ("invalid_json", Outcome.UNKNOWN, "unreadable_answer"),
    ],
)
def test_fault_becomes_an_outcome(
    sandbox: Sandbox, fault: Any, outcome: Outcome, reason: str
) -> None:
    sandbox.faults.http.append(fault)
    (result,) = client(sandbox).send([message(1, "a@shop.example")])
    assert (result.outcome, result.reason) == (outcome, reason)


def test_clock_that_is_wrong_by_six_minutes_is_refused(sandbox: Sandbox) -> None:
    sandbox.clock.set(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=6))
    (result,) = client(sandbox).send([message(1, "a@shop.example")])
    assert (result.outcome, result.reason) == (Outcome.RETRY, "ses_InvalidSignatureException")


def test_entry_that_fails_the_whole_call_is_found(sandbox: Sandbox) -> None:
    items = [message(number, f"u{number}@shop.example") for number in range(1, 8)]
    items.insert(3, message(99, "a@b_c.cn"))
    results = {result.delivery_id: result for result in client(sandbox).send(items)}
    assert (results[99].outcome, results[99].reason) == (Outcome.FAILED, "ses_BadRequestException")
    assert [r.outcome for r in results.values()].count(Outcome.ACCEPTED) == 7
    assert sandbox.store.value("select count(*) from received") == 7


def test_temporary_credentials_are_signed_with_their_token(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = record(sandbox, monkeypatch)
    assert (
        client(sandbox, session_token="token").send([message(1, "a@shop.example")])[0].outcome
        is Outcome.ACCEPTED
    )
    assert seen[0].headers["x-amz-security-token"] == "token"
    assert "x-amz-security-token" in _signed(seen[0])


def test_limit_of_a_call_is_a_setting_that_cannot_be_passed() -> None:
    with pytest.raises(ConfigurationError, match="SLUICE_SES_BATCH_SIZE"):
        SesConfig(
            access_key_id="a",
            secret_access_key="b",
            region="eu-west-1",
            sender="a@b.cn",
            batch_size=51,
        )
