"""How a recipient says no: List-Unsubscribe headers (RFC 2369), one click (RFC 8058), and the page
behind the link.

A GET shows a page and changes nothing, since scanners open links; only the POST of a mail client or
of the page withdraws.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import parse_qs, urlencode

from sluice.activations.destinations.base import CallbackAnswer, CallbackRequest
from sluice.activations.destinations.email.settings import MailSettings
from sluice.models.delivery import Message, Withdrawal

SUBJECT = "unsubscribe-"
FIELD = "list-unsubscribe"
LARGEST_FORM = 16_384  # bytes; the one field needs fewer than 300
PAGE = """<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Unsubscribe</title></head>
<body style="font-family:sans-serif;max-width:32em;margin:4em auto;padding:0 1em">{}</body></html>"""
QUESTION = """<p>Stop our mails to this address? 确定退订我们的邮件吗？</p>
<form method="post"><button name="List-Unsubscribe" value="One-Click">Unsubscribe 退订</button></form>"""
DONE = "<p>Done. You get no more of our mails. 已退订，您不会再收到我们的营销邮件。</p>"
WRONG = (
    "<p>This link is not complete. Open it from the mail again, as a whole. 链接不完整，请从邮件中重新"
    "打开完整的链接。</p>"
)
REPLY = "<p>Or reply to the mail with the word unsubscribe. 您也可以直接回复邮件“退订”。</p>"


def unsubscribe_url(message: Message, settings: MailSettings) -> str:
    """The link of this recipient; empty without ``unsubscribe_url`` and ``secret``, and for what is
    not marketing.
    """
    if message.purpose != "marketing":
        return ""
    token = (
        settings.signer.unsubscribe_token(message.address_hash) if settings.unsubscribe_url else ""
    )
    joint = "&" if "?" in settings.unsubscribe_url else "?"
    return f"{settings.unsubscribe_url}{joint}{urlencode({'t': token})}" if token else ""


def unsubscribe_headers(
    message: Message, settings: MailSettings, url: str
) -> list[tuple[str, str]]:
    """List-Unsubscribe by link and by mail, and by one click where there is a link.

    A transactional message has none.
    """
    if message.purpose != "marketing":
        return []
    token = settings.signer.unsubscribe_token(message.address_hash) or str(message.delivery_id)
    by_mail = f"<mailto:{settings.address}?subject={SUBJECT}{token}>"
    if not url:
        return [("List-Unsubscribe", by_mail)]
    return [
        ("List-Unsubscribe", f"<{url}>, {by_mail}"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def is_unsubscribe(request: CallbackRequest) -> bool:
    """True for a call of our unsubscribe link."""
    return _token(request) is not None


def _token(request: CallbackRequest) -> str | None:
    """Of a link that something on its way wrote in capitals, too."""
    found = {name.casefold(): values[0] for name, values in parse_qs(request.query).items()}
    return found.get("t")


def read_unsubscribe(settings: MailSettings, request: CallbackRequest) -> CallbackAnswer:
    """GET asks; POST with ``List-Unsubscribe=One-Click`` withdraws. A link that we did not sign is
    403.
    """
    address_hash = settings.signer.read_unsubscribe_token(_token(request) or "")
    if address_hash is None:
        return _page(WRONG + (REPLY if settings.reads_replies else ""), 403)
    if request.method != "POST":
        return _page(QUESTION)
    if [value.strip().casefold() for value in one_click_fields(request)] != ["one-click"]:
        return _page(QUESTION, 400)
    return _page(DONE, reported=[Withdrawal("email", address_hash, datetime.now(UTC))])


def one_click_fields(request: CallbackRequest) -> list[str]:
    """The values of ``List-Unsubscribe`` in a form: RFC 8058 lets a mail client post it in either
    encoding.
    """
    if len(request.body) > LARGEST_FORM:
        return []
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/form-data"):
        form = parse_qs(request.body.decode("utf-8", "replace").strip())
        named = (values for name, values in form.items() if name.strip().casefold() == FIELD)
        return [value for values in named for value in values]
    head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    mail = message_from_bytes(head + request.body, policy=policy.HTTP)
    found = mail.iter_parts() if mail.is_multipart() else ()
    parts = [part for part in found if isinstance(part, EmailMessage) and _field(part) == FIELD]
    return [str(part.get_payload()) for part in parts if not part.is_multipart()]


def _field(part: EmailMessage) -> str:
    return str(part.get_param("name", header="content-disposition")).casefold()


def _page(
    words: str, status: int = 200, reported: list[Withdrawal] | None = None
) -> CallbackAnswer:
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return CallbackAnswer(
        reported or (), status, PAGE.format(words).encode(), "text/html; charset=utf-8", headers
    )
