"""The evidence of a pair in words: what each comparison added or took, in bits."""

from typing import Any

import pyarrow as pa


def explanations(pairs: pa.Table, comparisons: list[dict[str, Any]]) -> list[str]:
    """One text a pair, such as `name 6.1, birth date 8.9, city -1.2`, the weightiest first; no
    value of the records.
    """
    columns = {
        c["comparison_description"]: _weights(pairs, c["output_column_name"]) for c in comparisons
    }
    columns["household"] = _weights(pairs, "household")
    return [
        _words({name: weights[i] for name, weights in columns.items()})
        for i in range(pairs.num_rows)
    ]


def _weights(pairs: pa.Table, name: str) -> list[float]:
    base = pairs[f"mw_{name}"].to_pylist()
    adjusted = (
        pairs[f"mw_tf_adj_{name}"].to_pylist()
        if f"mw_tf_adj_{name}" in pairs.column_names
        else [0.0] * len(base)
    )
    return [(x or 0.0) + (y or 0.0) for x, y in zip(base, adjusted, strict=True)]


def _words(weights: dict[str, float]) -> str:
    weighty = sorted(
        ((round(w, 1), name) for name, w in weights.items() if round(w, 1)),
        key=lambda t: (-abs(t[0]), t[1]),
    )
    return ", ".join(f"{name} {w:.1f}" for w, name in weighty)
