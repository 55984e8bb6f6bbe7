"""Segments as tags of followers: ``tags/members/batchtagging`` and ``batchuntagging``, at most 50
people a call.

Who entered or changed gets the tag, and loses the one the row had before, if it was another; who
left loses it. All of it may be repeated without harm. A tag that is not there is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sluice.activations.destinations.wechat.api import ApiAnswer, official_account
from sluice.activations.destinations.wechat.tagging import NOT_THERE, Tags
from sluice.activations.destinations.wechat.wechat_tags.config import WeChatTagsConfig
from sluice.activations.destinations.wechat.wechat_tags.mapping import Held, held_before, named
from sluice.models.delivery import Capabilities, ItemResult, Outcome, SyncOperation

GONE = frozenset(
    {40003, 43004, 49003, NOT_THERE}
)  # who is no follower holds no tag, and nobody holds one that is not there


class WeChatTags:
    """A destination for syncs: a membership in a list, or a mirror whose rows name their tag."""

    def __init__(self, config: WeChatTagsConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            batch_size=config.batch_size,
            on_unknown="resend",
            erases="removed",
            dedupes=True,
            objects=frozenset({"contacts"}),
            modes=frozenset({"membership", "mirror", "upsert"}),
        )
        self.api = official_account(config)
        self.tags = Tags(self.api)

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """Put on and take off; a person the vendor refuses does not disturb the others."""
        results: dict[int, ItemResult] = {}
        wanted = self._wanted(items, results)
        losing = {
            item.delivery_id: held
            for item in items
            if (held := self._loses(item, wanted, results)) is not None
        }
        self._change("batchuntagging", losing, results)
        self._change(
            "batchtagging",
            {one: held for one, held in wanted.items() if one not in results},
            results,
        )
        return [
            results.get(item.delivery_id)
            or _taken_off(item.delivery_id, item.delivery_id in losing)
            for item in items
        ]

    def close(self) -> None:
        """Give the connection back."""
        self.api.close()

    def _wanted(
        self, items: Sequence[SyncOperation], results: dict[int, ItemResult]
    ) -> dict[int, Held]:
        """The tag each row that stays shall hold; who cannot be tagged has a result."""
        found: dict[int, Held] = {}
        for item in (item for item in items if item.operation != "exited"):
            row = named(item, self.config)
            if row is None:
                results[item.delivery_id] = ItemResult(
                    item.delivery_id, Outcome.FAILED, "no_openid_or_tag"
                )
                continue
            tag_id = self.tags.find_or_make(row.tag)
            if isinstance(tag_id, ApiAnswer):
                results[item.delivery_id] = tag_id.result(item.delivery_id)
            else:
                found[item.delivery_id] = Held(tag_id, row.openid)
        return found

    def _loses(
        self, item: SyncOperation, wanted: dict[int, Held], results: dict[int, ItemResult]
    ) -> Held | None:
        """The tag a row no longer holds: what it was given; where the ledger knows none, what an
        exited row names.
        """
        before = held_before(item)
        if item.operation == "exited":
            return before or self._named_by(item, results)
        after = wanted.get(item.delivery_id)
        return before if after is not None and before != after else None

    def _named_by(self, item: SyncOperation, results: dict[int, ItemResult]) -> Held | None:
        row = named(item, self.config)
        known = self.tags.names() if row is not None else {}
        if isinstance(known, ApiAnswer):
            results[item.delivery_id] = known.result(item.delivery_id)
            return None
        return Held(known[row.tag], row.openid) if row is not None and row.tag in known else None

    def _change(self, action: str, held: dict[int, Held], results: dict[int, ItemResult]) -> None:
        """One result an item.

        Of a row that changes its tag, taking the old one off is no result yet unless it went wrong.
        """
        by_tag: dict[int, dict[int, str]] = defaultdict(dict)
        for delivery_id, one in held.items():
            by_tag[one.tag_id][delivery_id] = one.openid
        is_tagging = action == "batchtagging"
        for tag_id, openids in by_tag.items():
            answers = self.tags.change(action, tag_id, list(openids.values()))
            for delivery_id, openid in openids.items():
                answer = answers[openid]
                if answer.errcode == NOT_THERE:
                    self.tags.forget()
                if is_tagging:
                    results[delivery_id] = _tagged(answer, delivery_id, Held(tag_id, openid))
                elif answer.outcome is not Outcome.ACCEPTED and answer.errcode not in GONE:
                    results[delivery_id] = answer.result(delivery_id)


def _taken_off(delivery_id: int, was_there: bool) -> ItemResult:
    return ItemResult(delivery_id, Outcome.ACCEPTED, None if was_there else "never_was_there")


def _tagged(answer: ApiAnswer, delivery_id: int, held: Held) -> ItemResult:
    if answer.errcode == NOT_THERE:  # somebody deleted the tag: the next run makes it
        return ItemResult(delivery_id, Outcome.RETRY, answer.reason)
    return answer.result(
        delivery_id, held.vendor_id() if answer.outcome is Outcome.ACCEPTED else None
    )
