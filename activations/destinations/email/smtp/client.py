"""SMTP submission: each worker keeps one connection.

A mail whose body was cut off may have arrived, and is never sent again.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sluice.activations.destinations.email.dkim import dkim_signer
from sluice.activations.destinations.email.maildir import read_maildir
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.activations.destinations.email.smtp.mapping import Envelope, to_envelope, to_mime
from sluice.activations.destinations.email.status import reply_result
from sluice.activations.destinations.email.submission import Broken, Security, Server, Submission
from sluice.models.delivery import Capabilities, ItemResult, Message, Outcome, Receipt, Withdrawal
from sluice.models.errors import ConfigurationError, ContentError

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Smtp:
    """A destination for e-mail.

    SMTP has no idempotency: an unknown outcome is held for a person, never sent twice.
    """

    def __init__(self, config: SmtpConfig) -> None:
        """Raises ConfigurationError for settings that do not go together."""
        self.config = config
        self.capabilities = Capabilities(
            config.batch_size, on_unknown="hold", receipts=config.bounce_maildir is not None
        )
        self._server = to_server(config)
        self._sign = to_signer(config)
        self._connection: Submission | None = None

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        """Send each message; a refused one does not disturb the others.

        While the server is gone, the rest waits.
        """
        results: list[ItemResult] = []
        for number, message in enumerate(items):
            made = self._make(message)
            if isinstance(made, ItemResult):
                results.append(made)
                continue
            refused = self._connect()
            if refused is not None:
                return results + [
                    ItemResult(m.delivery_id, Outcome.RETRY, refused) for m in items[number:]
                ]
            results.append(self._submit(message, *made))
            if (
                results[-1].outcome is Outcome.RETRY and self._connection is None
            ):  # it hangs up on a new connection too
                return results + [
                    ItemResult(m.delivery_id, Outcome.RETRY, results[-1].reason)
                    for m in items[number + 1 :]
                ]
        return results

    def fetch_receipts(self, since: datetime) -> Iterable[Receipt | Withdrawal]:
        """Bounces, complaints and unsubscribe mails that came into ``bounce_maildir`` since
        then.
        """
        folder = self.config.bounce_maildir
        return read_maildir(folder, self.config.signer, since) if folder is not None else ()

    def close(self) -> None:
        """QUIT, if connected."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.quit()

    def _make(self, message: Message) -> tuple[Envelope, bytes] | ItemResult:
        try:
            envelope = to_envelope(message, self.config)
        except ValueError:
            return ItemResult(message.delivery_id, Outcome.FAILED, "bad_address", suppress=True)
        try:
            return envelope, self._sign(to_mime(message, self.config))
        except ContentError as error:
            return ItemResult(message.delivery_id, Outcome.FAILED, error.reason)
        except ValueError:  # a value that no header can hold
            return ItemResult(message.delivery_id, Outcome.FAILED, "template_error")

    def _connect(self) -> str | None:
        """Make sure of a connection. Returns why there is none."""
        if (
            self._connection is not None
            and self._connection.mails >= self.config.mails_per_connection
        ):
            self.close()
        if self._connection is not None:
            return None
        try:
            self._connection = Submission(self._server)
        except smtplib.SMTPNotSupportedError:
            return "server_lacks_starttls_or_login"
        except smtplib.SMTPAuthenticationError:
            return "login_refused"
        except ssl.SSLError:
            return "tls_failed"
        except (smtplib.SMTPException, OSError):
            return "cannot_connect"
        return None

    def _submit(self, message: Message, envelope: Envelope, body: bytes) -> ItemResult:
        """A kept connection that turns out to be gone before the body left is made again, once."""
        connection = self._connection
        assert connection is not None
        was_used = connection.mails > 0
        result = self._try(connection, message, envelope, body)
        if self._connection is not None or not was_used or result.outcome is not Outcome.RETRY:
            return result
        refused = self._connect()
        if refused is not None or self._connection is None:
            return ItemResult(message.delivery_id, Outcome.RETRY, refused)
        return self._try(self._connection, message, envelope, body)

    def _try(
        self, connection: Submission, message: Message, envelope: Envelope, body: bytes
    ) -> ItemResult:
        if envelope.needs_utf8 and not connection.takes_utf8:
            return ItemResult(message.delivery_id, Outcome.FAILED, "address_not_supported")
        if 0 < connection.max_bytes < len(body):
            return ItemResult(message.delivery_id, Outcome.FAILED, "too_large")
        try:
            reply = connection.submit(*to_commands(connection, envelope, len(body)), body)
        except Broken as broken:
            self._drop(connection)
            outcome = Outcome.UNKNOWN if broken.phase == "body" else Outcome.RETRY
            return ItemResult(message.delivery_id, outcome, "connection_lost")
        if reply.code == 421:
            self._drop(connection)
        return reply_result(message.delivery_id, reply)

    def _drop(self, connection: Submission) -> None:
        connection.drop()
        self._connection = None


def to_commands(connection: Submission, envelope: Envelope, size: int) -> tuple[str, str]:
    """MAIL and RCPT with the options this server takes."""
    mail, recipient = f"MAIL FROM:<{envelope.return_path}>", f"RCPT TO:<{envelope.recipient}>"
    if connection.takes_size:
        mail += f" SIZE={size}"
    if envelope.needs_utf8:
        mail += " SMTPUTF8"
    if connection.takes_dsn and not envelope.needs_utf8:
        return mail + envelope.mail_options, recipient + envelope.recipient_options
    return mail, recipient


def to_server(config: SmtpConfig) -> Server:
    """Where to connect.

    Raises ConfigurationError where a password would cross a network in clear.
    """
    security: Security = "tls" if config.implicit_tls else "starttls" if config.starttls else "none"
    if config.username and security == "none" and config.host not in LOOPBACK:
        raise ConfigurationError(
            "the password of the mail server would cross the network in clear",
            "set SLUICE_SMTP_STARTTLS=true, or SLUICE_SMTP_IMPLICIT_TLS=true with"
            " SLUICE_SMTP_PORT=465",
        )
    password = config.password.get_secret_value()
    return Server(
        config.host,
        config.port,
        security,
        config.username,
        password,
        config.ca_file,
        config.helo_name,
        config.timeout_seconds,
    )


def to_signer(config: SmtpConfig) -> Callable[[bytes], bytes]:
    """What signs a mail before it leaves: DKIM when it is set, else nothing.

    Raises ConfigurationError when it is half set.
    """
    given = {
        "DKIM_DOMAIN": config.dkim_domain,
        "DKIM_SELECTOR": config.dkim_selector,
        "DKIM_KEY_FILE": config.dkim_key_file,
    }
    missing = [f"SLUICE_SMTP_{name}" for name, value in given.items() if not value]
    if len(missing) == len(given):
        return bytes
    if missing:
        raise ConfigurationError(
            "DKIM is set in part",
            f"set {' and '.join(missing)}, or unset all three of SLUICE_SMTP_DKIM_*",
        )
    return dkim_signer(
        config.dkim_domain, config.dkim_selector, Path(str(config.dkim_key_file)), "SLUICE_SMTP_"
    )
