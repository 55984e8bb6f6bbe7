"""What a destination's settings say of price and pace, read without its credentials: a plan needs
no login.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from sluice.activations.destinations.base import Destination
from sluice.activations.settings import Declared, DestinationSettings, check_limit_of_messages
from sluice.models.errors import ConfigurationError

NAMES = ("price", "currency", "messages_per_second", "calls_per_second", "workers")
# of a call to a vendor over the internet; only plans count with it
SECONDS_PER_CALL = 0.2


class Tariff(BaseSettings):
    """Price of one message or operation, and how fast they go out: a limit of 0 is as fast as the
    workers can.
    """

    price: float = 0.0
    currency: str = "CNY"
    messages_per_second: float = 0.0
    calls_per_second: float = 0.0
    workers: int = 4

    items_per_call: int = 1

    def cost(self, count: int) -> float:
        """The price of so many, in ``currency``, to the cent."""
        return round(self.price * count, 2)

    def seconds(self, count: int) -> float:
        """How long so many take: at the rate limit, or at 0.2 s a call over the workers, whichever
        is longer.
        """
        calls = math.ceil(count / self.items_per_call)
        by_rate = count / self.messages_per_second if self.messages_per_second else 0.0
        if not self.messages_per_second and self.calls_per_second:
            by_rate = calls / self.calls_per_second
        return round(max(by_rate, math.ceil(calls / self.workers) * SECONDS_PER_CALL), 1)


def tariff_of(
    config: Any,
    client: Callable[[Any], Destination],
    kind: str = "sync",
    declared: Declared | None = None,
) -> Tariff:
    """The tariff of a destination whose settings are of this class, from its defaults and the
    environment, else what the project declares, for a sync or a campaign (``message``). Raises
    ConfigurationError, naming the variable, for a value that cannot be used.
    """
    known = getattr(config, "model_fields", DestinationSettings.model_fields)
    said = declared.of(config) if declared is not None else {}
    prefix = str(getattr(config, "model_config", {}).get("env_prefix", ""))
    fields: dict[str, Any] = {
        name: (known[name].annotation, known[name]) for name in NAMES if name in known
    }
    model = create_model("Tariff", __base__=Tariff, **fields)
    model.model_config = SettingsConfigDict(env_prefix=prefix, extra="ignore")
    try:
        found = model(**{name: value for name, value in said.items() if name in NAMES})
    except ValidationError as error:
        names = ", ".join(prefix + str(one["loc"][0]).upper() for one in error.errors())
        raise ConfigurationError(
            f"{names} cannot be used", "correct or unset the variable"
        ) from error
    if kind == "message":
        check_limit_of_messages(found)
    else:
        found = found.model_copy(update={"messages_per_second": 0.0})
    return found.model_copy(update={"items_per_call": _items_per_call(config, client)})


def _items_per_call(config: Any, client: Callable[[Any], Destination]) -> int:
    """What the client says of its calls; it is made with the examples of its settings, and calls
    nobody. 1 where it cannot be.
    """
    try:
        required = {name for name, field in config.model_fields.items() if field.is_required()}
        made = client(config(**{name: config.example(name) for name in required}))
        capabilities = made.capabilities
        made.close()
    except Exception:  # an example that is none: the estimate is then of single calls
        return 1
    return 1 if capabilities.is_call_per_item else capabilities.batch_size
