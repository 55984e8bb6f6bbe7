"""JSON that came from outside."""

from __future__ import annotations

import json
from typing import Any


def read_json(text: str | bytes) -> Any:
    """The value.

    Raises ValueError for whatever is no JSON, what is nested too deeply to be read included.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
