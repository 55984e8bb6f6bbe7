"""SendGrid: its own SDK beside our client, what it refuses, and its signed events."""

from __future__ import annotations

import base64
import datetime as dt
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sluice.activations.addresses import address_hash
from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.email.rendering import RenderedMail, render
from sluice.activations.destinations.email.sendgrid.callback import SIGNATURE, TIMESTAMP, read_event
from sluice.activations.destinations.email.sendgrid.client import SendGrid
from sluice.activations.destinations.email.sendgrid.config import SendGridConfig
from sluice.activations.destinations.email.sendgrid.mapping import HTML, MAIL_BYTES, SUBJECT, TEXT
from sluice.activations.destinations.registry import REGISTRY
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.web import Request
from sluice.models.delivery import DeliveryState, Message, Outcome, Receipt, Withdrawal
from tests.activations.destinations.test_conformance import message

HASH = "a" * 64


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["sendgrid"]) as sandbox:
        yield sandbox


def client(sandbox: Sandbox) -> SendGrid:
    return SendGrid(SendGridConfig(**sandbox.endpoints()["sendgrid"]))


def mail_to(number: int, address: str) -> Message:
    return replace(message(number, address), address_hash=HASH)


def test_sdk_and_our_client_make_the_same_call(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sdk = pytest.importorskip("sendgrid", reason="needs the extra vendors")
    helpers = pytest.importorskip("sendgrid.helpers.mail")
    seen: list[Request] = []
    vendor, ours = sandbox.servers["sendgrid"].vendor, client(sandbox)
    handle = vendor.handle
    monkeypatch.setattr(
        vendor, "handle", lambda request: (seen.append(request), handle(request))[1], raising=False
    )
    items = [mail_to(1, "u1@shop.example"), mail_to(2, "u2@shop.example")]
    assert {result.outcome for result in ours.send(items)} == {Outcome.ACCEPTED}

    mail = helpers.Mail(helpers.From("news@shop.example", "Shop Example"), subject=SUBJECT)
    for item in items:
        made = render(item, ours.config, MAIL_BYTES)
        assert isinstance(made, RenderedMail)
        personalization = helpers.Personalization()
        personalization.add_to(helpers.To(item.address))
        for name, value in ((SUBJECT, made.subject), (TEXT, made.text), (HTML, made.html)):
            personalization.add_substitution(helpers.Substitution(name, value))
        personalization.add_custom_arg(helpers.CustomArg("delivery_id", str(item.delivery_id)))
        for name, value in made.headers:
            personalization.add_header(helpers.Header(name, value))
        mail.add_personalization(personalization)
    mail.add_content(helpers.Content("text/plain", TEXT))
    mail.add_content(helpers.Content("text/html", HTML))
    api = sdk.SendGridAPIClient(ours.config.api_key.get_secret_value(), host=ours.config.url)
    assert api.send(mail).status_code == 202

    one, other = seen
    assert (one.method, one.path, one.raw_query) == (other.method, other.path, other.raw_query)
    assert {name: one.headers[name] for name in ("authorization", "content-type")} == {
        name: other.headers[name] for name in ("authorization", "content-type")
    }
    assert _in_order(one) == _in_order(other)
    assert sandbox.store.value("select count(*) from received") == 4


def _in_order(request: Request) -> dict[str, Any]:
    """The body, its personalizations by address: the SDK puts the last one first."""
    body: dict[str, Any] = json.loads(request.body)
    return {
        **body,
        "personalizations": sorted(body["personalizations"], key=lambda one: one["to"][0]["email"]),
    }


def test_recipient_sees_the_mail_as_it_was_rendered(sandbox: Sandbox) -> None:
    (result,) = client(sandbox).send([mail_to(-7, "u@shop.example")])
    assert result.vendor_id == "sandbox000000000000001"
    ((title, body, key, source),) = sandbox.store.rows(
        "select title, body, key, source from received"
    )
    assert (title[:3], key) == ("广告：", "-7")
    assert body.startswith("王芳，您好！")
    assert source.startswith(f"List-Unsubscribe: <https://shop.example/unsubscribe?t={HASH}.")
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in source


def test_address_that_is_twice_in_a_batch_goes_out_in_two_calls(sandbox: Sandbox) -> None:
    items = [
        message(1, "u@shop.example"),
        message(2, "U@shop.example"),
        message(3, "v@shop.example"),
    ]
    assert {result.outcome for result in client(sandbox).send(items)} == {Outcome.ACCEPTED}
    assert sandbox.store.rows("select accepted from calls order by call_id") == [(2,), (1,)]


def test_mail_that_fails_the_whole_call_is_found(sandbox: Sandbox) -> None:
    items = [message(number, f"u{number}@shop.example") for number in range(1, 8)]
    items.insert(3, message(99, "a@b_c.cn"))
    results = {result.delivery_id: result for result in client(sandbox).send(items)}
    assert (results[99].outcome, results[99].reason, results[99].suppress) == (
        Outcome.FAILED,
        "http_400",
        False,
    )
    assert [r.outcome for r in results.values()].count(Outcome.ACCEPTED) == 7
    assert sandbox.store.value("select count(*) from received") == 7


def test_server_checks_its_limits(sandbox: Sandbox) -> None:
    http = client(sandbox).http
    one = {"to": [{"email": "u@shop.example"}]}
    good = {
        "from": {"email": "a@shop.example"},
        "subject": "s",
        "content": [{"type": "text/plain", "value": "t"}],
    }
    many = [{"to": [{"email": f"u{number}@shop.example"}]} for number in range(1001)]
    for personalizations in (
        [],
        many,
        [one, one],
        [{**one, "substitutions": {"-a-": "x" * 50_000}}],
        [{"to": []}],
    ):
        assert (
            http.post("/v3/mail/send", {**good, "personalizations": personalizations}).status == 400
        )
    assert http.post("/v3/mail/send", {**good, "personalizations": many[:1000]}).status == 202


@pytest.mark.parametrize(
    ("fault", "outcome", "wait"),
    [
        ("429", Outcome.RETRY, 60.0),
        ("401", Outcome.RETRY, None),
        ("500", Outcome.RETRY, None),
        ("drop", Outcome.UNKNOWN, None),
    ],
)
def test_fault_becomes_an_outcome(
    sandbox: Sandbox, fault: Any, outcome: Outcome, wait: float | None
) -> None:
    sandbox.faults.http.append(fault)
    (result,) = client(sandbox).send([message(1, "a@shop.example")])
    assert (result.outcome, result.retry_after_seconds) == (outcome, wait)


KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
).decode()
AT = dt.datetime(2017, 12, 15, 1, 12, 49, tzinfo=dt.UTC)
BASE = {"email": "U@b.cn", "timestamp": 1513300369, "sg_message_id": "m", "delivery_id": "-7"}
EVENTS = json.dumps([{**BASE, "event": "delivered"}], indent=1).encode()


