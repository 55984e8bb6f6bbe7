"""What Dagster loads: ``sluice dev``, ``dagster dev -m sluice.orchestration.definitions``."""

from sluice.orchestration.code_location.building import build_definitions
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.runs.stopping import stoppable

# the process of a run loads this first, and dbt may have to parse: Dagster would handle a signal
# only after it
with stoppable():
    defs = build_definitions(load_settings())
