"""Aliyun SMS, Dysmsapi 2017-05-25 over the API gateway's V3 signature: SendSms for one,
SendBatchSms for up to 100.

Aliyun has no idempotency for SMS (its help, document_detail/55284): after a lost answer the
number's records are asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

from sluice.activations.destinations.sms.aliyun.config import AliyunConfig
from sluice.activations.destinations.sms.aliyun.mapping import (
    AliyunSms,
    batch_form,
    batch_query,
    days,
    one_query,
    outcome,
    to_sms,
)
from sluice.activations.destinations.sms.aliyun.outcomes import CODES, FAMILIES, OF_ONE_RECIPIENT
from sluice.activations.destinations.sms.outcomes import (
    ASK,
    CodeOutcome,
    as_asked,
    by_table,
    calls,
    named,
    of_transport,
    prepare,
    result,
)
from sluice.activations.destinations.sms.signing import acs3_headers
from sluice.activations.http.client import Answer, HttpClient
from sluice.models.delivery import Capabilities, ItemResult, Message, Outcome

VERSION = "2017-05-25"
PAGE_SIZE = 50
PAGES = 20


class Aliyun:
    """A destination for SMS by templates that Aliyun approved."""

    def __init__(self, config: AliyunConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            batch_size=config.batch_size, on_unknown="reconcile", receipts=True
        )
        self.http = HttpClient(config.url, {"accept": "application/json"}, config.timeout_seconds)
        self._host = urlsplit(config.url).netloc
        self._key = (config.access_key_id, config.access_key_secret.get_secret_value())

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        """One call a template; numbers abroad one by one: reports write them without +, where an
        American one may read like a Chinese one, so OutId has to name the message.
        """
        ready, results = prepare(items, partial(to_sms, config=self.config))
        for batch in calls(ready, _call_key, lambda sms: sms.number):
            results += self._submit(batch)
        return results

    def reconcile(
        self, items: Sequence[Message], claimed_at: Mapping[int, datetime]
    ) -> list[ItemResult]:
        """QuerySendDetails for each number and day. What cannot be asked stays unknown."""
        ready, refused = prepare(items, partial(to_sms, config=self.config))
        unreadable = [result(one.delivery_id, ASK, one.reason) for one in refused]
        return unreadable + [
            self._ask(sms, claimed_at[sms.delivery_id])
            for sms in ready
            if sms.delivery_id in claimed_at
        ]

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _submit(self, batch: Sequence[AliyunSms]) -> list[ItemResult]:
        """A code that may be one recipient's refused the whole call: halve it, and the rest goes
        through.
        """
        code_outcome, reason, vendor_id = call_outcome(self._send(batch))
        if reason in OF_ONE_RECIPIENT and len(batch) > 1:
            half = len(batch) // 2
            return self._submit(batch[:half]) + self._submit(batch[half:])
        return [result(sms.delivery_id, code_outcome, reason, vendor_id) for sms in batch]

    def _send(self, batch: Sequence[AliyunSms]) -> Answer:
        if len(batch) == 1:
            return self._call("SendSms", one_query(batch[0], self.config))
        return self._call(
            "SendBatchSms", batch_query(batch), urlencode(batch_form(batch, self.config)).encode()
        )

    def _ask(self, sms: AliyunSms, claimed_at: datetime) -> ItemResult:
        records: list[Mapping[str, Any]] = []
        for day in days(claimed_at):
            found = self._records(sms.number, day)
            if found is None:
                return result(sms.delivery_id, ASK, "no_records")
            records += found
        return outcome(sms, records, claimed_at, datetime.now(UTC), self.config)

    def _records(self, number: str, day: str) -> list[Mapping[str, Any]] | None:
        """All records of a number on a day in China; None when they could not be read to the
        end.
        """
        records: list[Mapping[str, Any]] = []
        for page in range(1, PAGES + 1):
            query = {
                "PhoneNumber": number,
                "SendDate": day,
                "PageSize": str(PAGE_SIZE),
                "CurrentPage": str(page),
            }
            answer = self._call("QuerySendDetails", query)
            if answer.outcome is not Outcome.ACCEPTED or call_outcome(answer)[0].action != "accept":
                return None
            details = answer.body.get("SmsSendDetailDTOs") or {}
            found = [
                one for one in details.get("SmsSendDetailDTO") or [] if isinstance(one, Mapping)
            ]
            records += found
            if len(found) < PAGE_SIZE:
                return records
        return None

    def _call(self, action: str, query: Mapping[str, str], body: bytes = b"") -> Answer:
        headers = acs3_headers(
            action, VERSION, self._host, query, body, self._key, datetime.now(UTC)
        )
        return self.http.call("POST", "/", params=query, data=body, headers=headers)


def call_outcome(answer: Answer) -> tuple[CodeOutcome, str | None, str | None]:
    """Outcome, reason and BizId of a call: by the code in the body, whatever the status; by the
    status where there is none.
    """
    body = answer.body if isinstance(answer.body, Mapping) else {}
    code = body.get("Code")
    if not isinstance(code, str) or (code == "OK" and answer.outcome is not Outcome.ACCEPTED):
        return (*of_transport(answer), None)
    code_outcome = as_asked(by_table(code, CODES, FAMILIES), answer)
    return (
        code_outcome,
        None if code_outcome.action == "accept" else named(code),
        str(body["BizId"]) if body.get("BizId") else None,
    )


def _call_key(sms: AliyunSms) -> tuple[str, int]:
    return sms.template, 0 if sms.area == "mainland" else sms.delivery_id
