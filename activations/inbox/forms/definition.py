"""What a form is: ``content/forms/<name>.yml``, checked. A key that is not known is refused."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from sluice.activations.inbox.forms.patterns import check_pattern

NAME = re.compile(r"[a-z][a-z0-9_-]{0,49}")
RESERVED = frozenset({"popups"})
ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?|http://(127\.0\.0\.1|localhost)(:\d{1,5})?")


def is_name(name: str) -> bool:
    """Whether a form may have the name."""
    return NAME.fullmatch(name) is not None and name not in RESERVED


FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Kind = Literal[
    "text", "email", "phone", "select", "multi_select", "checkbox", "textarea", "number", "date",
    "rating",
]  # fmt: skip
TRAITS = (
    "email", "phone", "firstName", "lastName", "name", "company", "title", "industry", "city",
    "province", "country", "language", "birthday", "gender", "postalCode", "street",
)  # fmt: skip
Trait = Literal[TRAITS]  # type: ignore[valid-type]
CHOICES = frozenset({"select", "multi_select"})
MOST_LENGTH = {"textarea": 5_000}
MOST_FIELDS = 60


def _as_texts(value: Any) -> Any:
    """A text alone is that of every language."""
    return {"": value} if isinstance(value, str) else value


def _no_blank(value: dict[str, str]) -> dict[str, str]:
    if not value or not all(text.strip() for text in value.values()):
        raise ValueError("write the text, or one a language: {zh: ..., en: ...}")
    return value


Texts = Annotated[dict[str, str], BeforeValidator(_as_texts), AfterValidator(_no_blank)]


def _origin(value: str) -> str:
    if not ORIGIN.fullmatch(value):
        raise ValueError(f"{value!r} is no origin: write it as https://shop.example")
    return value


Origin = Annotated[str, AfterValidator(_origin)]


class Part(BaseModel):
    """A part of a form."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(Part):
    """One of the choices of a select: what is kept, and what is shown."""

    value: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    label: Texts


class FormField(Part):
    """A field. ``trait``: what of a person it says; an e-mail and a phone say so by themselves.
    ``error``: what is shown instead of the usual text where the value is refused.
    """

    type: Kind = "text"
    label: Texts
    placeholder: Texts | None = None
    help: Texts | None = None
    error: Texts | None = None
    required: bool = False
    trait: Trait | None = None
    min_length: int = Field(0, ge=0)
    max_length: int | None = Field(None, ge=1, le=20_000)
    pattern: str | None = None
    min: float | date | None = None
    max: float | date | None = None
    choices: list[Choice] = []
    autocomplete: Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,40}$")] | None = None

    @field_validator("choices", mode="before")
    @classmethod
    def _plain_choices(cls, value: Any) -> Any:
        """``[a, b]`` are shown as they are kept."""
        each = value if isinstance(value, list) else []
        plain = [
            {"value": str(one), "label": str(one)} for one in each if not isinstance(one, dict)
        ]
        return plain if plain and len(plain) == len(each) else value

    @field_validator("pattern")
    @classmethod
    def _is_pattern(cls, value: str | None) -> str | None:
        if value is not None:
            check_pattern(value)
        return value

    @model_validator(mode="after")
    def _goes_together(self) -> FormField:
        if (self.type in CHOICES) != bool(self.choices):
            raise ValueError("choices: a select and a multi_select have them, and no other field")
        if len({one.value for one in self.choices}) < len(self.choices):
            raise ValueError("choices: two of them have the same value")
        bound = {"number": (int, float), "rating": (int, float), "date": (date,)}.get(self.type, ())
        for limit in (self.min, self.max):
            if limit is not None and not isinstance(limit, bound):
                raise ValueError("min and max: numbers of a number or rating, dates of a date")
        if self.type == "rating" and not 2 <= self.stars - self.first_star + 1 <= 11:
            raise ValueError("a rating has 2 to 11 steps: min: 1, max: 5")
        if self.min is not None and self.max is not None and self.min > self.max:  # type: ignore[operator]
            raise ValueError("min is more than max")
        return self

    @property
    def most_length(self) -> int:
        """Characters at most."""
        return self.max_length or MOST_LENGTH.get(self.type, 200)

    @property
    def first_star(self) -> int:
        """The first step of a rating."""
        return int(self.min) if isinstance(self.min, (int, float)) else 1

    @property
    def stars(self) -> int:
        """The last step of a rating."""
        return int(self.max) if isinstance(self.max, (int, float)) else 5

    @property
    def of_person(self) -> str | None:
        """The trait it gives."""
        return self.trait or (self.type if self.type in {"email", "phone"} else None)


class Hidden(Part):
    """A value that nobody types: fixed, or of the query of the page, or where the visitor came
    from.
    """

    value: str | None = Field(None, max_length=200)
    query: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,50}$")] | None = None
    referrer: bool = False

    @model_validator(mode="after")
    def _is_one(self) -> Hidden:
        if sum((self.value is not None, self.query is not None, self.referrer)) != 1:
            raise ValueError("give one of value: TEXT, query: NAME and referrer: true")
        return self


