"""Settings of destinations, from the environment; a missing one names the variable and an example."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from models.errors import ConfigurationError


class DestinationSettings(BaseSettings):
    """Base of a destination's settings. ``examples`` gives, for each required field, a value to show."""

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            prefix = str(self.model_config.get("env_prefix", ""))
            names = [prefix + str(e["loc"][0]).upper() for e in error.errors()]
            reasons = "; ".join(f"{name}: {e['msg']}" for name, e in zip(names, error.errors(), strict=True))
            shown = [f"{name}={self.example(name.removeprefix(prefix).lower())}" for name in names]
            raise ConfigurationError(
                f"a destination is not configured ({reasons})",
                f"set {' '.join(shown)}, or SLUICE_DELIVERY=sandbox to try it out",
            ) from error

    @classmethod
    def example(cls, field: str) -> str:
        """An example value of a field, from its declaration."""
        info = cls.model_fields.get(field)
        return str(info.examples[0]) if info is not None and info.examples else "..."
