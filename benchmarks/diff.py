"""The diff of syncs: the SQL the product runs, compiled from its models, on generated tables.
``python -m benchmarks.diff``.

Ten syncs of a bigint key and a row hash, wanted and acknowledged; 4 % differ (2 % changed, 1 %
entered, 1 % left). At once:

* ``diff``: int_sync_digests, int_sync_differences and int_sync_checks, written as tables as by dbt,
  operation ids included
* ``join``: a bare FULL OUTER JOIN of the same two tables on the same two columns, its differing
  rows written as a table
* ``merge``: the same by ``pandas.merge``; ``load``: reading the two tables into pandas before it
* ``unchanged``: the diff where nothing differs; ``scan``: count and sums over the three columns of
  both tables
* ``one_changed``: the diff where one of the ten syncs differs

Seconds are wall seconds, and medians of rounds as ratios are; ``cpu`` ratios are of CPU seconds, of
all threads. Each size is a process of its own, whose peak memory is read before pandas is loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.figures import Figure, show

ROOT = Path(__file__).resolve().parent.parent
MODELS = ("int_sync_digests", "int_sync_differences", "int_sync_checks")
SIZES = (100_000, 1_000_000, 10_000_000, 50_000_000)
SYNCS, BASE = 10, 2**56
GOALS = {
    "diff_to_join_ratio": ("<=", 1.3),
    "unchanged_to_scan_ratio": ("<=", 3),
    "merge_to_diff_ratio": (">=", 10),
}
SCAN = "select count({0}.stream_id), sum({0}.sync_key), sum({0}.row_hash) from activation.{0}"
JOIN = """create or replace table bare as
    select coalesce(w.stream_id, a.stream_id) as stream_id, coalesce(w.sync_key,
        a.sync_key) as sync_key,
        w.row_hash as wanted_hash, a.row_hash as acknowledged_hash
    from activation.int_sync_wanted as w
    full outer join activation.int_sync_acknowledged as a on w.stream_id = a.stream_id
        and w.sync_key = a.sync_key
    where w.row_hash is distinct from a.row_hash"""


def compiled_models(home: Path) -> dict[str, str]:
    """The SQL of the diff, from the models and macros of the project."""
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings

    os.environ["SLUICE_HOME"] = str(home)
    return Dbt(load_settings()).compile(datetime.now(UTC), list(MODELS))


def generate(connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    """The tables the diff reads, a sync after the other as models and pushes leave them;
    ``wanted_*`` are to be swapped in.
    """
    sync, key = f"least(i * {SYNCS} // {rows}, {SYNCS - 1})", "cast(hash(i) >> 4 as bigint)"
    stream = f"cast(hash({sync}, 9) >> 4 as bigint)"
    connection.execute("create schema activation")
    connection.execute(f"""create table activation.int_syncs as
        select 'sync_' || i as sync, 'crm' as destination, 'mirror' as mode, true as sends_changes,
            true as sends_exits,
            cast({BASE} as bigint) as mapping_base, cast({BASE} as bigint) as version_base,
            cast(null as varchar) as key_problem,
            cast(hash(i, 9) >> 4 as bigint) as stream_id
        from range({SYNCS}) as r (i)""")
    connection.execute(f"""create table activation.int_sync_acknowledged as
        select 'sync_' || {sync} as sync, 'crm' as destination, {stream} as stream_id,
            {key} as sync_key,
            {row_hash("1")} as row_hash, cast(hash(i, 3) >> 4 as bigint) as operation_id,
            cast(i as bigint) as receipt_id
        from range({rows}) as r (i)""")
    gone = rows // 100
    wanted = f"""select 'sync_' || {sync} as sync, {stream} as stream_id, {key} as sync_key,
            {row_hash("case when {changed} then 2 else 1 end")} as row_hash
        from range({{first}}, {{last}}) as r (i)"""
    some = "i % 100 < 2"
    connection.execute(
        f"create table wanted_4 as {wanted.format(changed=some, first=gone, last=rows + gone)}"
    )
    connection.execute(
        f"create table wanted_0 as {wanted.format(changed='false', first=0, last=rows)}"
    )
    one = f"{sync} = 0 and {some}"
    connection.execute(f"create table wanted_1 as {wanted.format(changed=one, first=0, last=rows)}")
    connection.execute("checkpoint")


def row_hash(values: str) -> str:
    """As the project writes it; of DuckDB's own hash() the exclusive or of many changed rows is
    0.
    """
    return (
        f"cast({BASE} + cast('0x' || substr(md5(i || ' ' || {values}), 1, 10) as bigint) as bigint)"
    )


def want(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Make a generated table the wanted one."""
    connection.execute(
        f"create or replace view activation.int_sync_wanted as select * from {table}"
    )


Taken = dict[str, list[tuple[float, float]]]


def seconds_of(actions: Mapping[str, Callable[[], object]], times: int) -> Taken:
    """(wall, CPU) seconds of rounds of all actions in turn: a busy machine is so for all. A first
    round is not counted.
    """
    taken: Taken = {name: [] for name in actions}
    for turn in range(times + 1):
        for name, action in actions.items():
            started, cpu = time.perf_counter(), time.process_time()
            action()
            taken[name] += (
                [(time.perf_counter() - started, time.process_time() - cpu)] if turn else []
            )
    return taken


def figures_of(taken: Taken, ratios: Mapping[str, tuple[str, str]]) -> dict[str, Figure]:
    """Medians of seconds, and of the ratios within each round."""
    found: dict[str, Figure] = {
        f"{name}_seconds": statistics.median(wall for wall, _ in pairs)
        for name, pairs in taken.items()
    }
    for name, (one, other) in ratios.items():
        rounds = list(zip(taken[one], taken[other], strict=True))
        for kind, place in (("ratio", 0), ("cpu_ratio", 1)):
            found[f"{name}_{kind}"] = statistics.median(a[place] / b[place] for a, b in rounds)
    return found


