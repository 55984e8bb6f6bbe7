"""Are scored probabilities right? Per band of match weight: pairs, the share of one person that the
model expects and the share that is, and what the layer's own check without truth says of it; and
the share of true pairs that blocking lost.

python -m benchmarks.linkage_reliability --records people.csv --mapping people.yml --truth person_id
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.figures import Figure, show
from benchmarks.person_table import imported_contacts, read_mapping, read_table, truth_of
from sluice.linkage.api import Scored, private_database, score_pairs
from sluice.linkage.config import LinkageConfig
from sluice.linkage.features import read_records
from sluice.linkage.reliability import EDGES, LEAST_PAIRS


def score(table: pd.DataFrame) -> Scored | None:
    """The candidate pairs of a raw table of people; rules join nothing before."""
    with duckdb.connect() as connection, private_database(LinkageConfig()) as worker:
        connection.register("people", table)
        connection.execute(
            "create view records as select record_id::bigint as record_key, null::bigint as"
            " component_id, 'import' as source, * exclude (record_id) from people"
        )
        return score_pairs(worker, read_records(connection, "records"), LinkageConfig())


def reliability(weight: np.ndarray, is_same: np.ndarray) -> dict[str, Figure]:
    """Per band, as `bits_-2_to_0`: pairs, expected and seen share; and the greatest difference in a
    band of 200 pairs or more.
    """
    chance = 1 / (1 + np.exp2(-np.clip(weight, -500, 500)))
    figures: dict[str, Figure] = {}
    worst = 0.0
    bounds = (-np.inf, *EDGES, np.inf)
    for low, high in pairwise(bounds):
        inside = (weight >= low) & (weight < high)
        if not inside.any():
            continue
        expected, seen = float(chance[inside].mean()), float(is_same[inside].mean())
        figures[f"bits_{low}_to_{high}"] = (
            f"{int(inside.sum())} pairs, expected {expected:.3f}, seen {seen:.3f}"
        )
        if inside.sum() >= LEAST_PAIRS:
            worst = max(worst, abs(expected - seen))
    return figures | {"greatest_difference": worst}


def measure(scored: Scored, truth: list[object]) -> dict[str, Figure]:
    """The table, the share of true pairs that no pair scored is of, and the estimate of it."""
    person = pd.factorize(pd.Series(truth))[0]
    left, right = (scored.pairs[f"record_key_{side}"].to_numpy() for side in "lr")
    is_same = person[left] == person[right]
    sizes = np.bincount(person)
    true = float((sizes * (sizes - 1) / 2).sum())
    lost: dict[str, Figure] = {
        "lost_share": 1 - float(is_same.sum()) / true,
        "lost_share_estimated": scored.lost_share,
    }
    lost["expected_matches"] = float((1 / (1 + np.exp2(-scored.weight.clip(-500, 500)))).sum())
    lost["found_matches"] = int(is_same.sum())
    witnessed: dict[str, Figure] = {
        f"witnessed_bits_{b.low}_to_{b.high}": f"{b.pairs} witnesses, expected {b.expected:.3f},"
        f" witnessed {b.witnessed:.3f}"
        for b in scored.bands
    }
    return reliability(scored.weight, is_same) | witnessed | lost


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=Path, required=True, help="CSV or Parquet")
    parser.add_argument("--mapping", type=Path, required=True, help="YAML: meaning: column")
    parser.add_argument("--truth", required=True, help="the column that says who a record is")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    frame = read_table(arguments.records)
    scored = score(imported_contacts(frame, read_mapping(arguments.mapping)))
    if scored is None:
        parser.error("--records: there is nothing to compare")
    show(measure(scored, truth_of(frame, arguments.truth)), arguments.json)


if __name__ == "__main__":
    main()
