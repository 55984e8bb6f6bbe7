"""Alerts to a group of colleagues: ``POST /cgi-bin/webhook/send?key=``, one a call.

For sales and operators, never for customers.

A sync of mode ``add``: each row that enters is one alert, ``object`` names its text in
content/wechat/. The vendor recognises no repeats: an unknown outcome is held for a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sluice.activations.destinations.wechat.api import JSON_TYPE, ApiAnswer, api_answer, raw_json
from sluice.activations.destinations.wechat.content import templates
from sluice.activations.destinations.wechat.outcomes import WECOM, wait_of
from sluice.activations.destinations.wechat.tokens import account_of
from sluice.activations.destinations.wechat.wecom_robot.config import WeComRobotConfig
from sluice.activations.destinations.wechat.wecom_robot.mapping import alert_body
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import Capabilities, ItemResult, Outcome, SyncOperation
from sluice.models.errors import ContentError

PATH = "/cgi-bin/webhook/send"


class WeComRobot:
    """A destination for syncs."""

    def __init__(self, config: WeComRobotConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            batch_size=20,
            on_unknown="hold",
            objects=templates("robot", config.content),
            modes=frozenset({"add"}),
            is_one_at_a_time=True,
            is_call_per_item=True,
        )
        self.http = HttpClient(config.url, JSON_TYPE, config.timeout_seconds)
        self.account = account_of(config.url, "robot", config.key.get_secret_value())

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """One message a row; a refused one does not disturb the others."""
        results: list[ItemResult] = []
        stop: ApiAnswer | None = None
        for item in items:
            if stop is not None:
                results.append(stop.result(item.delivery_id))
                continue
            try:
                body = alert_body(item, self.config)
            except ContentError as error:
                results.append(ItemResult(item.delivery_id, Outcome.FAILED, error.reason))
                continue
            answer = self._post(body)
            stop = answer if answer.stops else None
            results.append(answer.result(item.delivery_id))
        return results

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _post(self, body: dict[str, object]) -> ApiAnswer:
        waiting = self.account.waiting(PATH)
        if waiting is not None:
            return ApiAnswer(Outcome.RETRY, waiting[1], retry_after_seconds=waiting[0])
        query = {"key": self.config.key.get_secret_value()}
        answer = api_answer(self.http.call("POST", PATH, params=query, data=raw_json(body)), WECOM)
        wait = wait_of(answer.action) if answer.action else None
        if wait is not None:
            self.account.wait(PATH, wait, str(answer.reason))
            return replace(answer, retry_after_seconds=wait)
        return answer
