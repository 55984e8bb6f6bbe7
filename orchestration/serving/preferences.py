"""The preference page of a project: what it offers, and what a run publishes for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sluice.activations.inbox.preferences.centre import Centre
from sluice.activations.inbox.preferences.routes import preferences_url
from sluice.activations.inbox.sharing import share_url
from sluice.activations.inbox.tokens import LinkSigner
from sluice.activations.plan.outbox import PREFERENCES_URL, SHARE_URL
from sluice.models.delivery import Item, Message
from sluice.orchestration.installation.keys import signing_key
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.warehouse.base import MissingTableError
from sluice.orchestration.warehouse.reader import spool

PAGES = "select * from activation.int_preference_pages where channel <> $1 order by contact_id"


def centre_of(settings: Settings) -> Centre:
    """What ``preferences`` of sluice.yml says."""
    said = settings.project.config.preferences
    topics = {name: titles.model_dump() for name, titles in said.topics.items()}
    return Centre(topics, tuple(said.languages), said.link_days, said.sender)


def pages_file(settings: Settings) -> Path:
    """Where a run publishes what the page shows: the warehouse is closed to the service."""
    return settings.home / "preferences" / "pages.parquet"


def publish_pages(settings: Settings) -> int:
    """Write anew what the page shows of whoever gets messages. Returns how many rows."""
    target = pages_file(settings)
    draft = target.with_suffix(".draft")
    try:
        count = spool(settings.warehouse, PAGES, "", draft)
    except MissingTableError:  # the decisions of this run did not get as far
        return 0
    draft.replace(target)
    return count


def with_links(batches: Iterator[list[Item]], settings: Settings) -> Iterator[list[Item]]:
    """Each message with the link to its person's preference page, and the one to share, where the
    service is reached from outside.
    """
    if not settings.public_url:
        yield from batches
        return
    signer, base = LinkSigner(signing_key(settings)), settings.public_url
    is_sharing = settings.project.config.serve.share_to is not None
    for batch in batches:
        yield [_linked(item, base, signer, is_sharing) for item in batch]


def _linked(item: Item, base: str, signer: LinkSigner, is_sharing: bool) -> Item:
    if not isinstance(item, Message):
        return item
    links = {PREFERENCES_URL: preferences_url(base, signer, item.delivery_id)}
    if is_sharing:
        links[SHARE_URL] = share_url(base, signer, item.delivery_id)
    return replace(item, values={**item.values, **links})
