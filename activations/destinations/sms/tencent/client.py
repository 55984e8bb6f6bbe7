"""Tencent Cloud SMS 2021-01-11 with the signature TC3-HMAC-SHA256: SendSms to up to 200 numbers
that share all variables.

There is no idempotency, and records can be pulled only where support allowed it: an unknown outcome
is held for a person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from sluice.activations.destinations.sms.outcomes import (
    CodeOutcome,
    by_table,
    calls,
    named,
    of_transport,
    prepare,
    result,
)
from sluice.activations.destinations.sms.signing import tc3_headers
from sluice.activations.destinations.sms.tencent.config import TencentConfig
from sluice.activations.destinations.sms.tencent.mapping import (
    TencentSms,
    body,
    call_key,
    results,
    to_sms,
)
from sluice.activations.destinations.sms.tencent.outcomes import CODES, FAMILIES
from sluice.activations.http.client import Answer, HttpClient
from sluice.models.delivery import Capabilities, ItemResult, Message, Outcome

VERSION = "2021-01-11"


class Tencent:
    """A destination for SMS by templates that Tencent approved."""

    def __init__(self, config: TencentConfig) -> None:
        self.config = config
        # personal variables: as many calls as messages
        self.capabilities = Capabilities(
            batch_size=config.batch_size, on_unknown="hold", receipts=True, is_call_per_item=True
        )
        self.http = HttpClient(config.url, {}, config.timeout_seconds)
        self._host = urlsplit(config.url).netloc
        self._key = (config.secret_id, config.secret_key.get_secret_value())

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        """One call for each distinct set of variables: personal ones mean a call a person."""
        ready, refused = prepare(items, partial(to_sms, config=self.config))
        for batch in calls(ready, call_key, lambda sms: sms.number):
            refused += self._submit(batch)
        return refused

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _submit(self, batch: Sequence[TencentSms]) -> list[ItemResult]:
        answer = self._call("SendSms", body(batch, self.config))
        failed = call_outcome(answer)
        if failed is None:
            return results(batch, answer.body["Response"].get("SendStatusSet"))
        return [result(sms.delivery_id, *failed) for sms in batch]

    def _call(self, action: str, given: Mapping[str, Any]) -> Answer:
        data = json.dumps(given, ensure_ascii=False).encode()
        now = datetime.now(UTC)
        headers = tc3_headers(
            action, VERSION, self.config.cloud_region, self._host, data, self._key, now
        )
        return self.http.call("POST", "/", data=data, headers=headers)


def call_outcome(answer: Answer) -> tuple[CodeOutcome, str] | None:
    """The outcome that all of a call share, and why; None when each recipient has an answer of
    their own. Errors are 200 too.
    """
    response = answer.body.get("Response") if isinstance(answer.body, Mapping) else None
    if not isinstance(response, Mapping):
        return of_transport(answer)
    error = response.get("Error")
    if isinstance(error, Mapping):
        code = str(error.get("Code"))
        return by_table(code, CODES, FAMILIES), named(code)
    return None if answer.outcome is Outcome.ACCEPTED else of_transport(answer)
