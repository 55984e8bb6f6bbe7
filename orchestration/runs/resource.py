"""The resource that every asset asks for its project."""

from __future__ import annotations

import dagster as dg

from sluice.orchestration.installation.project import find_project
from sluice.orchestration.installation.settings import Settings, load_settings


class SluiceResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """A project: the folder of its ``sluice.yml``."""

    project: str

    def settings(self) -> Settings:
        """Its settings, from the environment and its file. Raises ConfigurationError."""
        return load_settings(find_project(self.project))
