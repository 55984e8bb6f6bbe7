"""The rule of a draw. Pure, and plain enough for a shell: `docs/lottery.md` has the lines.

The list is closed and its hash published before the seed is known, so that nobody can choose either
by the other; the seed is not ours (the numbers of a state lottery of a day that was named).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable

ENTRY_DIGITS = 16


def entry_of(secret: bytes, lottery: str, contact_id: int) -> str:
    """What stands for a contact in the published list: the same for the contact in this lottery
    alone, and nobody without the key learns who it is.
    """
    text = f"lottery\0{lottery}\0{contact_id}".encode()
    return hmac.new(secret, text, hashlib.sha256).hexdigest()[:ENTRY_DIGITS]


def list_text(entries: Iterable[str]) -> str:
    """The published list: sorted, one entry a line, each once."""
    return "".join(f"{entry}\n" for entry in sorted(set(entries)))


def list_hash(text: str) -> str:
    """The SHA-256 of a list, as `sha256sum` prints it."""
    return hashlib.sha256(text.encode()).hexdigest()


def draw(text: str, seed: str, winners: int) -> list[str]:
    """The winning entries, the first prize first: those whose SHA-256 of seed, hash of the list and
    entry, joined by line feeds, is smallest.
    """
    hashed = list_hash(text)

    def ticket(entry: str) -> str:
        return hashlib.sha256(f"{seed}\n{hashed}\n{entry}".encode()).hexdigest()

    return sorted(text.split(), key=ticket)[:winners]


def read_list(text: str) -> Collection[str]:
    """The entries of a list. Raises ValueError for one that `list_text` did not write."""
    entries = text.split()
    if list_text(entries) != text:
        raise ValueError("not sorted, or an entry stands twice")
    return entries
