"""Settings of destinations, from the environment; a missing one names the variable and an
example.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from sluice.activations.content import LIBRARY
from sluice.models.errors import ConfigurationError


@dataclass(frozen=True)
class Declared:
    """What a project says of destinations: ``values`` by account (the name in the prefix of its
    variables, smtp in SLUICE_SMTP_) and setting, and the folder of templates.
    """

    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    content: Path = LIBRARY

    def of(self, config: Any) -> dict[str, Any]:
        """The settings of a class of settings, without those that the environment gives."""
        known = dict(getattr(config, "model_fields", {}))
        account, given = account_of(config), {name.upper() for name in os.environ}
        values = self.values.get(account, {})
        found = {
            name: value
            for name, value in values.items()
            if name in known and f"SLUICE_{account}_{name}".upper() not in given
        }
        return {**found, **({"content": self.content} if "content" in known else {})}

    def check(self, account: str, known: Mapping[str, Any]) -> None:
        """Raises ConfigurationError for a setting of an account that is not ``known``, and for a
        secret.
        """
        for name in self.values[account]:
            place = f"destinations.{account}.{name} in sluice.yml"
            if name not in known:
                near = get_close_matches(name, known, 1) or sorted(known)
                raise ConfigurationError(f"{place} is no setting of it", f"use {', '.join(near)}")
            if "Secret" in str(known[name].annotation):
                raise ConfigurationError(
                    f"{place} is a secret, which is never kept in a file",
                    "take it out of the file, and set"
                    f" SLUICE_{account.upper()}_{name.upper()} in the environment",
                )
            _check_value(place, self.values[account][name], known[name])


def _check_value(place: str, value: Any, known: FieldInfo) -> None:
    form: Any = known.annotation
    if known.metadata:
        form = Annotated[(form, *known.metadata)]
    try:
        TypeAdapter(form).validate_python(value)
    except ValidationError as error:
        words = "; ".join(one["msg"] for one in error.errors())
        raise ConfigurationError(f"{place} is wrong: {words}", "correct it there") from error


def account_of(config: Any) -> str:
    """The account whose settings a class of settings is of: ``smtp``."""
    prefix = str(getattr(config, "model_config", {}).get("env_prefix", ""))
    return prefix.removeprefix("SLUICE_").strip("_").lower()


class DestinationSettings(BaseSettings):
    """Base of a destination's settings.

    ``examples`` gives, for each required field, a value to show.

    Every destination has these: ``workers`` send at once, each on connections of its own, and
    together send at most ``messages_per_second`` messages of a campaign, and make at most
    ``calls_per_second`` calls for a sync (0: as many as they can). For ``patience_seconds`` a run
    waits for a vendor that is down, or says to try later, before it leaves the rest to the next
    run. ``price`` of one message or operation, in ``currency``, is what plans and guardrails count
    with. ``content``: the folder of templates, which is the project's.
    """

    workers: int = Field(4, ge=1, le=64)
    messages_per_second: float = Field(0.0, ge=0)
    calls_per_second: float = Field(0.0, ge=0)
    patience_seconds: float = Field(20.0, ge=0)
    price: float = Field(0.0, ge=0)
    currency: str = "CNY"
    content: Path = LIBRARY

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            prefix = str(self.model_config.get("env_prefix", ""))
            fields = [
                str(e["loc"][0]).lower() if e["loc"] else "" for e in error.errors()
            ]  # of no field: several do not fit
            reasons = "; ".join(
                f"{prefix}{field.upper()}: {e['msg']}" if field else e["msg"]
                for field, e in zip(fields, error.errors(), strict=True)
            )
            shown = " ".join(
                f"{prefix}{field.upper()}={self.example(field)}" for field in fields if field
            )
            raise ConfigurationError(
                f"a destination is not configured ({reasons})",
                f"set {shown or f'the {prefix}* that it names'}, or SLUICE_DELIVERY=sandbox to try"
                " it out",
            ) from error

    @classmethod
    def example(cls, field: str) -> str:
        """An example value of a field, from its declaration."""
        info = cls.model_fields.get(field)
        return str(info.examples[0]) if info is not None and info.examples else "..."


def check_limit_of_messages(settings: BaseSettings) -> None:
    """A campaign is limited in messages: a limit in calls let a whole batch out at once, so it is
    refused, not ignored.
    """
    given = settings.model_fields_set
    if "calls_per_second" in given and "messages_per_second" not in given:
        prefix = str(settings.model_config.get("env_prefix", ""))
        raise ConfigurationError(
            f"{prefix}CALLS_PER_SECOND limits the calls of syncs, and this is a campaign: its limit"
            " counts messages",
            f"set {prefix}MESSAGES_PER_SECOND to the messages that may go out in a second (0 for no"
            " limit)",
        )
