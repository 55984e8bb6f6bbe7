"""What a code of a CRM means for an item: the next step, the category that is written down, and
when to come back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sluice.activations.destinations.base import same_result
from sluice.activations.http.client import Answer
from sluice.models.delivery import ItemResult, Outcome, SyncOperation

MINUTE, HOUR = 60.0, 3600.0
# a code is repeated as it is only when it is one: words and underscores, or a short number
CODE = re.compile(r"[A-Za-z]+(_[A-Za-z]+)*|-?[0-9]{1,6}")
# a field's name, in a vendor's own words or ours: Email, hs_lead_status, Region2__c
FIELD = re.compile(r"[A-Za-z][A-Za-z0-9]*(_+[A-Za-z0-9]+)*")
NEVER_THERE = "never_was_there"


@dataclass(frozen=True, slots=True)
class CodeOutcome:
    """An outcome and its reason.

    ``wait_seconds``: not before. ``is_token``: another token may help, so get one and call again.
    ``is_shared``: the account or the mapping is at fault, not the row, so that every row of the
    call has the same outcome.
    """

    outcome: Outcome
    reason: str
    wait_seconds: float | None = None
    is_token: bool = False
    is_shared: bool = False


def retry(reason: str, wait_seconds: float | None = None) -> CodeOutcome:
    """The vendor cannot do it now."""
    return CodeOutcome(Outcome.RETRY, reason, wait_seconds, is_shared=True)


def stop(reason: str) -> CodeOutcome:
    """The account or the mapping is at fault: a person fixes it, no row is failed for it, and an
    hour goes by between tries.
    """
    return CodeOutcome(Outcome.RETRY, reason, HOUR, is_shared=True)


def token(reason: str) -> CodeOutcome:
    """The token is not good any more."""
    return CodeOutcome(Outcome.RETRY, reason, MINUTE, is_token=True, is_shared=True)


def fail(reason: str) -> CodeOutcome:
    """The row is refused for good."""
    return CodeOutcome(Outcome.FAILED, reason)


def done(reason: str) -> CodeOutcome:
    """There is nothing left to do."""
    return CodeOutcome(Outcome.ACCEPTED, reason)


def named(code: object, prefix: str = "") -> str:
    """A code as a reason: itself, in lower case, when it is one; else only that it was none we
    would repeat.
    """
    text = str(code)
    return prefix + text.lower() if len(text) <= 80 and CODE.fullmatch(text) else "unlisted_code"


def field_named(name: object) -> str:
    """The name of a field that a vendor found fault with, in lower case, when it is one; else only
    that it was none.
    """
    text = str(name)
    return text.lower() if len(text) <= 80 and FIELD.fullmatch(text) else "unlisted_code"


def of_fields(code_outcome: CodeOutcome, names: Iterable[object]) -> CodeOutcome:
    """The outcome with the fields at fault in its reason, never their values."""
    listed = ",".join(dict.fromkeys(field_named(name) for name in names))
    return (
        replace(code_outcome, reason=f"{code_outcome.reason}:{listed}") if listed else code_outcome
    )


def of_transport(answer: Answer) -> CodeOutcome:
    """The outcome of a call that has no code of the vendor's.

    A login that was refused (401, 403) is the account's fault.
    """
    reason = answer.reason or "unreadable_answer"
    if answer.status in {401, 403}:
        return replace(stop(reason), is_token=answer.status == 401)
    outcome = Outcome.UNKNOWN if answer.outcome is Outcome.ACCEPTED else answer.outcome
    return CodeOutcome(
        outcome, reason, answer.retry_after_seconds, is_shared=outcome is not Outcome.FAILED
    )


def of_reading(code_outcome: CodeOutcome) -> CodeOutcome:
    """The outcome of rows that wait for something to be read: reading has no effect, so nothing
    about them is unknown.
    """
    return (
        replace(code_outcome, outcome=Outcome.RETRY)
        if code_outcome.outcome is Outcome.UNKNOWN
        else code_outcome
    )


def result(
    item: SyncOperation, code_outcome: CodeOutcome, vendor_id: str | None = None
) -> ItemResult:
    """The result of one item that met an outcome."""
    return ItemResult(
        item.delivery_id,
        code_outcome.outcome,
        code_outcome.reason,
        vendor_id,
        False,
        code_outcome.wait_seconds,
    )


def results(items: Sequence[SyncOperation], code_outcome: CodeOutcome) -> list[ItemResult]:
    """The same result for all."""
    return same_result(
        items,
        ItemResult(
            0,
            code_outcome.outcome,
            code_outcome.reason,
            retry_after_seconds=code_outcome.wait_seconds,
        ),
    )


def accepted(
    item: SyncOperation, vendor_id: str | None = None, reason: str | None = None
) -> ItemResult:
    """The vendor has it."""
    return ItemResult(item.delivery_id, Outcome.ACCEPTED, reason, vendor_id)


def by_table(code: object, table: Mapping[str, CodeOutcome]) -> CodeOutcome | None:
    """The outcome of a code, or None for one that the table does not have."""
    return table.get(str(code))
