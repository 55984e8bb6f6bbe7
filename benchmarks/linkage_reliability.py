"""Are scored probabilities right? Per band of match weight: pairs, the share of one person that the
model expects and the share that is, and what the layer's own check without truth says of it; and
the share of true pairs that blocking lost.

python -m benchmarks.linkage_reliability --records people.csv --mapping people.yml --truth person_id
[--splink]
"""

from __future__ import annotations

import argparse
import time
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.figures import Figure, show
from benchmarks.linkage_metrics import linkage_metrics
from benchmarks.person_table import imported_contacts, read_mapping, read_table, truth_of
from benchmarks.plain_splink import connected
from benchmarks.splink_baseline import plain_splink
from sluice.linkage.api import Scored, accept, private_database, score_pairs
from sluice.linkage.config import LinkageConfig
from sluice.linkage.features import read_records
from sluice.linkage.reliability import EDGES, LEAST_PAIRS


def records_of(connection: duckdb.DuckDBPyConnection, table: pd.DataFrame) -> None:
    """The view `records` of a raw table of people; rules join nothing before."""
    connection.register("people", table)
    connection.execute(
        "create view records as select record_id::bigint as record_key, null::bigint as"
        " component_id, 'import' as source, * exclude (record_id) from people"
    )


def linked(table: pd.DataFrame) -> tuple[Scored, pd.DataFrame] | None:
    """The candidate pairs of a raw table of people, and the edges that join."""
    with duckdb.connect() as connection, private_database(LinkageConfig()) as worker:
        records_of(connection, table)
        scored = score_pairs(worker, read_records(connection, "records"), LinkageConfig())
        if scored is None:
            return None
        edges = accept(worker, scored, LinkageConfig()).to_pandas()
        return scored, edges[edges["is_joining"]]


def splinked(table: pd.DataFrame) -> pd.DataFrame:
    """The same by plain Splink."""
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        records_of(connection, table)
        return plain_splink(connection, "records")


def joined(edges: pd.DataFrame, truth: list[object], since: float) -> dict[str, Figure]:
    """How well edges join, and the seconds of processor time that they took."""
    seconds = time.process_time() - since
    metrics = linkage_metrics(connected(len(truth), edges), truth)
    return {**metrics, "cpu_seconds": seconds}


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
    parser.add_argument("--splink", action="store_true", help="plain Splink beside it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    frame = read_table(arguments.records)
    table = imported_contacts(frame, read_mapping(arguments.mapping))
    truth, started = truth_of(frame, arguments.truth), time.process_time()
    made = linked(table)
    if made is None:
        parser.error("--records: there is nothing to compare")
    figures = joined(made[1], truth, started) | measure(made[0], truth)
    if arguments.splink:
        started = time.process_time()
        beside = joined(splinked(table), truth, started)
        figures |= {f"splink_{name}": value for name, value in beside.items()}
    show(figures, arguments.json)


if __name__ == "__main__":
    main()
