"""Amazon SES: its own SDK beside our client, what it refuses, and its events."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from activations.addresses import address_hash
from activations.destinations.base import CallbackAnswer, CallbackRequest
from activations.destinations.email.rendering import RenderedMail, render
from activations.destinations.email.ses.client import Ses
from activations.destinations.email.ses.config import SesConfig
from activations.destinations.email.ses.mapping import MAIL_BYTES, bulk_body
from activations.destinations.email.ses.verdicts import judge_entry
from activations.destinations.email.ses_events import read_event
from activations.destinations.email.sigv4 import Credentials, canonical_request, sign
from activations.destinations.email.sns import string_to_sign
from activations.destinations.registry import REGISTRY
from activations.sandbox.server import Sandbox
from activations.sandbox.web import Request
from models.delivery import DeliveryState, Receipt, Verdict, Withdrawal
from models.errors import ConfigurationError
from tests.activations.test_conformance import message

TOPIC = "arn:aws:sns:eu-west-1:123456789012:ses"


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
    monkeypatch.setattr(vendor, "handle", lambda request: (seen.append(request), handle(request))[1], raising=False)
    return seen


def test_sdk_and_our_client_make_the_same_call(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    boto3 = pytest.importorskip("boto3", reason="needs the extra vendors")
    seen, ses = record(sandbox, monkeypatch), client(sandbox, configuration_set="set")
    items = [message(number, f"u{number}@shop.example") for number in (1, 2)]
    assert {result.verdict for result in ses.send(items)} == {Verdict.ACCEPTED}
    mails = [mail for item in items if isinstance(mail := render(item, ses.config, MAIL_BYTES), RenderedMail)]
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
    assert (ours.method, ours.path, ours.raw_query) == (theirs.method, theirs.path, theirs.raw_query)
    assert json.loads(ours.body) == json.loads(theirs.body)
    assert {"content-type", "host", "x-amz-date"} <= set(_signed(ours)) & set(_signed(theirs))
    assert ours.headers["content-type"] == theirs.headers["content-type"]
    assert sandbox.store.value("select count(*) from received") == 4
    assert _recomputed(theirs, config.credentials) == theirs.headers["authorization"].rpartition("=")[2]


def test_signature_of_a_captured_call_is_the_sdks() -> None:
    """AWS's own example for the derived key (Signature Version 4, 20150830, us-east-1, iam), by its published result."""
    canonical = canonical_request("GET", "/", {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z"}, b"")
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service")
    signature = sign(credentials, "20150830/us-east-1/service/aws4_request", canonical, "20150830T123600Z")
    assert signature == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"


def _signed(request: Request) -> list[str]:
    return request.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")


def _recomputed(request: Request, credentials: Credentials) -> str:
    headers = {name: request.headers[name] for name in _signed(request)}
    scope = request.headers["authorization"].partition("Credential=")[2].partition(",")[0].partition("/")[2]
    return sign(credentials, scope, canonical_request("POST", request.path, headers, request.body), headers["x-amz-date"])


def test_recipient_sees_the_mail_as_it_was_rendered(sandbox: Sandbox) -> None:
    client(sandbox).send([message(-7, "u@shop.example", "<b>李</b>")])
    ((title, body, key, source),) = sandbox.store.rows("select title, body, key, source from received")
    assert (title[:3], key) == ("广告：", "-7")
    assert "<b>李</b>" in body
    assert "&lt;b&gt;李" in source
    assert "List-Unsubscribe=One-Click" in source or "List-Unsubscribe-Post" not in source


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("SUCCESS", Verdict.ACCEPTED),
        ("MESSAGE_REJECTED", Verdict.FAILED),
        ("ACCOUNT_THROTTLED", Verdict.RETRY),
        ("ACCOUNT_SUSPENDED", Verdict.RETRY),
        ("TEMPLATE_NOT_FOUND", Verdict.RETRY),
        ("SOMETHING_NEW", Verdict.UNKNOWN),
    ],
)
def test_status_of_an_entry_is_a_verdict(status: str, verdict: Verdict) -> None:
    assert judge_entry(1, {"Status": status, "Error": "a@b.cn"}).verdict is verdict


def test_every_status_of_the_sdk_has_a_verdict() -> None:
    session = pytest.importorskip("botocore.session", reason="needs the extra vendors")
    shape = session.get_session().get_service_model("sesv2").shape_for("BulkEmailStatus")
    assert [status for status in shape.enum if judge_entry(1, {"Status": status}).verdict is Verdict.UNKNOWN] == []


