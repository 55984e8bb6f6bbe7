"""How every benchmark prints: a line a figure, or with --json one JSON object as the last line."""

from __future__ import annotations

import json
from collections.abc import Mapping

Figure = float | int | str | None


def show(figures: Mapping[str, Figure], as_json: bool) -> None:
    """Print figures by name; units are in the names (``seconds``, ``mb``), ratios and shares have
    none.
    """
    if as_json:
        print(json.dumps(dict(figures)))
        return
    width = max(map(len, figures))
    for name, value in figures.items():
        print(
            f"{name:{width}}  {value:.4g}"
            if isinstance(value, float)
            else f"{name:{width}}  {value}"
        )
