"""Members of a list as rows of hashes.

Protocol: POST and DELETE /<version>/<audience>/users with ``session`` and ``payload`` {schema,
data}; at most 10,000 rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from sluice.activations.destinations.ads import hashing
from sluice.activations.http.client import Answer
from sluice.models.delivery import SyncOperation

# Meta's key, the property it is made of, and how it is normalised; EXTERN_ID is our key as a
# number, and is not hashed
FIELDS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("EMAIL", "email", hashing.email),
    ("PHONE", "phone", hashing.phone),
    ("FN", "first_name", hashing.word),
    ("LN", "last_name", hashing.word),
    ("CT", "city", hashing.word),
    ("COUNTRY", "country", hashing.code),
)
WHO = {"EMAIL", "PHONE"}  # a name and a city alone are nobody


def row_of(operation: SyncOperation) -> list[str]:
    """EXTERN_ID and the hash of each field, '' where there is none."""
    return [
        str(operation.subject_id),
        *(hashing.hashed(operation.properties.get(name), rule) for _, name, rule in FIELDS),
    ]


def names_somebody(operation: SyncOperation) -> bool:
    """True when the row holds an e-mail address or a phone number; who leaves is named by our
    key.
    """
    row = dict(zip((key for key, _, _ in FIELDS), row_of(operation)[1:], strict=True))
    return operation.operation == "exited" or any(row[key] for key in WHO)


def body_of(operations: Sequence[SyncOperation]) -> dict[str, Any]:
    """Body of a call.

    It is a session of one batch, whose id is made of the operations: a repeat is the same session.
    """
    numbers = ",".join(str(operation.delivery_id) for operation in operations)
    session_id = int.from_bytes(hashlib.sha256(numbers.encode()).digest()[:7])
    return {
        "session": {
            "session_id": session_id,
            "batch_seq": 1,
            "last_batch_flag": True,
            "estimated_num_total": len(operations),
        },
        "payload": {
            "schema": ["EXTERN_ID", *(key for key, _, _ in FIELDS)],
            "data": [row_of(item) for item in operations],
        },
    }


def invalid_count(answer: Answer) -> int:
    """How many rows of an accepted call Meta could not read."""
    found = answer.body.get("num_invalid_entries") if isinstance(answer.body, dict) else 0
    return found if isinstance(found, int) else 0
