"""What a person may write into the ledger: a reason, not somebody's address."""

from __future__ import annotations

import re

from sluice.models.errors import ConfigurationError

# of an unknown delivery: the vendor would not know a repeat of it any more
REPEAT_WINDOW_PASSED = "repeat_window_passed"
LONGEST = 200
PERSONAL = re.compile(r"\S*@\S*|\+\d{6,}|(?<!\d)1[3-9]\d{9}(?!\d)")
ADDRESS = re.compile(r"@|\+\d{6,}|(?<!\d)1[3-9]\d{9}(?!\d)")


def without_addresses(reason: str) -> str:
    """A reason without what looks like an e-mail address or a phone number: a destination of
    another package may repeat what its vendor said.
    """
    return PERSONAL.sub("...", reason)


def plain_reason(text: str | None, option: str) -> str | None:
    """The words, trimmed; None when there are none.

    Raises ConfigurationError for an e-mail address, a phone, or too many.
    """
    words = " ".join((text or "").split())
    if ADDRESS.search(words):
        raise ConfigurationError(
            f"{option} holds what looks like an e-mail address or a phone number",
            "write the contact's id, or the matter, instead",
        )
    if len(words) > LONGEST:
        raise ConfigurationError(f"{option} has {len(words)} characters", f"say it in {LONGEST}")
    return words or None
