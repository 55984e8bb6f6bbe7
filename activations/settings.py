"""Settings of destinations, from the environment; a missing one names the variable and an
example.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings

from sluice.models.errors import ConfigurationError


class DestinationSettings(BaseSettings):
    """Base of a destination's settings. ``examples`` gives, for each required field, a value to
    show.

    Every destination has these: ``workers`` send at once, each on connections of its own, and
    together send at most ``messages_per_second`` messages of a campaign, and make at most
    ``calls_per_second`` calls for a sync (0: as many as they can). For ``patience_seconds`` a run
    waits for a vendor that is down, or says to try later, before it leaves the rest to the next
    run. ``price`` of one message or operation, in ``currency``, is what plans and guardrails count
    with.
    """

    workers: int = Field(4, ge=1, le=64)
    messages_per_second: float = Field(0.0, ge=0)
    calls_per_second: float = Field(0.0, ge=0)
    patience_seconds: float = Field(20.0, ge=0)
    price: float = Field(0.0, ge=0)
    currency: str = "CNY"

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
