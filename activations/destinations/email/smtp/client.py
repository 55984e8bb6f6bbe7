"""SMTP submission over one kept connection (RFC 5321, stdlib smtplib). A message whose DATA was cut off is never sent again."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from email.utils import parseaddr

from activations.destinations.email.smtp.config import SmtpConfig
from activations.destinations.email.smtp.mapping import to_mime
from models.delivery import Capabilities, ItemResult, Message, Verdict
from models.errors import ContentError

# enhanced status codes (RFC 3463) that say the address itself is bad
BAD_ADDRESS = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")


class Smtp:
    """A destination for e-mail. SMTP has no idempotency: an unknown outcome is held for a person, never sent twice."""

    def __init__(self, config: SmtpConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(batch_size=config.batch_size, on_unknown="hold")
        self._connection: smtplib.SMTP | None = None

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        """Send each message; a refused one does not disturb the others."""
        return [self._send_one(message) for message in items]

    def close(self) -> None:
        """QUIT, if connected."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _send_one(self, message: Message) -> ItemResult:
        try:
            body = to_mime(message, self.config.sender)
        except (ContentError, ValueError):  # ValueError: a value that no header can hold, such as a line break
            return ItemResult(message.delivery_id, Verdict.FAILED, "template_error")
        try:
            connection = self._connect()
        except smtplib.SMTPAuthenticationError:
            return ItemResult(message.delivery_id, Verdict.RETRY, "login_refused")
        except (smtplib.SMTPException, OSError):
            return ItemResult(message.delivery_id, Verdict.RETRY, "cannot_connect")
        return self._submit(connection, message, body)

    def _connect(self) -> smtplib.SMTP:
        if self._connection is not None:
            return self._connection
        connection = smtplib.SMTP(self.config.host, self.config.port, timeout=self.config.timeout_seconds)
        try:
            connection.ehlo_or_helo_if_needed()
            if self.config.starttls:
                connection.starttls()
            if self.config.username:
                connection.login(self.config.username, self.config.password.get_secret_value())
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _submit(self, connection: smtplib.SMTP, message: Message, body: bytes) -> ItemResult:
        """MAIL, RCPT, DATA one by one: only a break after DATA began leaves the outcome unknown."""
        is_in_data = False
        try:
            code, text = connection.mail(parseaddr(self.config.sender)[1])
            if code == 250:
                code, text = connection.rcpt(message.address)
            if code in (250, 251):
                is_in_data = True
                code, text = connection.data(body)
        except smtplib.SMTPDataError as error:  # DATA was refused before the body left
            code, text = error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode()
        except UnicodeEncodeError:
            self._reset(connection)
            return ItemResult(message.delivery_id, Verdict.FAILED, "address_not_supported", suppress=True)
        except (smtplib.SMTPException, OSError):
            self._drop()
            verdict = Verdict.UNKNOWN if is_in_data else Verdict.RETRY
            return ItemResult(message.delivery_id, verdict, "connection_lost")
        if code != 250:
            self._reset(connection)
        return judge(message.delivery_id, code, text)

    def _reset(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def judge(delivery_id: int, code: int, text: bytes) -> ItemResult:
    """A reply as a verdict: 2xx accepted, 4xx again later, 5xx never. The reason is the code, since texts echo addresses."""
    status = text.split(b" ", 1)[0].decode("ascii", "replace")
    reason = f"smtp_{code}" + (f"_{status}" if status[:2] in {"4.", "5."} else "")
    if 200 <= code < 300:
        return ItemResult(delivery_id, Verdict.ACCEPTED)
    if 400 <= code < 500:
        return ItemResult(delivery_id, Verdict.RETRY, reason)
    return ItemResult(delivery_id, Verdict.FAILED, reason, suppress=status in BAD_ADDRESS)
