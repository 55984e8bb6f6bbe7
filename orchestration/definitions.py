"""What Dagster loads: ``sluice dev``, ``dagster dev -m orchestration.definitions``."""

from orchestration.building import build_definitions
from orchestration.settings import load_settings

defs = build_definitions(load_settings())
