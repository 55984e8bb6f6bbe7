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
    columns["all together"] = _weights(pairs, "together")
    return [
        _words({name: weights[i] for name, weights in columns.items()})
        for i in range(pairs.num_rows)
    ]


def _weights(pairs: pa.Table, name: str) -> list[float]:
    return [weight or 0.0 for weight in pairs[f"mw_{name}"].to_pylist()]


def _words(weights: dict[str, float]) -> str:
    weighty = sorted(
        ((round(w, 1), name) for name, w in weights.items() if round(w, 1)),
        key=lambda t: (-abs(t[0]), t[1]),
    )
    return ", ".join(f"{name} {w:.1f}" for w, name in weighty)
