"""What Dagster loads: ``sluice dev``, ``dagster dev -m orchestration.definitions``."""

from orchestration.building import build_definitions
from orchestration.settings import load_settings
from orchestration.stopping import stoppable

with (
    stoppable()
):  # the process of a run loads this first, and dbt may have to parse: Dagster would hear of a signal only after it
    defs = build_definitions(load_settings())
