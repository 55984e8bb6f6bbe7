"""How well clusters of records match the truth: by pairs, and B-cubed (Bagga and Baldwin, 1998) by
records.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def linkage_metrics(clusters: Sequence[object], truth: Sequence[object]) -> dict[str, float]:
    """Pair precision, recall and F1, and B-cubed F1 over all records, those alone in their cluster
    included.
    """
    frame = pd.DataFrame(
        {
            "cluster": pd.factorize(pd.Series(clusters))[0],
            "person": pd.factorize(pd.Series(truth))[0],
        }
    )
    shared = frame.groupby(["cluster", "person"]).size().rename("size").reset_index()
    in_cluster, of_person = frame["cluster"].value_counts(), frame["person"].value_counts()
    right, found, true = _pairs(shared["size"]), _pairs(in_cluster), _pairs(of_person)
    precision, recall = (right / found if found else 1.0), (right / true if true else 1.0)
    square = shared["size"] ** 2
    b3_precision = float((square / shared["cluster"].map(in_cluster)).sum() / len(frame))
    b3_recall = float((square / shared["person"].map(of_person)).sum() / len(frame))
    return {
        "pair_precision": precision,
        "pair_recall": recall,
        "pair_f1": _harmonic(precision, recall),
        "b3_f1": _harmonic(b3_precision, b3_recall),
    }


def _pairs(sizes: pd.Series) -> float:
    return float((sizes * (sizes - 1) / 2).sum())


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0
