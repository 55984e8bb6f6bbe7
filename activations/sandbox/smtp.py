"""An SMTP server that keeps every mail, asks for a login, and refuses or breaks as scripted."""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
import warnings
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sluice.activations.sandbox.faults import Faults
from sluice.activations.sandbox.store import Store

USERNAME, PASSWORD = "sandbox", "sandbox-password"


warnings.filterwarnings("ignore", message="Requiring AUTH while not requiring TLS")
warnings.filterwarnings("ignore", message="Session.login_data is deprecated")


class Handler:
    """Receives for every address; a scripted reply refuses one."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self.store, self.faults = store, faults

    async def handle_RCPT(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        """Accept the recipient, or answer as scripted."""
        reply = self.faults.reply_for(address)
        if reply is not None:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Store one copy a recipient."""
        content = (
            envelope.content
            if isinstance(envelope.content, bytes)
            else str(envelope.content).encode()
        )
        parsed = email.message_from_bytes(content, policy=email.policy.default)
        for recipient in envelope.rcpt_tos:
            self.store.add_mail(
                recipient,
                str(parsed["Message-ID"]),
                str(parsed["Subject"]),
                content.decode("utf-8", "replace"),
            )
        if self.faults.take_drop():
            transport: Any = server.transport
            transport.abort()
        if self.faults.take_slow():
            await asyncio.sleep(self.faults.slow_seconds)
        return "250 2.0.0 OK"


def authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
) -> AuthResult:
    """Only the sandbox's own login is right."""
    is_right = isinstance(auth_data, LoginPassword) and (auth_data.login, auth_data.password) == (
        USERNAME.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=is_right, handled=False)


def start(store: Store, faults: Faults, port: int) -> Controller:
    """Start on loopback; port 0 is not supported by the library, so the caller gives a free one."""
    controller = Controller(
        Handler(store, faults),
        hostname="127.0.0.1",
        port=port,
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=False,
        enable_SMTPUTF8=True,
        data_size_limit=10_000_000,
    )
    # the login in clear is meant: this server lives on loopback
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        controller.start()
    return controller
