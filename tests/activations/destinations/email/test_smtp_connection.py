"""The connection to a submission server: kept, pipelined, made again, encrypted, and what it is
asked for.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sluice.activations.destinations.email.smtp.client import Smtp
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.activations.destinations.email.smtp.mapping import to_mime
from sluice.activations.sandbox.server import free_port
from sluice.models.delivery import ItemResult, Message, Outcome
from sluice.models.errors import ConfigurationError
from tests.activations.destinations.email.smtp_server import SmtpServer
from tests.activations.destinations.test_conformance import message

SENDER = "Shop <news@shop.example>"
MAILS = [message(number, f"u{number}@shop.example") for number in range(1, 4)]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def client(port: int, **settings: Any) -> Smtp:
    return Smtp(
        SmtpConfig(
            **{"host": "127.0.0.1", "port": port, "starttls": False, "sender": SENDER, **settings}
        )
    )


def send(server: SmtpServer, items: list[Message] = MAILS, **settings: Any) -> list[ItemResult]:
    smtp = client(server.port, **settings)
    results = smtp.send(items)
    smtp.close()
    return results


def test_one_connection_carries_all_mails(server: SmtpServer) -> None:
    assert [r.outcome for r in send(server)] == [Outcome.ACCEPTED] * 3
    assert (server.seen.connections, len(server.seen.bodies)) == (1, 3)
    assert server.seen.verbs() == ["EHLO", *["MAIL", "RCPT", "DATA"] * 3, "QUIT"]


def test_connection_is_made_anew_after_so_many_mails(server: SmtpServer) -> None:
    send(server, mails_per_connection=2)
    assert (server.seen.connections, len(server.seen.bodies)) == (2, 3)


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()], ids=["pipelined", "one by one"])
@pytest.mark.parametrize(
    ("verb", "reply", "outcome", "reason"),
    [
        (b"RCPT", b"550 5.1.1 <u2@shop.example> unknown", Outcome.FAILED, "smtp_550_5.1.1"),
        (b"RCPT", b"451 4.7.1 later", Outcome.RETRY, "smtp_451_4.7.1"),
        (b"DATA", b"554 5.5.1 no valid recipients", Outcome.FAILED, "smtp_554_5.5.1"),
        (b"BODY", b"552 5.2.3 too large", Outcome.FAILED, "smtp_552_5.2.3"),
        (b"MAIL", b"550 5.7.1 not your sender", Outcome.RETRY, "sender_refused_smtp_550_5.7.1"),
    ],
)
def test_refused_mail_leaves_the_others(
    extensions: tuple[str, ...], verb: bytes, reply: bytes, outcome: Outcome, reason: str
) -> None:
    good = b"354 go on" if verb == b"DATA" else b"250 OK"
    with SmtpServer(extensions) as server:
        server.seen.script[verb] = deque([good, reply])
        results = send(server)
    assert [r.outcome for r in results] == [Outcome.ACCEPTED, outcome, Outcome.ACCEPTED]
    assert (results[1].reason, results[1].suppress) == (reason, "5.1.1" in reason)
    assert len([body for body in server.seen.bodies if body]) == 3 if verb == b"BODY" else 2
    assert server.seen.connections == 1


def test_server_that_takes_data_for_nobody_gets_no_mail(server: SmtpServer) -> None:
    """RFC 2920, 3.1: DATA was sent with RCPT; when it is taken though RCPT was refused, it is ended
    at once.
    """
    server.seen.script[b"RCPT"] = deque([b"550 5.1.1 unknown"])
    assert [r.outcome for r in send(server)] == [Outcome.FAILED, Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert [bool(body) for body in server.seen.bodies] == [False, True, True]


@pytest.mark.parametrize("reply", [b"421 4.3.2 going down", b"close"])
def test_kept_connection_that_is_gone_is_made_again(server: SmtpServer, reply: bytes) -> None:
    server.seen.script[b"MAIL"] = deque([b"250 OK", reply])
    assert [r.outcome for r in send(server)] == [Outcome.ACCEPTED] * 3
    assert (server.seen.connections, len(server.seen.bodies)) == (2, 3)


def test_server_that_always_says_421_leaves_all_for_later(server: SmtpServer) -> None:
    server.seen.script[b"MAIL"] = deque([b"250 OK", *[b"421 4.3.2 busy"] * 9])
    assert [r.outcome for r in send(server)] == [Outcome.ACCEPTED, Outcome.RETRY, Outcome.RETRY]
    assert (server.seen.connections, len(server.seen.bodies)) == (2, 1)


def test_body_that_was_cut_off_is_unknown_and_not_sent_again(server: SmtpServer) -> None:
    server.seen.script[b"BODY"] = deque([b"250 OK", b"close"])
    assert [r.outcome for r in send(server)] == [
        Outcome.ACCEPTED,
        Outcome.UNKNOWN,
        Outcome.ACCEPTED,
    ]
    assert len(server.seen.bodies) == 3


def test_nobody_listens_is_tried_once_a_batch() -> None:
    smtp = client(free_port())
    assert {(r.outcome, r.reason) for r in smtp.send(MAILS)} == {(Outcome.RETRY, "cannot_connect")}


def test_envelope_names_the_mail(server: SmtpServer) -> None:
    send(
        server,
        [message(-5, "u+a@shop.example")],
        bounce_address="bounces@b.shop.example",
        secret="s" * 16,
    )
    mail, recipient = server.seen.commands[1:3]
    tag = SmtpConfig(host="h", sender=SENDER, secret="s" * 16).signer.tag(-5)
    assert mail.startswith(f"MAIL FROM:<bounces+{tag}@b.shop.example> SIZE=".encode())
    assert mail.endswith(f" RET=HDRS ENVID={tag}".encode())
    assert recipient == b"RCPT TO:<u+a@shop.example> NOTIFY=FAILURE ORCPT=rfc822;u+2Ba@shop.example"


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()], ids=["pipelined", "one by one"])
def test_body_arrives_byte_for_byte(extensions: tuple[str, ...]) -> None:
    """Lines of dots, and an end that is no end."""
    values = {
        "full_name": "\n.\n..\n.QUIT\r\n.\r\nMAIL FROM:<x>\n",
        "company": "",
        "visits": 1,
        "last_visit_date": "d",
    }
    item = Message(1, 1, "u@b.cn", "h", "email", "price_page_follow_up", "en", values)
    with SmtpServer(extensions) as server:
        assert send(server, [item])[0].outcome is Outcome.ACCEPTED
    made = to_mime(item, SmtpConfig(host="h", sender=SENDER))
    assert [without_date(body) for body in server.seen.bodies] == [without_date(made)]
    assert b"\r\n..\r\n.QUIT\r\n" in made


def without_date(mail: bytes) -> list[bytes]:
    return [line for line in mail.split(b"\r\n") if not line.startswith(b"Date:")]


def test_options_the_server_does_not_take_are_left_out() -> None:
    with SmtpServer(()) as server:
        send(server, MAILS[:1])
    assert server.seen.commands[1:3] == [
        b"MAIL FROM:<news@shop.example>",
        b"RCPT TO:<u1@shop.example>",
    ]


def test_mail_that_is_too_large_is_not_sent() -> None:
    with SmtpServer(("SIZE 500",)) as server:
        assert {(r.outcome, r.reason) for r in send(server)} == {(Outcome.FAILED, "too_large")}
    assert server.seen.bodies == []


@pytest.mark.parametrize(
    ("address", "extensions", "outcome", "command"),
    [
        ("li@例子.cn", (), Outcome.ACCEPTED, b"RCPT TO:<li@xn--fsqu00a.cn>"),
        ("李@例子.cn", ("SMTPUTF8",), Outcome.ACCEPTED, "RCPT TO:<李@xn--fsqu00a.cn>".encode()),
        ("李@例子.cn", (), Outcome.FAILED, None),
    ],
)
def test_address_in_chinese(
    address: str, extensions: tuple[str, ...], outcome: Outcome, command: bytes | None
) -> None:
    with SmtpServer(extensions) as server:
        assert [r.outcome for r in send(server, [message(1, address)])] == [outcome]
    assert command is None or command in server.seen.commands


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a b@c.cn",
        "a@b@c.cn",
        "a@b.cn> NOTIFY=NEVER",
        "a@b.cn\r\nDATA",
        "<a@b.cn>",
        "a@b,c",
    ],
)
def test_address_that_could_be_a_command_is_refused(server: SmtpServer, address: str) -> None:
    (result,) = send(server, [message(1, address)])
    assert (result.outcome, result.suppress) == (Outcome.FAILED, True)
    assert server.seen.commands == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A self-signed certificate of 127.0.0.1, and a server's context with it."""
    folder = tmp_path_factory.mktemp("tls")
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), 1, start, start + dt.timedelta(days=3)
        )
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=True,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


