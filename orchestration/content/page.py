"""What stands in the HTML of a mail: its links, its images, the words that are seen."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

UNSEEN = {"style", "script", "head", "title"}


class Page(HTMLParser):
    """``links``: every href; ``images``: the alt of every image, None where it has none; ``words``:
    what a reader without images sees.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.images: list[str | None] = []
        self._words: list[str] = []
        self._unseen = 0
        self.feed(html)

    @property
    def words(self) -> str:
        """The text that is seen, on one line."""
        return " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Links and images."""
        given: dict[str, Any] = dict(attrs)
        if tag == "a" and "href" in given:
            self.links.append(given["href"] or "")
        if tag == "img":
            self.images.append(given.get("alt"))
        self._unseen += tag in UNSEEN

    def handle_endtag(self, tag: str) -> None:
        """The end of what is not seen."""
        self._unseen -= tag in UNSEEN and self._unseen > 0

    def handle_data(self, data: str) -> None:
        """Words that are seen."""
        if not self._unseen:
            self._words.append(data)
