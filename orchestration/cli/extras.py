"""Optional parts of the installation, which some commands need."""

from __future__ import annotations

from importlib.util import find_spec


def require_extra(extra: str, *modules: str) -> None:
    """Raises ConfigurationError where a module of the extra is not installed."""
    from sluice.models.errors import ConfigurationError

    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise ConfigurationError(
            f"{', '.join(missing)} is not installed",
            f"install the extra: pip install 'sluice[{extra}]'",
        )
