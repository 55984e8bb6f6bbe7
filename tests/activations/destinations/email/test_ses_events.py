"""Events of Amazon SES, by SNS and by EventBridge: what is proven is accepted, the rest refused."""

from __future__ import annotations

import base64
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sluice.activations.addresses import address_hash
from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.email import sns as sns_module
from sluice.activations.destinations.email.ses.callback import read_event
from sluice.activations.destinations.email.ses.config import SesConfig
from sluice.activations.destinations.email.sns import string_to_sign
from sluice.activations.destinations.registry import REGISTRY
from sluice.models.delivery import DeliveryState, Receipt, Withdrawal

TOPIC = "arn:aws:sns:eu-west-1:123456789012:ses"


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, rsa.RSAPrivateKey]:
    """A certificate as SNS has one, and its key."""
    key, name = rsa.generate_private_key(65537, 2048), x509.Name([])
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), 1, start, start + dt.timedelta(days=3)
    ).sign(key, hashes.SHA256())
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
        "bouncedRecipients": [
            {
                "emailAddress": "u@b.cn",
                "action": "failed",
                "status": "5.1.1",
                "diagnosticCode": "smtp; 550",
            }
        ],
    },
}
AT = dt.datetime(2026, 11, 24, 13, 0, 5, tzinfo=dt.UTC)
HARD = Receipt(DeliveryState.BOUNCED, AT, -7, None, None, "hard_5.1.1", True)


def sns(key: rsa.RSAPrivateKey, version: str = "2", **changed: Any) -> bytes:
    """A signed message of SNS; ``changed`` is put in after it was signed where the name begins with
    ``later_``.
    """
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
    envelope["Signature"] = base64.b64encode(
        key.sign(string_to_sign(envelope), padding.PKCS1v15(), digest)
    ).decode()
    return json.dumps(
        {
            **envelope,
            **{n.removeprefix("later_"): v for n, v in changed.items() if n.startswith("later_")},
        }
    ).encode()


def call(
    path: Path | None, body: bytes, headers: dict[str, str] | None = None, **settings: Any
) -> CallbackAnswer:
    keys = {
        "access_key_id": "a",
        "secret_access_key": "b",
        "region": "eu-west-1",
        "sender": "a@b.cn",
        "topic_arn": TOPIC,
    }
    read_callback = REGISTRY["ses"].callback
    assert read_callback is not None
    config = SesConfig(**{**keys, "certificate_file": path, **settings})
    return read_callback(
        config, CallbackRequest("POST", "https://s.example/callback", "", headers or {}, body)
    )


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("more", [{}, {"Subject": "Amazon SES Email Event Notification"}])
def test_signed_event_is_heard(
    signer: tuple[Path, rsa.RSAPrivateKey], version: str, more: dict[str, str]
) -> None:
    answer = call(signer[0], sns(signer[1], version, **more))
    assert (answer.status, list(answer.reported)) == (200, [HARD])


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(
            {"later_Message": json.dumps(BOUNCE).replace("-7", "-8")},
            id="changed after it was signed",
        ),
        pytest.param({"TopicArn": "arn:aws:sns:eu-west-1:999:other"}, id="another topic"),
        pytest.param({"later_SignatureVersion": "3"}, id="unknown version"),
        pytest.param({"later_Signature": "not base64"}, id="no signature"),
        pytest.param(
            {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem"},
            id="certificate of another",
        ),
        pytest.param(
            {"SigningCertURL": "http://sns.eu-west-1.amazonaws.com/a.pem"},
            id="certificate without TLS",
        ),
        pytest.param(
            {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem"},
            id="certificate by a trick",
        ),
        pytest.param(
            {
                "Type": "SubscriptionConfirmation",
                "SubscribeURL": "https://evil.example/",
                "Token": "t",
            },
            id="subscription",
        ),
    ],
)
def test_event_that_is_not_proven_is_refused(
    signer: tuple[Path, rsa.RSAPrivateKey], changed: dict[str, str]
) -> None:
    answer = call(signer[0], sns(signer[1], **changed))
    assert (answer.status, list(answer.reported)) == (403, [])