def measure(
    rows: int, compiled: dict[str, str], memory_limit: str, with_pandas: bool
) -> dict[str, Figure]:
    """The figures of one size."""
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(f"{folder}/warehouse.duckdb") as connection,
    ):
        connection.execute(f"set memory_limit = '{memory_limit}'")
        connection.execute("set preserve_insertion_order = false")
        generate(connection, rows)

        def diff() -> None:
            for name in MODELS:
                connection.execute(f"create or replace table activation.{name} as {compiled[name]}")

        times = 9 if rows <= SIZES[1] else 5
        scan = f"{SCAN.format('int_sync_wanted')} union all {SCAN.format('int_sync_acknowledged')}"
        want(connection, "wanted_4")
        changed = {"join": lambda: connection.execute(JOIN), "diff": diff}
        found = {
            "rows": rows,
            **figures_of(seconds_of(changed, times), {"diff_to_join": ("diff", "join")}),
        }
        check(connection)
        want(connection, "wanted_1")
        found |= figures_of(seconds_of({"one_changed": diff}, times), {})
        want(connection, "wanted_0")
        unchanged = {"scan": lambda: connection.execute(scan).fetchall(), "unchanged": diff}
        found |= figures_of(
            seconds_of(unchanged, times), {"unchanged_to_scan": ("unchanged", "scan")}
        )
        found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        want(connection, "wanted_4")
        return found | (merge_seconds(connection) if with_pandas else {})


def check(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises when the diff and the bare join disagree: then no figure says anything."""
    counts = connection.execute(
        """select
        (select count(*) from bare), (select count(*) from activation.int_sync_differences),
        (select count(*) from bare as b join activation.int_sync_differences as d using (stream_id,
            sync_key)),
        (select count(*) from activation.int_sync_checks where problem is not null
            or hold_reason is not null)"""
    ).fetchall()[0]
    if not counts[0] == counts[1] == counts[2] > 0 == counts[3]:
        raise SystemExit(f"the diff and the join disagree: {counts}")


def merge_seconds(connection: duckdb.DuckDBPyConnection) -> dict[str, Figure]:
    """Seconds of the same diff in pandas, once."""
    columns = "select stream_id, sync_key, row_hash from activation."
    started = time.perf_counter()
    wanted = connection.execute(f"{columns}int_sync_wanted").df()
    acknowledged = connection.execute(f"{columns}int_sync_acknowledged").df()
    loaded = time.perf_counter()
    merged = wanted.merge(
        acknowledged, on=["stream_id", "sync_key"], how="outer", suffixes=("", "_acknowledged")
    )
    differing = merged[merged.row_hash != merged.row_hash_acknowledged]
    ended = time.perf_counter()
    assert len(differing)
    return {"load_seconds": loaded - started, "merge_seconds": ended - loaded}


def with_ratios(found: dict[str, Figure]) -> dict[str, Figure]:
    """The figures of one size, and how the diff compares to pandas."""
    if "merge_seconds" not in found:
        return found
    merge, load, diff = (float(found[f"{name}_seconds"] or 0) for name in ("merge", "load", "diff"))
    return found | {
        "merge_to_diff_ratio": merge / diff,
        "load_and_merge_to_diff_ratio": (load + merge) / diff,
    }


def checked(found: Mapping[str, Figure]) -> dict[str, Figure]:
    """Each ratio against its goal, in words: the goals are for tables in which a statement's own
    start is nothing.
    """
    if int(found["rows"] or 0) < SIZES[2]:
        return dict(found)
    words = {
        name: f"{found[name]:.2f}, goal {sign} {goal}"
        for name, (sign, goal) in GOALS.items()
        if name in found
    }
    return {**found, **words}


def in_own_process(rows: int, compiled: Path, arguments: argparse.Namespace) -> dict[str, Figure]:
    """Measure one size in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.diff",
        "--compiled",
        str(compiled),
        "--rows",
        str(rows),
        "--json",
    ]
    command += [
        "--memory-limit",
        arguments.memory_limit,
        *(["--without-pandas"] if arguments.without_pandas else []),
    ]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Figure] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rows", type=int, default=SIZES[2], help="the largest size; 50000000 takes minutes"
    )
    parser.add_argument(
        "--memory-limit", default="2GB", help="DuckDB's memory_limit: what is more goes to disk"
    )
    parser.add_argument(
        "--without-pandas",
        action="store_true",
        help="leave out the merge, which needs 300 bytes a row",
    )
    parser.add_argument("--compiled", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    if arguments.compiled:
        compiled = json.loads(arguments.compiled.read_text())
        show(
            measure(arguments.rows, compiled, arguments.memory_limit, not arguments.without_pandas),
            as_json=True,
        )
        return
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "compiled.json"
        file.write_text(json.dumps(compiled_models(Path(name) / "home")))
        found: dict[str, Figure] = {}
        growth: list[dict[str, Figure]] = []
        for rows in [size for size in SIZES if size < arguments.rows] + [arguments.rows]:
            found = with_ratios(in_own_process(rows, file, arguments))
            if not arguments.json:
                show(checked(found), as_json=False)
                print()
            growth.append(found)
    if arguments.json:
        by_size = {
            f"{key}_{one['rows']}": one[key]
            for one in growth[:-1]
            for key in ("diff_seconds", "peak_mb")
        }
        show({**found, **by_size}, as_json=True)


if __name__ == "__main__":
    main()