@pytest.mark.parametrize(
    ("fault", "verdict", "reason"),
    [
        ("429", Verdict.RETRY, "ses_TooManyRequestsException"),
        ("401", Verdict.RETRY, "ses_ExpiredTokenException"),
        ("500", Verdict.RETRY, "ses_InternalServiceErrorException"),
        ("drop", Verdict.UNKNOWN, "connection_lost"),
        ("invalid_json", Verdict.UNKNOWN, "unreadable_answer"),
    ],
)
def test_fault_becomes_a_verdict(sandbox: Sandbox, fault: Any, verdict: Verdict, reason: str) -> None:
    sandbox.faults.http.append(fault)
    (result,) = client(sandbox).send([message(1, "a@shop.example")])
    assert (result.verdict, result.reason) == (verdict, reason)


def test_clock_that_is_wrong_by_six_minutes_is_refused(sandbox: Sandbox) -> None:
    sandbox.clock.set(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=6))
    (result,) = client(sandbox).send([message(1, "a@shop.example")])
    assert (result.verdict, result.reason) == (Verdict.RETRY, "ses_InvalidSignatureException")


def test_entry_that_fails_the_whole_call_is_found(sandbox: Sandbox) -> None:
    items = [message(number, f"u{number}@shop.example") for number in range(1, 8)]
    items.insert(3, message(99, "a@b_c.cn"))
    results = {result.delivery_id: result for result in client(sandbox).send(items)}
    assert (results[99].verdict, results[99].reason) == (Verdict.FAILED, "ses_BadRequestException")
    assert [r.verdict for r in results.values()].count(Verdict.ACCEPTED) == 7
    assert sandbox.store.value("select count(*) from received") == 7


def test_temporary_credentials_are_signed_with_their_token(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = record(sandbox, monkeypatch)
    assert client(sandbox, session_token="token").send([message(1, "a@shop.example")])[0].verdict is Verdict.ACCEPTED
    assert seen[0].headers["x-amz-security-token"] == "token"
    assert "x-amz-security-token" in _signed(seen[0])


def test_limit_of_a_call_is_a_setting_that_cannot_be_passed() -> None:
    with pytest.raises(ConfigurationError, match="SLUICE_SES_BATCH_SIZE"):
        SesConfig(access_key_id="a", secret_access_key="b", region="eu-west-1", sender="a@b.cn", batch_size=51)


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, rsa.RSAPrivateKey]:
    """A certificate as SNS has one, and its key."""
    key, name = rsa.generate_private_key(65537, 2048), x509.Name([])
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + dt.timedelta(days=3)).sign(
        key, hashes.SHA256()
    )
    path = tmp_path_factory.mktemp("sns") / "sns.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path, key


BOUNCE = {
    "eventType": "Bounce",
    "mail": {
        "timestamp": "2026-11-24T13:00:00.000Z",
        "messageId": "0102",
        "destination": ["u@b.cn"],
        "tags": {"delivery_id": ["-7"], "ses:configuration-set": ["set"]},
    },
    "bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "timestamp": "2026-11-24T13:00:05.000Z",
        "bouncedRecipients": [{"emailAddress": "u@b.cn", "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550"}],
    },
}
AT = dt.datetime(2026, 11, 24, 13, 0, 5, tzinfo=dt.UTC)
HARD = Receipt(DeliveryState.BOUNCED, AT, -7, None, None, "hard_5.1.1", True)


def sns(key: rsa.RSAPrivateKey, version: str = "2", **changed: Any) -> bytes:
    """A signed message of SNS; ``changed`` is put in after it was signed where the name begins with ``later_``."""
    envelope: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": "22b8",
        "TopicArn": TOPIC,
        "Message": json.dumps(BOUNCE),
        "Timestamp": "2026-11-24T13:00:06.000Z",
        "SignatureVersion": version,
        "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
        **{name: value for name, value in changed.items() if not name.startswith("later_")},
    }
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()
    envelope["Signature"] = base64.b64encode(key.sign(string_to_sign(envelope), padding.PKCS1v15(), digest)).decode()
    return json.dumps(
        {**envelope, **{n.removeprefix("later_"): v for n, v in changed.items() if n.startswith("later_")}}
    ).encode()


