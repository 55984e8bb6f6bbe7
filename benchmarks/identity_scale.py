"""The rules layer on a large sample company: from nothing, and with 1 % new records. ``python -m
benchmarks.identity_scale``.

Seconds are of the models of layers staging and identity, as dbt ran them one after the other on two
threads, without the start of the process; peak memory is of the whole process.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.figures import show
from benchmarks.identity_models import run_identity

ROOT = Path(__file__).resolve().parent.parent
KEYS = {
    "crm": "crm_id",
    "shop": "shop_user_id",
    "webform": "submission_id",
    "attendee": "attendee_id",
    "wechat": "openid",
}


def generate(people: int, seed: int, folder: Path) -> None:
    """Write the raw tables of a sample company."""
    command = [
        sys.executable,
        str(ROOT / "examples/world/generate.py"),
        "--people",
        str(people),
        "--seed",
        str(seed),
    ]
    subprocess.run([*command, "--out", str(folder)], check=True, stdout=subprocess.DEVNULL)


def keep_share(source: Path, target: Path, share: float) -> None:
    """Copy the tables of records with the given share of the rows, the same each time."""
    target.mkdir(exist_ok=True)
    for name, key in KEYS.items():
        file = f"src_{name}.parquet"
        with duckdb.connect() as connection:
            connection.execute(
                f"copy (from '{source / file}' where hash({key}) % 1000 < {share * 1000}) to"
                f" '{target / file}' (format parquet)"
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument(
        "--raw",
        type=Path,
        help="a folder that examples/world/generate.py wrote, instead of making one",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw = arguments.raw or folder / "all"
        if arguments.raw is None:
            generate(arguments.people, arguments.seed, raw)
        home, part = folder / "home", folder / "part"
        keep_share(raw, part, 0.99)
        first = run_identity(home, part, list(KEYS))
        shutil.rmtree(part)
        keep_share(raw, part, 1.0)
        added = run_identity(home, part, list(KEYS))
        again = run_identity(home, part, list(KEYS))
    show(
        {
            "records": added.records,
            "first_seconds": first.seconds,
            "added_1_percent_seconds": added.seconds,
            "added_ratio": added.seconds / first.seconds,
            "unchanged_seconds": again.seconds,
            "contacts": added.contacts,
            "peak_mb": max(first.peak_mb, added.peak_mb),
        },
        arguments.json,
    )


if __name__ == "__main__":
    os.environ.pop("SLUICE_RAW", None)
    main()
