"""When Python looks for cycles: the modules and graphs of dbt and Dagster are large, live as long
as the process, and by Python's own thresholds looking through them is a tenth of a run.
"""

from __future__ import annotations

import gc
from functools import cache

FEW_COLLECTIONS = (100_000, 50, 50)


def few_collections() -> None:
    """From here on."""
    gc.set_threshold(*FEW_COLLECTIONS)


@cache
def keep_what_is_imported() -> None:
    """What was imported is not looked through again. Once a process: cycles that a run left would
    be kept too.
    """
    gc.freeze()