def call(path: Path | None, body: bytes, headers: dict[str, str] | None = None, **settings: Any) -> CallbackAnswer:
    keys = {"access_key_id": "a", "secret_access_key": "b", "region": "eu-west-1", "sender": "a@b.cn", "topic_arn": TOPIC}
    hear = REGISTRY["ses"].callback
    assert hear is not None
    config = SesConfig(**{**keys, "certificate_file": path, **settings})
    return hear(config, CallbackRequest("POST", "https://s.example/callback", "", headers or {}, body))


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("more", [{}, {"Subject": "Amazon SES Email Event Notification"}])
def test_signed_event_is_heard(signer: tuple[Path, rsa.RSAPrivateKey], version: str, more: dict[str, str]) -> None:
    answer = call(signer[0], sns(signer[1], version, **more))
    assert (answer.status, list(answer.heard)) == (200, [HARD])


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"later_Message": json.dumps(BOUNCE).replace("-7", "-8")}, id="changed after it was signed"),
        pytest.param({"TopicArn": "arn:aws:sns:eu-west-1:999:other"}, id="another topic"),
        pytest.param({"later_SignatureVersion": "3"}, id="unknown version"),
        pytest.param({"later_Signature": "not base64"}, id="no signature"),
        pytest.param({"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem"}, id="certificate of another"),
        pytest.param({"SigningCertURL": "http://sns.eu-west-1.amazonaws.com/a.pem"}, id="certificate without TLS"),
        pytest.param({"SigningCertURL": "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem"}, id="certificate by a trick"),
        pytest.param(
            {"Type": "SubscriptionConfirmation", "SubscribeURL": "https://evil.example/", "Token": "t"}, id="subscription"
        ),
    ],
)
def test_event_that_is_not_proven_is_refused(signer: tuple[Path, rsa.RSAPrivateKey], changed: dict[str, str]) -> None:
    answer = call(signer[0], sns(signer[1], **changed))
    assert (answer.status, list(answer.heard)) == (403, [])


def test_without_a_topic_nothing_is_heard(signer: tuple[Path, rsa.RSAPrivateKey]) -> None:
    assert call(signer[0], sns(signer[1]), topic_arn="").status == 403


@pytest.mark.parametrize(("key", "status"), [("secret", 200), ("wrong", 403), ("", 403)])
def test_event_bridge_shows_its_key(key: str, status: int) -> None:
    body = json.dumps({"source": "aws.ses", "detail-type": "Email Bounced", "detail": BOUNCE}).encode()
    answer = call(None, body, {"x-api-key": key}, event_key="secret")
    assert (answer.status, list(answer.heard)) == (status, [HARD] if status == 200 else [])


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"detail": []}', b"{}"])
def test_call_that_is_no_event_tells_nothing(body: bytes) -> None:
    answer = call(None, body, {"x-api-key": "k"}, event_key="k")
    assert list(answer.heard) == []


MAIL = {"timestamp": "2026-11-24T13:00:05Z", "messageId": "0102", "destination": ["U@b.cn"]}


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        ({"eventType": "Delivery", "delivery": {}}, [Receipt(DeliveryState.DELIVERED, AT, None, "0102")]),
        (
            {"notificationType": "Complaint", "complaint": {"complaintFeedbackType": "abuse"}},
            [Receipt(DeliveryState.COMPLAINED, AT, None, "0102", None, "complaint", True)],
        ),
        (
            {"eventType": "Bounce", "bounce": {"bounceType": "Transient", "bouncedRecipients": []}},
            [Receipt(DeliveryState.BOUNCED, AT, None, "0102", None, "soft", False)],
        ),
        (
            {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"status": "5.7.1"}]}},
            [Receipt(DeliveryState.BOUNCED, AT, None, "0102", None, "policy_5.7.1", False)],
        ),
        (
            {"eventType": "Reject", "reject": {"reason": "Bad content"}},
            [Receipt(DeliveryState.FAILED, AT, None, "0102", None, "ses_reject")],
        ),
        (
            {"eventType": "Subscription", "subscription": {"contactList": "l", "newTopicPreferences": {"unsubscribeAll": True}}},
            [Withdrawal("email", address_hash("email", "u@b.cn"), AT)],
        ),
        ({"eventType": "Open", "open": {}}, []),
        ({"eventType": "DeliveryDelay", "deliveryDelay": {}}, []),
    ],
)
def test_event_is_read(event: dict[str, Any], heard: list[Any]) -> None:
    assert list(read_event({"mail": MAIL, **event})) == heard
