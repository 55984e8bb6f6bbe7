"""Whether marketing by e-mail says how to stop it: in its text and in its HTML, since a reader sees
one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sluice.models.errors import ContentError

WAYS = ("unsubscribe", "preferences_url", "退订")
REASON = "no_unsubscribe_link"


def silent_parts(text: str, html: str, links: Iterable[str] = ()) -> Iterator[str]:
    """``text`` and ``HTML``, where the part says no way to stop it: no word, no variable of ours,
    and none of the ``links``.
    """
    for part, words in (("text", text), ("HTML", html)):
        if words and not any(way in words.lower() for way in (*WAYS, *links)):
            yield part


def require_way_out(file: str, silent: Iterable[str]) -> None:
    """Raise ContentError, which names the file, where a part says no way to stop it."""
    for part in silent:
        name = f"{file}.{'txt' if part == 'text' else 'html or mjml'}.liquid"
        raise ContentError(
            f"it is marketing, and its {part} ({name}) says no way to stop it",
            "add {{ unsubscribe_url }} or {{ preferences_url }} to it",
            f"{REASON}:{file}",
        )
