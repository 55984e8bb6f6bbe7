"""Notices of alerts: by mail over the settings of ``smtp``, or by the group robot of WeCom. Each
goes out at most once.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid, parseaddr
from typing import Any

from sluice.activations.content import LIBRARY
from sluice.activations.destinations import registry
from sluice.activations.destinations.email.smtp.client import to_server
from sluice.activations.destinations.email.submission import Broken, Submission
from sluice.activations.ledger.store import Ledger
from sluice.models.delivery import Outcome, SyncOperation
from sluice.models.errors import ConfigurationError
from sluice.orchestration.alerts.words import fix, title
from sluice.orchestration.installation.destination_settings import declared
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.push.delivery_target import endpoints

LOGGER = logging.getLogger(__name__)
_FAILED = "the notice of alert %s by %s failed (%s): see `sluice alerts`"
MOST = 20  # in a run: what a robot takes in a minute; the others wait for the next
Row = Mapping[str, Any]
Send = Callable[[Row, str], str]  # an incident and opening or closing -> sent, failed or due


def send_notices(settings: Settings, ledger: Ledger) -> dict[str, int]:
    """Send what is due, the alerts before their ends. Returns how many by state. A channel that is
    not configured or cannot be reached leaves its notices due, and raises nothing: `sluice alerts`
    says so. What stays due takes no place of what can be sent.
    """
    counts: Counter[str] = Counter()
    with ExitStack() as stack:
        senders: dict[str, Send] = {}
        for notice in ("opening", "closing"):
            last, gone = 0, 0
            while gone < MOST and (row := ledger.claim_notice(notice, last)) is not None:
                last, state = int(row["alert_id"]), "due"
                try:
                    if row["channel"] not in senders:
                        senders[row["channel"]] = _open(row["channel"], settings, stack)
                    state = senders[row["channel"]](row, notice)
                except ConfigurationError:  # nothing was sent
                    pass
                except Exception as error:  # no alert may fail a run; it may be out: not again
                    LOGGER.error(_FAILED, last, row["channel"], type(error).__name__)
                    state = "failed"
                ledger.settle_notice(last, notice, state)  # of one that is stopped: it may be out
                counts[state] += 1
                gone += state != "due"
    return dict(counts)


def _open(channel: str, settings: Settings, stack: ExitStack) -> Send:
    """What sends by a channel; one that is not there is asked once a run."""
    try:
        return stack.enter_context(CHANNELS[channel](settings))
    except (ConfigurationError, OSError):
        return lambda row, notice: "due"


@contextmanager
def by_mail(settings: Settings) -> Iterator[Send]:
    """A connection to the mail server of ``smtp``. Raises ConfigurationError."""
    alerts = settings.project.config.alerts
    with endpoints(settings) as sandbox:
        config = registry.settings("smtp", sandbox, declared(settings))

        connection = Submission(to_server(config))

        def send(row: Row, notice: str) -> str:
            address = alerts.recipients.get(row["owner"])
            if address is None:
                return "due"
            mail = to_mail(row, notice, config.sender, address, alerts.language)
            sender = parseaddr(config.sender)[1]
            body = mail.as_bytes()
            commands = f"MAIL FROM:<{sender}>", f"RCPT TO:<{address}>"
            try:
                return _state_of(connection.submit(*commands, body).code)
            except Broken as broken:
                return "failed" if broken.phase == "body" else "due"

        try:
            yield send
        finally:
            connection.quit()


def _state_of(code: int) -> str:
    """By the reply of the server: 4xx is a refusal for now, of a mail that it did not take."""
    return "sent" if code < 400 else "due" if code < 500 else "failed"


def to_mail(row: Row, notice: str, sender: str, address: str, language: Any) -> EmailMessage:
    """The mail of a notice: the alert in its subject, what to do in its text."""
    mail = EmailMessage(SMTP)  # its lines end as servers want them
    mail["From"], mail["To"] = sender, address
    mail["Subject"] = f"[Sluice] {title(row, notice, language)}"
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="sluice")
    mail["Auto-Submitted"] = "auto-generated"
    text = fix(row, language) if notice == "opening" else title(row, notice, language)
    mail.set_content(f"{title(row, notice, language)}\n\n{text}\n", cte="base64")
    return mail


@contextmanager
def by_robot(settings: Settings) -> Iterator[Send]:
    """The group robot, which takes the content ``alert`` of content/wechat/."""
    language = settings.project.config.alerts.language
    with endpoints(settings) as sandbox:
        found = registry.settings("wecom_robot", sandbox, declared(settings))
        own = (found.content / "wechat" / f"alert.{language}.yml").is_file()
        content = found.content if own else LIBRARY
        config = found.model_copy(update={"language": language, "content": content})
        client = registry.entry("wecom_robot").client(config)

        def send(row: Row, notice: str) -> str:
            (result,) = client.send([to_operation(row, notice, language)])
            states = {Outcome.ACCEPTED: "sent", Outcome.RETRY: "due"}
            return states.get(result.outcome, "failed")

        try:
            yield send
        finally:
            client.close()


def to_operation(row: Row, notice: str, language: Any) -> SyncOperation:
    """A notice as a row for the robot."""
    said = {"title": title(row, notice, language), "owner": row["owner"]}
    said["fix"] = fix(row, language) if notice == "opening" else ""
    return SyncOperation(
        row["alert_id"], row["alert_id"], "entered", None, properties=said, object="alert"
    )


CHANNELS = {"email": by_mail, "wecom_robot": by_robot}
