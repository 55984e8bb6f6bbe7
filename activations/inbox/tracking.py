"""Links and the open pixel put into a message before it is sent: see ``links`` for what they do."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from sluice.activations.inbox.links import click_url, is_web, pixel_url
from sluice.activations.inbox.tokens import LinkSigner

LINK = re.compile(r"""(<(?:a|area)\b[^>]*?\bhref\s*=\s*)("[^"]*"|'[^']*')""", re.I)
UNTRACKED = re.compile(r"\bdata-sluice-track\s*=\s*[\"']?no\b", re.I)
# ASCII alone, since Chinese follows without a space; what ends the sentence is no part of it
TEXT_LINK = re.compile(r"https?://[!-~]*[\w/#&=~+%@*$-]", re.I | re.A)
END = re.compile(r"</body\s*>", re.I)


@dataclass(frozen=True)
class Tracker:
    """How the messages of one campaign are tracked. ``utm``: what is added to the query of each
    link that does not say it itself. ``shorten``: gives the short address of a link.
    """

    public_url: str
    signer: LinkSigner
    clicks: bool = True
    opens: bool = True
    utm: Mapping[str, str] = field(default_factory=dict)
    shorten: Callable[[int, str], str] | None = None

    def html(self, html: str, delivery_id: int, ways_out: Collection[str] = ()) -> str:
        """The HTML of a mail with its links by way of the service, and a pixel at its end. A link
        to the service itself, to no web address, or with ``data-sluice-track="no"`` stays; so does
        one of the ``ways_out``: a no is no click, and its token is nobody else's.
        """
        if not html:
            return html
        if self.clicks or self.utm:
            html = LINK.sub(lambda found: self._link(found, delivery_id, ways_out), html)
        if self.opens:
            html = self._with_pixel(html, delivery_id)
        return html

    def text(self, text: str, delivery_id: int) -> str:
        """The text of an SMS with short links by way of the service; one to the service itself
        stays.
        """
        shorten = self.shorten
        if shorten is None or not self.clicks:
            return text

        def short(found: re.Match[str]) -> str:
            target = found[0]
            if target.startswith(self.public_url + "/") or not is_web(target):
                return target
            return shorten(delivery_id, with_query(target, self.utm))

        return TEXT_LINK.sub(short, text)

    def _link(self, found: re.Match[str], delivery_id: int, ways_out: Collection[str]) -> str:
        mark, target = found[2][0], unescape(found[2][1:-1]).strip()
        is_ours = target.startswith((self.public_url + "/", *ways_out))
        if is_ours or not is_web(target) or UNTRACKED.search(found[1]):
            return found[0]
        target = with_query(target, self.utm)
        if self.clicks:
            target = click_url(self.public_url, self.signer, delivery_id, target)
        return f"{found[1]}{mark}{escape(target)}{mark}"

    def _with_pixel(self, html: str, delivery_id: int) -> str:
        address = escape(pixel_url(self.public_url, self.signer, delivery_id))
        image = f'<img src="{address}" width="1" height="1" alt="" style="display:block;border:0">'
        ends = list(END.finditer(html))
        place = ends[-1].start() if ends else len(html)
        return html[:place] + image + html[place:]


def with_query(target: str, more: Mapping[str, str]) -> str:
    """The address with these parameters, where it has none of the name; its own stay as written."""
    if not more:
        return target
    parts = urlsplit(target)
    there = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    new = urlencode(
        {name: text for name, text in more.items() if name not in there}, quote_via=quote
    )
    query = "&".join(part for part in (parts.query, new) if part)
    return urlunsplit(parts._replace(query=query))
