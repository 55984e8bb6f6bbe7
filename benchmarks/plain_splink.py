"""Plain Splink on a raw table of people, as its tutorials teach it: what ``benchmarks.identity
--splink`` prints beside ours.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import duckdb
import pandas as pd

from benchmarks.splink_baseline import plain_splink


def connected(count: int, edges: pd.DataFrame) -> list[int]:
    """The least record of each record's component."""
    root = list(range(count))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for a, b in zip(edges["record_key_a"].tolist(), edges["record_key_b"].tolist(), strict=True):
        low, high = sorted((find(int(a)), find(int(b))))
        root[high] = low
    return [find(node) for node in range(count)]


def main() -> None:
    """Link the file named on the command line and print one JSON object."""
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        connection.execute(
            "create table people as select cast(record_id as bigint) as record_key, * from"
            f" '{sys.argv[1]}'"
        )
        ((count,),) = connection.execute("select count(*) from people").fetchall()
        started = time.perf_counter()
        edges = plain_splink(connection, "people")
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps({"clusters": connected(int(count), edges), "seconds": seconds, "peak_mb": peak})
    )


if __name__ == "__main__":
    main()
