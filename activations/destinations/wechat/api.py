"""Calls with an access token: JSON as raw UTF-8, the token shared and refreshed once, every errcode
turned into what to do next.

Token of the official account: ``POST /cgi-bin/stable_token``, which gives many workers the same
token. Of WeCom: ``gettoken``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sluice.activations.destinations.wechat.config import OfficialAccountConfig, WeComConfig
from sluice.activations.destinations.wechat.outcomes import (
    OFFICIAL_ACCOUNT,
    WECOM,
    Action,
    CodeOutcome,
    code_outcome,
    wait_of,
)
from sluice.activations.destinations.wechat.tokens import Account, Fetch, account_of
from sluice.activations.http.client import Answer, HttpClient
from sluice.models.delivery import ItemResult, Outcome, SuppressReason

OUTCOMES = {
    Action.FAIL: Outcome.FAILED,
    Action.DROP: Outcome.FAILED,
    Action.LEFT: Outcome.FAILED,
    Action.DONE: Outcome.ACCEPTED,
}
STOPS = frozenset({Action.STOP, Action.STOP_TEMPLATE, Action.WAIT_MINUTE, Action.WAIT_DAY})


@dataclass(frozen=True)
class ApiAnswer:
    """What a call came to.

    ``action`` is None when it was accepted, or when the HTTP status already gave the outcome.
    """

    outcome: Outcome
    reason: str | None = None
    action: Action | None = None
    errcode: int = 0
    body: Mapping[str, Any] | None = None
    retry_after_seconds: float | None = None

    @property
    def stops(self) -> bool:
        """True when further calls of the kind cannot do better now."""
        return self.action in STOPS

    def result(self, delivery_id: int, vendor_id: str | None = None) -> ItemResult:
        """The answer as the result of one item."""
        drops = self.action in {Action.DROP, Action.LEFT}
        why: SuppressReason = "unsubscribed" if self.action is Action.LEFT else "bounced"
        return ItemResult(
            delivery_id, self.outcome, self.reason, vendor_id, drops, self.retry_after_seconds, why
        )


class Api:
    """Calls of one account on one kept connection.

    Not safe for threads; the account it shares is.
    """

    def __init__(
        self, http: HttpClient, account: Account, fetch: Fetch, table: Mapping[int, CodeOutcome]
    ) -> None:
        self.http, self.account, self.fetch, self.table = http, account, fetch, table

    def post(self, path: str, body: Mapping[str, Any]) -> ApiAnswer:
        """POST and read the errcode; a refused token is replaced and the call made once more (a
        refused call did nothing).
        """
        return self._with_token(path, "POST", body)

    def get(self, path: str) -> ApiAnswer:
        """GET and read the errcode, as ``post`` does."""
        return self._with_token(path, "GET", None)

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _with_token(self, path: str, method: str, body: Mapping[str, Any] | None) -> ApiAnswer:
        waiting = self.account.waiting(path)
        if waiting is not None:
            return ApiAnswer(
                Outcome.RETRY, waiting[1], Action.WAIT_MINUTE, retry_after_seconds=waiting[0]
            )
        answer, used = self._once(path, method, body, None)
        if answer.action is Action.REFRESH:
            answer, _ = self._once(path, method, body, used)
        wait = wait_of(answer.action) if answer.action else None
        if wait is not None:
            self.account.wait(path, wait, str(answer.reason))
            return replace(answer, retry_after_seconds=wait)
        return answer

    def _once(
        self, path: str, method: str, body: Mapping[str, Any] | None, refused: str | None
    ) -> tuple[ApiAnswer, str]:
        token = self.account.fetched(self.fetch, refused)
        if isinstance(token, Answer):
            return (
                ApiAnswer(
                    Outcome.RETRY,
                    token.reason,
                    Action.STOP,
                    retry_after_seconds=token.retry_after_seconds,
                ),
                "",
            )
        options: dict[str, Any] = {} if body is None else {"data": raw_json(body)}
        answer = self.http.call(method, path, params={"access_token": token}, **options)
        return api_answer(answer, self.table), token


def raw_json(body: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8 without escapes: WeChat shows an escape as it is written, or refuses it
    (40033).
    """
    return json.dumps(body, ensure_ascii=False).encode()


def api_answer(answer: Answer, table: Mapping[int, CodeOutcome]) -> ApiAnswer:
    """An answer by its errcode; none is success."""
    if answer.outcome is not Outcome.ACCEPTED:
        # 4xx is the word of what stands in between: the vendor itself answers 200, so no item is at
        # fault
        outcome = Outcome.RETRY if answer.outcome is Outcome.FAILED else answer.outcome
        return ApiAnswer(outcome, answer.reason, retry_after_seconds=answer.retry_after_seconds)
    if not isinstance(answer.body, Mapping):
        return ApiAnswer(Outcome.UNKNOWN, "unreadable_answer")
    errcode = int(answer.body.get("errcode") or 0)
    if errcode == 0:
        return ApiAnswer(Outcome.ACCEPTED, body=answer.body)
    found = code_outcome(table, errcode)
    return ApiAnswer(
        OUTCOMES.get(found.action, Outcome.RETRY), found.reason, found.action, errcode, answer.body
    )


def official_account(config: OfficialAccountConfig) -> Api:
    """Calls of an official account."""
    http, secret = (
        HttpClient(config.url, JSON_TYPE, config.timeout_seconds),
        config.secret.get_secret_value(),
    )

    def fetch(by_force: bool) -> tuple[str, float] | Answer:
        body = {
            "grant_type": "client_credential",
            "appid": config.appid,
            "secret": secret,
            "force_refresh": by_force,
        }
        return _token_in(
            http.call("POST", "/cgi-bin/stable_token", data=raw_json(body)), OFFICIAL_ACCOUNT
        )

    return Api(http, account_of(config.url, config.appid, secret), fetch, OFFICIAL_ACCOUNT)


def wecom_app(config: WeComConfig) -> Api:
    """Calls of a WeCom app."""
    http, secret = (
        HttpClient(config.url, JSON_TYPE, config.timeout_seconds),
        config.secret.get_secret_value(),
    )

    def fetch(by_force: bool) -> tuple[str, float] | Answer:
        query = {"corpid": config.corpid, "corpsecret": secret}
        return _token_in(http.call("GET", "/cgi-bin/gettoken", params=query), WECOM)

    return Api(http, account_of(config.url, config.corpid, secret), fetch, WECOM)


JSON_TYPE = {"Content-Type": "application/json; charset=utf-8"}


def _token_in(answer: Answer, table: Mapping[int, CodeOutcome]) -> tuple[str, float] | Answer:
    found = api_answer(answer, table)
    token = (found.body or {}).get("access_token") if found.outcome is Outcome.ACCEPTED else None
    if not token or found.body is None:
        return Answer(
            Outcome.RETRY, found.reason or "no_token", retry_after_seconds=found.retry_after_seconds
        )
    return str(token), float(found.body.get("expires_in") or 0)