class Accepting:
    """Counts mails."""

    def __init__(self) -> None:
        self.mails = 0

    async def handle_DATA(self, *_: Any) -> str:
        self.mails += 1
        return "250 OK"


TRUST = pytest.mark.parametrize(
    ("is_trusted", "outcome"), [(True, Outcome.ACCEPTED), (False, Outcome.RETRY)]
)


@TRUST
def test_certificate_is_verified_after_starttls(
    certificate: tuple[Path, ssl.SSLContext], is_trusted: bool, outcome: Outcome
) -> None:
    path, context = certificate
    handler = Accepting()
    controller = Controller(
        handler, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True
    )
    controller.start()
    smtp = client(controller.port, starttls=True, ca_file=path if is_trusted else None)
    results = smtp.send(MAILS)
    smtp.close()
    controller.stop()
    assert {(r.outcome, r.reason) for r in results} == {
        (outcome, None if is_trusted else "tls_failed")
    }
    assert handler.mails == (3 if is_trusted else 0)


@TRUST
def test_certificate_is_verified_from_the_start(
    certificate: tuple[Path, ssl.SSLContext], is_trusted: bool, outcome: Outcome
) -> None:
    path, context = certificate
    with SmtpServer(tls=context) as server:
        results = send(server, implicit_tls=True, ca_file=path if is_trusted else None)
    assert {(r.outcome, r.reason) for r in results} == {
        (outcome, None if is_trusted else "tls_failed")
    }
    assert len(server.seen.bodies) == (3 if is_trusted else 0)


def test_server_without_starttls_gets_nothing(server: SmtpServer) -> None:
    assert {(r.outcome, r.reason) for r in send(server, starttls=True)} == {
        (Outcome.RETRY, "server_lacks_starttls_or_login")
    }


def test_password_never_crosses_a_network_in_clear() -> None:
    with pytest.raises(ConfigurationError, match="SLUICE_SMTP_STARTTLS=true"):
        Smtp(
            SmtpConfig(
                host="mail.example.com", sender=SENDER, username="u", password="p", starttls=False
            )
        )
