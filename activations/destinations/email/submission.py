"""One connection to a submission server (RFC 5321, stdlib smtplib), which carries many mails.

Where the server takes PIPELINING (RFC 2920), MAIL, RCPT and DATA leave together: two round trips a
mail, not four.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Phase = Literal["mail", "recipient", "data", "body"]
Security = Literal["tls", "starttls", "none"]
Command = tuple[bytes, int, Phase]  # what is sent, the code of a good reply, and the phase it is


class Broken(Exception):
    """The connection is gone.

    ``phase`` is what was under way: after ``body`` began, the mail may have been accepted.
    """

    def __init__(self, phase: Phase) -> None:
        super().__init__(phase)
        self.phase = phase


@dataclass(frozen=True, slots=True)
class Reply:
    """The server's reply that decided: to which phase, its code, and its text (never to be shown:
    it echoes addresses).
    """

    phase: Phase
    code: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect, and how.

    ``security``: TLS from the start, after STARTTLS, or none; certificates are always verified.
    """

    host: str
    port: int
    security: Security
    username: str
    password: str
    ca_file: Path | None
    helo_name: str
    timeout_seconds: float


class Submission:
    """An open, logged-in connection. Not safe for threads."""

    def __init__(self, server: Server) -> None:
        """Connect.

        Raises smtplib.SMTPException (a refusal) or OSError (no connection, or a certificate that is
        not trusted).
        """
        name, timeout = server.helo_name or socket.gethostname(), server.timeout_seconds
        context = ssl.create_default_context(cafile=server.ca_file)
        if server.security == "tls":
            self._smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=name, timeout=timeout, context=context
            )
        else:
            self._smtp = smtplib.SMTP(
                server.host, server.port, local_hostname=name, timeout=timeout
            )
        try:
            if server.security == "starttls":
                self._smtp.starttls(context=context)
            self._smtp.ehlo_or_helo_if_needed()
            if server.username:
                self._smtp.login(server.username, server.password)
        except BaseException:
            self._smtp.close()
            raise
        assert self._smtp.sock is not None
        self._smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.mails = 0
        self.pipelines, self.takes_dsn, self.takes_utf8 = (
            self._smtp.has_extn(n) for n in ("pipelining", "dsn", "smtputf8")
        )
        self.takes_size = self._smtp.has_extn("size")
        size = self._smtp.esmtp_features.get("size", "")
        self.max_bytes = int(size) if size.isdigit() else 0

    def submit(self, mail: str, recipient: str, body: bytes) -> Reply:
        """One mail to one recipient; ``mail`` and ``recipient`` are the two commands.

        The reply is that of the last phase, or of the one that was refused; then the connection is
        ready for the next mail. Raises Broken.
        """
        self.mails += 1
        commands: list[Command] = [
            (_command(mail), 250, "mail"),
            (_command(recipient), 250, "recipient"),
            (b"DATA\r\n", 354, "data"),
        ]
        refused = self._all_at_once(commands) if self.pipelines else self._one_by_one(commands)
        if refused is not None:
            if refused.code != 421:
                self._reset()
            return refused
        code, text = self._exchange(_stuffed(body), "body")
        return Reply("body", code, text)

    def quit(self) -> None:
        """Say goodbye and close."""
        try:
            self._smtp.quit()
        except (smtplib.SMTPException, OSError):
            self._smtp.close()

    def drop(self) -> None:
        """Close without a word."""
        self._smtp.close()

    def _all_at_once(self, commands: list[Command]) -> Reply | None:
        self._write(b"".join(command for command, _, _ in commands), "mail")
        replies = [Reply(phase, *self._read(phase)) for _, _, phase in commands]
        refused = next(
            (
                r
                for r, (_, good, _) in zip(replies, commands, strict=True)
                if r.code // 100 != good // 100
            ),
            None,
        )
        if (
            refused is not None and replies[-1].code == 354
        ):  # DATA was taken though nobody is to get it: end it at once
            self._exchange(b".\r\n", "data")
        return refused

    def _one_by_one(self, commands: list[Command]) -> Reply | None:
        for command, good, phase in commands:
            code, text = self._exchange(command, phase)
            if code // 100 != good // 100:
                return Reply(phase, code, text)
        return None

    def _reset(self) -> None:
        """Forget the mail that was refused.

        A server that hangs up meanwhile is met at the next mail, before it leaves.
        """
        try:
            self._exchange(b"RSET\r\n", "mail")
        except Broken:
            self.drop()

    def _exchange(self, data: bytes, phase: Phase) -> tuple[int, bytes]:
        self._write(data, phase)
        return self._read(phase)

    def _write(self, data: bytes, phase: Phase) -> None:
        sock = self._smtp.sock
        if sock is None:
            raise Broken(phase)
        try:
            sock.sendall(data)
        except OSError as error:
            raise Broken(phase) from error

    def _read(self, phase: Phase) -> tuple[int, bytes]:
        try:
            return self._smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise Broken(phase) from error


def _command(line: str) -> bytes:
    """A command's bytes. A line break in one would be another command: ValueError."""
    if "\r" in line or "\n" in line:
        raise ValueError("a command has a line break in it")
    return line.encode() + b"\r\n"


def _stuffed(body: bytes) -> bytes:
    """The body with its dots doubled at line starts, and the end of DATA (RFC 5321, 4.5.2)."""
    stuffed = body.replace(b"\r\n.", b"\r\n..")
    stuffed = b"." + stuffed if stuffed.startswith(b".") else stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")
