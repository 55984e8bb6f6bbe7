"""Contact unification of the sample company at any size and seed, against its known truth: rules
alone, then with likelihood.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb

from benchmarks.figures import Figure, show
from benchmarks.identity_models import run_identity
from benchmarks.identity_scale import KEYS, generate
from benchmarks.linkage_metrics import linkage_metrics


def measure(raw: Path, home: Path, prefix: str, *, probabilistic: bool) -> dict[str, Figure]:
    """Figures of one way, their names with a prefix."""
    run = run_identity(home, raw, list(KEYS), probabilistic=probabilistic)
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        joined = connection.execute(
            "select m.contact_id, t.person_id from identity.identity_map as m inner join"
            f" '{raw / 'truth_record.parquet'}' as t on m.source = t.source and m.record_id ="
            " t.record_id"
        ).df()
    figures = linkage_metrics(joined["contact_id"].tolist(), joined["person_id"].tolist())
    return {
        f"{prefix}{name}": value
        for name, value in {**figures, "seconds": run.seconds, "peak_mb": run.peak_mb}.items()
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument(
        "--layers",
        choices=["all", "rules"],
        default="all",
        help="rules alone, or both ways one after the other",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        raw, home = Path(name) / "raw", Path(name) / "home"
        generate(arguments.people, arguments.seed, raw)
        figures = measure(raw, home, "rules_", probabilistic=False)
        if arguments.layers == "all":
            figures |= measure(raw, home, "", probabilistic=True)
    show({"people": arguments.people, "seed": arguments.seed, **figures}, arguments.json)


if __name__ == "__main__":
    main()