def signed(
    body: bytes = EVENTS, at: float | None = None, key: ec.EllipticCurvePrivateKey = KEY
) -> CallbackRequest:
    stamp = str(int(time.time() if at is None else at))
    signature = base64.b64encode(
        key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    ).decode()
    return CallbackRequest(
        "POST", "https://s.example/c", "", {SIGNATURE: signature, TIMESTAMP: stamp}, body
    )


def call(request: CallbackRequest, public: str = PUBLIC) -> CallbackAnswer:
    read_callback = REGISTRY["sendgrid"].callback
    assert read_callback is not None
    return read_callback(
        SendGridConfig(api_key="k", sender="a@b.cn", event_public_key=public), request
    )


def test_signed_events_are_heard_as_the_sdk_verifies_them() -> None:
    request = signed()
    answer = call(request)
    assert (answer.status, list(answer.reported)) == (
        200,
        [Receipt(DeliveryState.DELIVERED, AT, -7)],
    )
    webhook = pytest.importorskip("sendgrid.helpers.eventwebhook", reason="needs the extra vendors")
    assert webhook.EventWebhook(PUBLIC).verify_signature(
        EVENTS.decode(), request.headers[SIGNATURE], request.headers[TIMESTAMP]
    )


@pytest.mark.parametrize(
    ("request_", "public"),
    [
        pytest.param(replace(signed(), body=EVENTS.replace(b"-7", b"-8")), PUBLIC, id="changed"),
        pytest.param(
            signed(key=ec.generate_private_key(ec.SECP256R1())), PUBLIC, id="key of another"
        ),
        pytest.param(signed(at=time.time() - 90_000), PUBLIC, id="older than a day"),
        pytest.param(replace(signed(), headers={}), PUBLIC, id="no signature"),
        pytest.param(signed(), "", id="no key in the settings"),
        pytest.param(signed(), "bm8ga2V5", id="bad key in the settings"),
    ],
)
def test_events_that_are_not_proven_are_refused(request_: CallbackRequest, public: str) -> None:
    answer = call(request_, public)
    assert (answer.status, list(answer.reported)) == (403, [])


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'[{"event": "delivered"}]', b"\xff"])
def test_call_without_events_tells_nothing(body: bytes) -> None:
    assert list(call(signed(body)).reported) == []


@pytest.mark.parametrize(
    ("event", "state", "reason", "suppress"),
    [
        (
            {"event": "bounce", "type": "bounce", "status": "5.1.1"},
            DeliveryState.BOUNCED,
            "hard_5.1.1",
            True,
        ),
        (
            {"event": "bounce", "type": "bounce", "status": "5.7.1"},
            DeliveryState.BOUNCED,
            "policy_5.7.1",
            False,
        ),
        (
            {"event": "bounce", "type": "blocked", "status": "4.0.0"},
            DeliveryState.BOUNCED,
            "soft_4.0.0",
            False,
        ),
        (
            {"event": "bounce", "type": "blocked", "status": "5.0.0"},
            DeliveryState.BOUNCED,
            "hard_5.0.0",
            False,
        ),
        (
            {"event": "dropped", "reason": "Bounced Address"},
            DeliveryState.BOUNCED,
            "dropped_bounced_address",
            True,
        ),
        (
            {"event": "dropped", "reason": "Spam Reporting Address"},
            DeliveryState.COMPLAINED,
            "dropped_spam_reporting_address",
            True,
        ),
        (
            {"event": "dropped", "reason": "Unsubscribed Address"},
            DeliveryState.FAILED,
            "dropped_unsubscribed_address",
            True,
        ),
        (
            {"event": "dropped", "reason": "Spam Content of u@b.cn"},
            DeliveryState.FAILED,
            "dropped_mail",
            False,
        ),
        ({"event": "spamreport"}, DeliveryState.COMPLAINED, "complaint", True),
    ],
)
def test_event_is_read(
    event: dict[str, Any], state: DeliveryState, reason: str, suppress: bool
) -> None:
    assert list(read_event({**BASE, **event})) == [
        Receipt(state, AT, -7, None, None, reason, suppress)
    ]


def test_event_that_is_not_known_tells_nothing() -> None:
    assert list(read_event({**BASE, "event": "something_new"})) == []


@pytest.mark.parametrize("kind", ["unsubscribe", "group_unsubscribe"])
def test_unsubscribe_at_the_vendor_is_a_withdrawal(kind: str) -> None:
    assert list(read_event({**BASE, "event": kind})) == [
        Withdrawal("email", address_hash("email", "u@b.cn"), AT)
    ]
