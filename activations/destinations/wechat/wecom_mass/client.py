"""Messages to customers of WeCom: ``externalcontact/add_msg_template`` makes a task, and an
employee must confirm it.

Accepted is a task that was made; a delivery only what the employee sent
(``get_groupmsg_send_result``). The vendor has no ids of ours: what is unknown is looked for among
the tasks made since, by customer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sluice.activations.destinations.wechat.api import ApiAnswer, wecom_app
from sluice.activations.destinations.wechat.wecom_mass.config import WeComMassConfig
from sluice.activations.destinations.wechat.wecom_mass.mapping import (
    Customer,
    Task,
    content_of,
    customer_of,
    part_id,
    receipts_of,
)
from sluice.models.delivery import Capabilities, ItemResult, Message, Outcome, Receipt, Withdrawal
from sluice.models.errors import ContentError

CLOCKS_DIFFER = timedelta(minutes=2)
PAGE = 500
WAITING = "awaits_confirmation"  # the reason of an accepted message, until its receipt


class WeComMass:
    """A destination for messages, a Reporter and a Reconciler."""

    def __init__(self, config: WeComMassConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            batch_size=config.mass_batch_size, on_unknown="reconcile", receipts=True
        )
        self.api = wecom_app(config)

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        """One task for each employee and content; customers the vendor leaves out of a task have
        failed.
        """
        results: list[ItemResult] = []
        tasks: dict[str, Task] = {}
        for message in items:
            customer = customer_of(message, self.config.sender)
            if customer is None:
                results.append(
                    ItemResult(message.delivery_id, Outcome.FAILED, "no_external_userid_or_sender")
                )
                continue
            try:
                content = content_of(message, self.config.content)
            except ContentError as error:
                results.append(ItemResult(message.delivery_id, Outcome.FAILED, error.reason))
                continue
            key = json.dumps([customer.sender, content], sort_keys=True)
            known = tasks[key].messages if key in tasks else ()
            tasks[key] = Task(customer.sender, content, [*known, (message, customer)])
        for task in tasks.values():
            results += _results(
                task, self.api.post("/cgi-bin/externalcontact/add_msg_template", task.body())
            )
        return results

    def fetch_receipts(self, since: datetime) -> Iterable[Receipt | Withdrawal]:
        """What employees have confirmed of the tasks of the last ``lookback_days``, whenever they
        did. ``since`` narrows nothing: an old task may be confirmed today.
        """
        for msg in self._tasks(
            min(since, datetime.now(UTC)) - timedelta(days=self.config.lookback_days)
        ):
            yield from receipts_of(str(msg["msgid"]), self._outcomes(str(msg["msgid"])))

    def reconcile(
        self, items: Sequence[Message], claimed_at: Mapping[int, datetime]
    ) -> list[ItemResult]:
        """ACCEPTED where a task made since has the customer and the content; else nobody can
        say.
        """
        if not items:
            return []
        found: list[ItemResult] = []
        tasks = list(self._tasks(min(claimed_at.values()) - CLOCKS_DIFFER))
        reached = {
            str(task["msgid"]): {
                str(row.get("external_userid")) for row in self._outcomes(str(task["msgid"]))
            }
            for task in tasks
        }
        for message in items:
            customer = customer_of(message, self.config.sender)
            task = next(
                (
                    t
                    for t in tasks
                    if customer
                    and _is_of(t, message, customer, reached[str(t["msgid"])], self.config.content)
                ),
                None,
            )
            if task is not None and customer is not None:
                vendor_id = part_id(str(task["msgid"]), customer.external_userid)
                found.append(ItemResult(message.delivery_id, Outcome.ACCEPTED, WAITING, vendor_id))
            else:
                found.append(ItemResult(message.delivery_id, Outcome.UNKNOWN, "no_such_task_yet"))
        return found

    def close(self) -> None:
        """Give the connection back."""
        self.api.close()

    def _tasks(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        now = datetime.now(UTC)
        start = max(since, now - timedelta(days=self.config.lookback_days))
        asked = {
            "chat_type": "single",
            "start_time": int(start.timestamp()),
            "end_time": int(now.timestamp()) + 120,
            "limit": 100,
        }
        return self._pages("get_groupmsg_list_v2", asked, "group_msg_list")

    def _outcomes(self, msgid: str) -> Iterator[Mapping[str, Any]]:
        for task in self._pages("get_groupmsg_task", {"msgid": msgid, "limit": PAGE}, "task_list"):
            asked = {"msgid": msgid, "userid": task["userid"], "limit": PAGE}
            yield from self._pages("get_groupmsg_send_result", asked, "send_list")

    def _pages(
        self, name: str, asked: Mapping[str, Any], listed: str
    ) -> Iterator[Mapping[str, Any]]:
        cursor = ""
        while True:
            answer = self.api.post(f"/cgi-bin/externalcontact/{name}", {**asked, "cursor": cursor})
            if answer.outcome is not Outcome.ACCEPTED or answer.body is None:
                return  # asked again in the next run
            yield from answer.body.get(listed, [])
            cursor = str(answer.body.get("next_cursor") or "")
            if not cursor:
                return


def _is_of(
    task: Mapping[str, Any], message: Message, customer: Customer, reached: set[str], folder: Path
) -> bool:
    """The same words are compared as the vendor returns them; attachments come back with other
    ids.
    """
    try:
        text = content_of(message, folder).get("text", {})
    except ContentError:
        return False
    return customer.external_userid in reached and (task.get("text") or {}).get(
        "content", ""
    ) == text.get("content", "")


def _results(task: Task, answer: ApiAnswer) -> list[ItemResult]:
    body = answer.body or {}
    if answer.outcome is not Outcome.ACCEPTED:
        return [answer.result(message.delivery_id) for message, _ in task.messages]
    left_out = set(body.get("fail_list") or [])
    return [
        (
            ItemResult(message.delivery_id, Outcome.FAILED, "left_out_by_vendor")
            if customer.external_userid in left_out
            else ItemResult(
                message.delivery_id,
                Outcome.ACCEPTED,
                WAITING,
                part_id(str(body.get("msgid")), customer.external_userid),
            )
        )
        for message, customer in task.messages
    ]
