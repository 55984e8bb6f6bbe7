"""The values of a submission: checked by the form's rules and the warehouse's, normalised, and what
they say of a person.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from sluice.activations.inbox.forms.definition import Form, FormField
from sluice.activations.inbox.forms.patterns import matches
from sluice.activations.inbox.forms.wording import say

Given = Mapping[str, Sequence[str]]
TICKED = frozenset({"on", "true", "1", "yes"})


@dataclass(frozen=True)
class Read:
    """A value as the warehouse reads it, None where it is none. ``quality``: why it says little of
    who somebody is (fake, role). ``key``: what records are compared by.
    """

    value: str | None
    quality: str | None = None
    key: str | None = None


class EntryRules(Protocol):
    """The warehouse's rules for what identifies a person."""

    def phone(self, text: str, region: str) -> Read:
        """A phone in E.164; ``region``: the country code of one that has none."""

    def email(self, text: str) -> Read:
        """An e-mail address to send to."""


@dataclass
class Checked:
    """A submission that was read. ``errors``: what to show at each field."""

    fields: dict[str, Any] = field(default_factory=dict)
    traits: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    consents: list[dict[str, str]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


class _Refused(Exception):
    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def check(form: Form, given: Given, language: str, rules: EntryRules) -> Checked:
    """All fields and consents of a form, as they were given."""
    found = Checked()
    for name, one in form.fields.items():
        try:
            _take(found, form, name, one, given.get(name, ()), rules)
        except _Refused as refused:
            own = form.text(one.error, language) if refused.code != "missing" else ""
            found.errors[name] = own or say(language, refused.code, **refused.values)
    for name, consent in form.consents.items():
        if _is_ticked(given.get(name, ())):
            found.consents.append(
                {
                    "channel": consent.channel,
                    "purpose": consent.purpose,
                    "status": "granted",
                    "text_version": consent.text_version,
                    "text": form.text(consent.text, language),
                }
            )
        elif consent.required:
            found.errors[name] = say(language, "missing_consent")
    return found


def _is_ticked(values: Sequence[str]) -> bool:
    return len(values) == 1 and values[0].strip().lower() in TICKED


def _take(
    found: Checked, form: Form, name: str, one: FormField, values: Sequence[str], rules: EntryRules
) -> None:
    texts = [text for text in (_clean(text, one) for text in values) if text]
    is_ticked = one.type == "checkbox" and _is_ticked(texts)
    if one.required and not (is_ticked if one.type == "checkbox" else texts):
        raise _Refused("missing")
    if one.type == "checkbox":
        found.fields[name] = is_ticked
    elif texts:
        _take_texts(found, form, name, one, texts, rules)


def _take_texts(
    found: Checked, form: Form, name: str, one: FormField, texts: list[str], rules: EntryRules
) -> None:
    if one.type == "multi_select":
        found.fields[name] = _choices(one, texts)
    elif len(texts) > 1:
        raise _Refused("one_value")
    elif one.type in {"email", "phone"}:
        _identifier(found, form, name, one, texts[0], rules)
        return
    else:
        found.fields[name] = _value(one, texts[0])
    if one.trait:
        value = found.fields[name]
        found.traits[one.trait] = ", ".join(value) if isinstance(value, list) else str(value)


def _clean(text: str, one: FormField) -> str:
    """Without control characters, and line ends but in a textarea, and outer spaces."""
    kept = "\n\t" if one.type == "textarea" else ""
    text = text.replace("\r\n", "\n")
    return "".join(
        letter if letter.isprintable() or letter in kept else " " if letter.isspace() else ""
        for letter in text
    ).strip()


def _identifier(
    found: Checked, form: Form, name: str, one: FormField, text: str, rules: EntryRules
) -> None:
    if len(text) > one.most_length:
        raise _Refused("too_long", most=one.most_length)
    _match(one, text)
    read = rules.email(text) if one.type == "email" else rules.phone(text, form.phone_region)
    if read.value is None:
        raise _Refused(one.type)
    if read.quality == "fake":
        raise _Refused(f"fake_{one.type}")
    found.fields[name] = read.value
    if one.trait in {None, one.type}:
        found.traits[one.type] = read.value
        found.keys[one.type] = read.key or read.value
    elif one.trait:
        found.traits[one.trait] = read.value


def _choices(one: FormField, texts: list[str]) -> list[str]:
    known = [choice.value for choice in one.choices]
    if not set(texts) <= set(known):
        raise _Refused("choice")
    return [value for value in known if value in texts]


def _value(one: FormField, text: str) -> Any:
    if one.type == "select":
        return _choices(one, [text])[0]
    if one.type in {"number", "rating"}:
        return _number(one, text)
    if one.type == "date":
        return _date(one, text)
    if len(text) > one.most_length:
        raise _Refused("too_long", most=one.most_length)
    if len(text) < one.min_length:
        raise _Refused("too_short", least=one.min_length)
    _match(one, text)
    return text


def _match(one: FormField, text: str) -> None:
    if one.pattern is not None and not matches(one.pattern, text):
        raise _Refused("pattern")


def _number(one: FormField, text: str) -> float | int:
    is_rating = one.type == "rating"
    try:
        number = float(text) if len(text) <= 40 else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in text or (is_rating and number != int(number)):
        raise _Refused("number")
    least, most = (one.first_star, one.stars) if is_rating else (one.min, one.max)
    _bounds(number, least, most)
    return int(number) if number == int(number) and abs(number) < 2**53 else number


def _date(one: FormField, text: str) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise _Refused("date") from None
    _bounds(found, one.min, one.max)
    return found.isoformat()


def _bounds(value: Any, least: Any, most: Any) -> None:
    if least is not None and value < least:
        raise _Refused("too_small", least=_shown(least))
    if most is not None and value > most:
        raise _Refused("too_large", most=_shown(most))


def _shown(limit: Any) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit)
