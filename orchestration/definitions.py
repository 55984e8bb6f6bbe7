"""What Dagster loads: ``sluice dev``, ``dagster dev -m sluice.orchestration.definitions``."""

from sluice.orchestration.code_location.building import definitions

defs = definitions()