class Consent(Part):
    """A box to tick, and what is agreed to by it. It is never ticked beforehand: a consent is an
    act of the person (GDPR, art. 4; PIPL, art. 14).
    """

    channel: Literal["email", "sms", "wechat", "phone", "ads"]
    purpose: Literal["marketing", "tracking", "advertising"] = "marketing"
    text_version: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    text: Texts
    required: bool = False
    checked: bool = False

    @field_validator("text_version", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, (int, float, date)) else value

    @field_validator("checked")
    @classmethod
    def _is_unticked(cls, value: bool) -> bool:
        if value:
            raise ValueError("a box that is ticked beforehand is no consent: take checked out")
        return value


class DoubleOptIn(Part):
    """The person confirms by a link in a mail; until then no consent counts."""

    destination: str = "smtp"
    template: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")] = "form_confirm"
    hours: float = Field(72, gt=0, le=24 * 30)


class Thanks(Part):
    """What is shown when it was sent: a text, or an address of yours."""

    title: Texts | None = None
    text: Texts | None = None
    redirect: str | None = None


class Captcha(Part):
    """A check by a service. ``secret``: the variable of the environment that holds its key."""

    kind: Literal["turnstile", "hcaptcha", "recaptcha"]
    site_key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}$")]
    secret: Annotated[str, StringConstraints(pattern=r"^SLUICE_[A-Z0-9_]{1,80}$")]
    verify_url: str | None = None

    @field_validator("verify_url")
    @classmethod
    def _is_safe(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(rf"({ORIGIN.pattern})/[!-~]*", value):
            raise ValueError("it is no https address")
        return value


class Popup(Part):
    """When a site shows the form by itself: the first of the rules that are given."""

    pages: list[str] = Field(["*"], min_length=1)
    after_seconds: float | None = Field(None, ge=0)
    scroll_percent: int | None = Field(None, ge=1, le=100)
    segment: str | None = None
    once_days: int = Field(30, ge=0)


class Form(Part):
    """One form. ``version``: raised by whoever changes it. ``embed``: the origins whose pages may
    show it by the snippet. ``min_seconds``: who fills it in faster is a machine. ``per_minute``:
    submissions of one address. ``page``: the template in ``content/pages/``.
    """

    version: int = Field(1, ge=1)
    languages: list[Language] = Field(["zh", "en"], min_length=1)
    title: Texts
    intro: Texts | None = None
    submit: Texts | None = None
    fields: dict[FieldName, FormField] = Field(min_length=1, max_length=MOST_FIELDS)
    hidden: dict[FieldName, Hidden] = {}
    consents: dict[FieldName, Consent] = {}
    double_opt_in: DoubleOptIn | None = None
    thanks: Thanks = Thanks()
    page: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")] = "form"
    embed: list[Origin] = []
    phone_region: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,2}$")] = "86"
    min_seconds: float = Field(2, ge=0, le=60)
    open_hours: float = Field(24, gt=0, le=24 * 30)
    per_minute: float = Field(10, gt=0)
    captcha: Captcha | None = None
    popup: Popup | None = None

    @field_validator("phone_region", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value

    @model_validator(mode="after")
    def _goes_together(self) -> Form:
        names = [*self.fields, *self.hidden, *self.consents]
        if len({*names}) < len(names):
            raise ValueError("a name is given to two of fields, hidden and consents")
        traits = [one.of_person for one in self.fields.values() if one.of_person]
        twice = sorted({one for one in traits if traits.count(one) > 1})
        if twice:
            raise ValueError(f"two fields give the trait {twice[0]}: set trait of one of them")
        if self.double_opt_in is not None and "email" not in traits:
            raise ValueError("double_opt_in needs a field of type email")
        for consent in self.consents.values():
            needed = {"email": "email", "sms": "phone", "phone": "phone"}.get(consent.channel)
            if needed and needed not in traits:
                raise ValueError(
                    f"a consent to {consent.channel} needs a field of type {needed}: whose is it?"
                )
        if self.popup is not None and not self.embed:
            raise ValueError("popup needs embed: the origins of the site that shows it")
        self._check_redirect()
        return self

    def _check_redirect(self) -> None:
        """An own address alone: of this service, or of an origin that ``embed`` names."""
        target = self.thanks.redirect
        if target is None or re.fullmatch(r"/([!-.0-\[\]-~][!-\[\]-~]*)?", target):
            return
        parts = urlsplit(target)
        if not target.isascii() or f"{parts.scheme}://{parts.netloc}" not in self.embed:
            raise ValueError(
                "thanks.redirect is no address of yours: a path of this service (/f/other), or one"
                " of an origin in embed"
            )

    def text(self, texts: dict[str, str] | None, language: str) -> str:
        """A text in a language, else in the form's first, else in any."""
        if not texts:
            return ""
        for one in (language, language.partition("-")[0], "", self.languages[0]):
            if one in texts:
                return texts[one]
        return next(iter(texts.values()))
