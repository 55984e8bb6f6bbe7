"""Short links of SMS: ten letters that stand for a message and the address its link leads to.

Both are kept in the inbox's database, so that a token leads nowhere but where a message said. The
letters are computed from them, so a message that is made again has the same links.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from sluice.activations.database import compact, lock_until_commit

log = logging.getLogger(__name__)
LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # none is taken for another
LENGTH = 10  # 58 bits: of ten million links a guess hits one in 43 billion tries
metadata = sa.MetaData()
links = sa.Table(
    "inbox_short_links",
    metadata,
    sa.Column("token", sa.String(LENGTH), primary_key=True),
    sa.Column("delivery_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("target", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class ShortLink:
    """What a token stands for."""

    delivery_id: int
    target: str


class ShortLinks:
    """Keeps the links. Safe for threads and processes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def find(self, token: str) -> ShortLink | None:
        """What a token stands for; None where it stands for nothing."""
        if len(token) != LENGTH:
            return None
        with self._engine.connect() as connection:
            return _find(connection, token)

    def keep(self, key: str, wanted: ShortLink) -> str:
        """The token of a link, on disk when this returns. ``key``: what ``signing_key`` gives."""
        with self._engine.begin() as connection:
            lock_until_commit(connection, links.name)
            for number in range(100):  # the next one where another link has this already
                token = _token(key, wanted, number)
                found = _find(connection, token)
                if found is None:
                    row = {"delivery_id": wanted.delivery_id, "target": wanted.target}
                    connection.execute(links.insert().values(token=token, **row))
                if found in {None, wanted}:
                    return token
        raise LookupError("a hundred tokens are taken")

    def erase(self, delivery_ids: Sequence[int]) -> int:
        """Delete the links of messages, bytes included. Returns how many."""
        count = 0
        with self._engine.begin() as connection:
            for start in range(0, len(delivery_ids), 1_000):
                chunk = delivery_ids[start : start + 1_000]
                done = connection.execute(links.delete().where(links.c.delivery_id.in_(chunk)))
                count += done.rowcount
        if count:
            compact(self._engine, [links.name])
        return count


class Shortener:
    """Makes the short address of a link. Where the database cannot be written, the link stays as
    it is: the message goes out, and its clicks are not counted.
    """

    def __init__(self, public_url: str, key: str, links: ShortLinks) -> None:
        self._base, self._key, self._links = public_url, key, links

    def __call__(self, delivery_id: int, target: str) -> str:
        """The address that leads to ``target`` by way of the service."""
        try:
            token = self._links.keep(self._key, ShortLink(delivery_id, target))
        except (sa.exc.SQLAlchemyError, LookupError) as error:
            log.warning("a link was not shortened (%s)", type(error).__name__)
            return target
        return f"{self._base}/l/{token}"


def _find(connection: sa.Connection, token: str) -> ShortLink | None:
    query = sa.select(links.c.delivery_id, links.c.target).where(links.c.token == token)
    row = connection.execute(query).first()
    return None if row is None else ShortLink(int(row[0]), str(row[1]))


def _token(key: str, link: ShortLink, number: int) -> str:
    said = f"short\x00{number}\x00{link.delivery_id}\x00{link.target}"
    text = said.encode("utf-8", "surrogatepass")
    value = int.from_bytes(hmac.new(key.encode(), text, hashlib.sha256).digest()[:16])
    letters = ""
    for _ in range(LENGTH):
        value, place = divmod(value, len(LETTERS))
        letters += LETTERS[place]
    return letters
