"""Members of a list as a file of hashes, and what Tencent answers as an outcome.

Protocol: Tencent Marketing API, custom_audience_files/add (developers.e.qq.com): multipart, one
identifier a line, zipped; APPEND or REDUCE. SHA256_MOBILE_PHONE is the hash of the 11 digits of a
mainland number.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from sluice.activations.destinations.ads.hashing import HASHED, hashed
from sluice.activations.destinations.ads.tencent_api import mobile
from sluice.activations.http.client import Answer
from sluice.models.delivery import ItemResult, Outcome, SyncOperation

ID_TYPE = "SHA256_MOBILE_PHONE"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same members give the same bytes


def identifier(operation: SyncOperation) -> str:
    """The hash of the phone number.

    Who leaves has no row any more: the hash that was sent is what the ledger keeps of the vendor
    (``vendor_id``), so that the very entry is removed, whatever the number is today.
    """
    if (
        operation.operation == "exited"
        and operation.vendor_id
        and HASHED.fullmatch(operation.vendor_id)
    ):
        return operation.vendor_id
    return hashed(operation.properties.get("phone"), mobile)


def to_zip(identifiers: Sequence[str]) -> bytes:
    """One text file, an identifier a line, zipped."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            zipfile.ZipInfo("members.txt", EPOCH), "\n".join(dict.fromkeys(identifiers))
        )
    return sink.getvalue()


def call_result(answer: Answer) -> ItemResult:
    """The outcome of a file: 0 in a 200 answer is done.

    Any other code is about the account or the call, never about one person: a number that Tencent
    does not know is simply not matched. So it is tried again, and nobody is lost.
    """
    code = answer.body.get("code") if isinstance(answer.body, dict) else None
    if answer.outcome is Outcome.ACCEPTED and code == 0:
        return ItemResult(0, Outcome.ACCEPTED)
    if isinstance(code, int):
        return ItemResult(
            0, Outcome.RETRY, f"tencent_ads_{code}", retry_after_seconds=answer.retry_after_seconds
        )
    outcome = (
        Outcome.UNKNOWN if answer.outcome in {Outcome.ACCEPTED, Outcome.UNKNOWN} else Outcome.RETRY
    )
    return ItemResult(
        0,
        outcome,
        answer.reason or "unreadable_answer",
        retry_after_seconds=answer.retry_after_seconds,
    )
