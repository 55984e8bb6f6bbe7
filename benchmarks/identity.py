"""Contact unification on any table of people with known truth: the project's own models, and beside
them plain Splink.

python -m benchmarks.identity --records people.csv --mapping people.yml --truth person_id [--splink]
[--layers rules]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.figures import Figure, show
from benchmarks.identity_models import ROOT, run_identity
from benchmarks.linkage_metrics import linkage_metrics
from benchmarks.person_table import imported_contacts, read_mapping, read_table, truth_of


def clusters_of(home: Path, count: int) -> list[object]:
    """The contact of each record, in the order of the rows; a record that was not mapped is
    alone.
    """
    from sluice.orchestration.warehouse.reader import query

    found = dict(
        query(
            home / "warehouse.duckdb",
            "select cast(record_id as integer), contact_id from identity.identity_map",
        )
    )
    return [found.get(number, f"alone {number}") for number in range(count)]


def plain_splink(raw: Path, count: int) -> tuple[list[object], float, float]:
    """Clusters, seconds and peak megabytes of Splink with usual settings, in a process of its
    own.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.plain_splink", str(raw / "imported_contacts.parquet")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit(done.stderr[-2000:])
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["clusters"], answer["seconds"], answer["peak_mb"]


def measure(
    frame: pd.DataFrame, raw: Path, home: Path, truth: list[object], layers: str, with_splink: bool
) -> dict[str, Figure]:
    """All figures."""
    run = run_identity(home, raw, ["import"], probabilistic=layers == "all")
    figures: dict[str, Figure] = {
        "records": len(frame),
        **linkage_metrics(clusters_of(home, len(frame)), truth),
    }
    figures |= {"seconds": run.seconds, "peak_mb": run.peak_mb}
    if with_splink:
        clusters, seconds, peak = plain_splink(raw, len(frame))
        figures |= {
            f"splink_{name}": value for name, value in linkage_metrics(clusters, truth).items()
        }
        figures |= {"splink_seconds": seconds, "splink_peak_mb": peak}
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--records", type=Path, required=True, help="CSV or Parquet, one row a record"
    )
    parser.add_argument(
        "--mapping",
        type=Path,
        required=True,
        help="YAML: meaning: column, or meaning: [columns to join]",
    )
    parser.add_argument("--truth", required=True, help="the column that says who a record is")
    parser.add_argument(
        "--layers",
        choices=["all", "rules"],
        default="all",
        help="rules alone, or with the probabilistic layer",
    )
    parser.add_argument("--splink", action="store_true", help="plain Splink beside it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    for option, path in (("--records", arguments.records), ("--mapping", arguments.mapping)):
        if not path.is_file():
            parser.error(f"{option}: there is no file {path}")
    frame = read_table(arguments.records)
    table = imported_contacts(frame, read_mapping(arguments.mapping))
    truth = truth_of(frame, arguments.truth)
    with tempfile.TemporaryDirectory() as name:
        raw = Path(name) / "raw"
        raw.mkdir()
        table.to_parquet(raw / "imported_contacts.parquet")
        show(
            measure(frame, raw, Path(name) / "home", truth, arguments.layers, arguments.splink),
            arguments.json,
        )


if __name__ == "__main__":
    main()