AMAZON = "https://sns.eu-west-1.amazonaws.com/"


def test_subscription_is_confirmed_by_visiting_amazon(
    signer: tuple[Path, rsa.RSAPrivateKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    visited: list[str] = []
    monkeypatch.setattr(sns_module, "_get", lambda url: visited.append(url) or b"")
    body = sns(
        signer[1],
        Type="SubscriptionConfirmation",
        SubscribeURL=f"{AMAZON}?Action=ConfirmSubscription",
        Token="t",
    )
    answer = call(signer[0], body)
    assert (answer.status, list(answer.reported), visited) == (
        200,
        [],
        [f"{AMAZON}?Action=ConfirmSubscription"],
    )


def test_certificate_is_amazons_and_fetched_once(
    signer: tuple[Path, rsa.RSAPrivateKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    monkeypatch.setattr(
        sns_module, "_get", lambda url: fetched.append(url) or signer[0].read_bytes()
    )
    body = sns(signer[1], SigningCertURL=f"{AMAZON}one.pem")
    assert [call(None, body).status for _ in range(3)] == [200] * 3
    assert fetched == [f"{AMAZON}one.pem"]


def test_certificate_that_cannot_be_had_lets_amazon_call_again(
    signer: tuple[Path, rsa.RSAPrivateKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(url: str) -> bytes:
        raise ConnectionError

    monkeypatch.setattr(sns_module, "_get", nothing)
    assert call(None, sns(signer[1], SigningCertURL=f"{AMAZON}other.pem")).status == 503


def test_without_a_topic_nothing_is_heard(signer: tuple[Path, rsa.RSAPrivateKey]) -> None:
    assert call(signer[0], sns(signer[1]), topic_arn="").status == 403


@pytest.mark.parametrize(("key", "status"), [("secret", 200), ("wrong", 403), ("", 403)])
def test_event_bridge_shows_its_key(key: str, status: int) -> None:
    body = json.dumps(
        {"source": "aws.ses", "detail-type": "Email Bounced", "detail": BOUNCE}
    ).encode()
    answer = call(None, body, {"x-api-key": key}, event_key="secret")
    assert (answer.status, list(answer.reported)) == (status, [HARD] if status == 200 else [])


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"detail": []}', b"{}"])
def test_call_that_is_no_event_tells_nothing(body: bytes) -> None:
    answer = call(None, body, {"x-api-key": "k"}, event_key="k")
    assert list(answer.reported) == []


MAIL = {"timestamp": "2026-11-24T13:00:05Z", "messageId": "0102", "destination": ["U@b.cn"]}


@pytest.mark.parametrize(
    ("event", "reported"),
    [
        (
            {"eventType": "Delivery", "delivery": {}},
            [Receipt(DeliveryState.DELIVERED, AT, None, "0102")],
        ),
        (
            {"notificationType": "Complaint", "complaint": {"complaintFeedbackType": "abuse"}},
            [Receipt(DeliveryState.COMPLAINED, AT, None, "0102", None, "complaint", True)],
        ),
        (
            {"eventType": "Bounce", "bounce": {"bounceType": "Transient", "bouncedRecipients": []}},
            [Receipt(DeliveryState.BOUNCED, AT, None, "0102", None, "soft", False)],
        ),
        (
            {
                "eventType": "Bounce",
                "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"status": "5.7.1"}]},
            },
            [Receipt(DeliveryState.BOUNCED, AT, None, "0102", None, "policy_5.7.1", False)],
        ),
        (
            {"eventType": "Reject", "reject": {"reason": "Bad content"}},
            [Receipt(DeliveryState.FAILED, AT, None, "0102", None, "ses_reject")],
        ),
        (
            {
                "eventType": "Subscription",
                "subscription": {
                    "contactList": "l",
                    "newTopicPreferences": {"unsubscribeAll": True},
                },
            },
            [Withdrawal("email", address_hash("email", "u@b.cn"), AT)],
        ),
        ({"eventType": "SomethingNew", "open": {}}, []),
    ],
)
def test_event_is_read(event: dict[str, Any], reported: list[Any]) -> None:
    assert list(read_event({"mail": MAIL, **event})) == reported
