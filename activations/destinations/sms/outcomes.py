"""What a provider's code means for a message: one word for what happens next, and when."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import phonenumbers

from sluice.activations.content.sms_text import Area, SmsRefused
from sluice.activations.http.client import Answer
from sluice.models.delivery import ItemResult, Message, Outcome, SuppressReason
from sluice.models.errors import ContentError

Action = Literal["accept", "retry", "fail", "suppress", "opt_out", "stop", "ask"]
HOUR, HALF_DAY = 3600.0, 43_200.0
# a code is shown as it is: words, no number that could be somebody's
CODE = re.compile(r"[A-Za-z]+([._:-][A-Za-z]+)*|[A-Za-z]{1,4}[:_-]?[0-9]{1,6}|[0-9]{1,6}")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
Ready = TypeVar("Ready")


@dataclass(frozen=True, slots=True)
class CodeOutcome:
    """What happens next, and after how many seconds.

    ``retry``: later, for this message. ``fail``: never. ``suppress``: never, nor anything else to
    this number, which is none. ``opt_out``: likewise, because somebody said no. ``stop``: the whole
    account cannot send, so everything is tried again later; it has no seconds, and the push gives
    up after some calls. ``ask``: it is unknown whether it was sent.
    """

    action: Action
    after_seconds: float | None = None


# without a code, these alone are about the message; any other 3xx or 4xx is about the address, the
# login or a proxy
OF_THE_MESSAGE = frozenset({400, 413, 422})
ACCEPT, FAIL, SUPPRESS, OPT_OUT = (
    CodeOutcome("accept"),
    CodeOutcome("fail"),
    CodeOutcome("suppress"),
    CodeOutcome("opt_out"),
)
RETRY, STOP, ASK = CodeOutcome("retry"), CodeOutcome("stop"), CodeOutcome("ask")
OUTCOMES = {
    "accept": Outcome.ACCEPTED,
    "retry": Outcome.RETRY,
    "stop": Outcome.RETRY,
    "fail": Outcome.FAILED,
    "suppress": Outcome.FAILED,
    "opt_out": Outcome.FAILED,
    "ask": Outcome.UNKNOWN,
}


def result(
    delivery_id: int,
    code_outcome: CodeOutcome,
    reason: str | None = None,
    vendor_id: str | None = None,
) -> ItemResult:
    """The result of one item that met this outcome."""
    is_no = code_outcome.action == "opt_out"
    why: SuppressReason = "unsubscribed" if is_no else "bounced"
    return ItemResult(
        delivery_id,
        OUTCOMES[code_outcome.action],
        reason,
        vendor_id,
        is_no or code_outcome.action == "suppress",
        code_outcome.after_seconds,
        why,
    )


def named(code: object) -> str:
    """A provider's code as a reason: itself when it is one, else only that it was no code we would
    repeat.
    """
    text = str(code)
    return text if len(text) <= 80 and CODE.fullmatch(text) else "unlisted_code"


def by_table(
    code: str, table: Mapping[str, CodeOutcome], families: Mapping[str, CodeOutcome]
) -> CodeOutcome:
    """The outcome of a code: from the table, else of its family (what it begins with), else it
    fails.
    """
    if code in table:
        return table[code]
    return next(
        (code_outcome for prefix, code_outcome in families.items() if code.startswith(prefix)), FAIL
    )


def as_asked(code_outcome: CodeOutcome, answer: Answer) -> CodeOutcome:
    """The outcome, after as many seconds as the provider asked for in a header, where it is tried
    again at once otherwise.
    """
    return (
        CodeOutcome("retry", answer.retry_after_seconds) if code_outcome == RETRY else code_outcome
    )


def of_transport(answer: Answer) -> tuple[CodeOutcome, str]:
    """The outcome where no code of the provider came back.

    A 5xx may come after it acted, 503 and 429 say that it did not.
    """
    reason = answer.reason or "no_code"
    if answer.status is None:
        return (RETRY if answer.outcome is Outcome.RETRY else ASK), reason
    if answer.status in OF_THE_MESSAGE:
        return FAIL, reason
    if answer.status in {429, 503}:
        return CodeOutcome("retry", answer.retry_after_seconds), reason
    if answer.status < 300 or answer.status >= 500 or answer.status == 408:
        return ASK, reason
    return STOP, reason


def prepare(
    messages: Sequence[Message], make: Callable[[Message], Ready]
) -> tuple[list[Ready], list[ItemResult]]:
    """What can be sent, and a result for what the rules or the templates refuse."""
    ready: list[Ready] = []
    refused: list[ItemResult] = []
    for message in messages:
        try:
            ready.append(make(message))
        except ContentError as error:
            refused.append(result(message.delivery_id, FAIL, error.reason))
    return ready, refused


def calls(
    ready: Iterable[Ready], key: Callable[[Ready], Hashable], number: Callable[[Ready], str]
) -> list[list[Ready]]:
    """What may go in one call together: what has the same key, each number once (a report names no
    more than the number).
    """
    found: dict[tuple[Hashable, int], list[Ready]] = {}
    times: Counter[tuple[Hashable, str]] = Counter()
    for one in ready:
        place = (key(one), number(one))
        found.setdefault((place[0], times[place]), []).append(one)
        times[place] += 1
    return list(found.values())


def area_of(number: phonenumbers.PhoneNumber) -> Area:
    """Whose rules and templates hold for a number; Hong Kong, Macau and Taiwan have country codes
    of their own.
    """
    return "mainland" if number.country_code == 86 else "abroad"


def digits(number: phonenumbers.PhoneNumber) -> str:
    """E.164 without the +."""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


def valid_number(address: str) -> phonenumbers.PhoneNumber:
    """The number of an address in E.164.

    Raises SmsRefused when it is no number in use, or no phone that gets SMS.
    """
    number = phonenumbers.parse(address, None) if E164.fullmatch(address) else None
    if (
        number is None
    ):  # phonenumbers would read more: what stands behind a comma is an extension to it
        raise SmsRefused(
            "invalid_number", "a number is not in E.164", "write it as + and digits in the source"
        )
    if not phonenumbers.is_valid_number(number):
        raise SmsRefused(
            "invalid_number", "a number is not in use anywhere", "correct it in the source"
        )
    if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE:
        raise SmsRefused(
            "no_mobile",
            "a number is a landline's",
            "give the contact a mobile number in the source",
        )
    return number
