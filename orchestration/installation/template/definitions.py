"""The code location of __NAME__ for Dagster: `dagster dev -f definitions.py`, or `sluice dev`.

Assets of your own join it: ``dg.Definitions.merge(defs, dg.Definitions(assets=[...]))``.
"""

from pathlib import Path

from sluice import definitions

defs = definitions(Path(__file__).parent)
