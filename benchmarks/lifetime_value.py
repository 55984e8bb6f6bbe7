"""Orders to come of each customer, from the project's own model, beside BG/NBD by maximum
likelihood.

python -m benchmarks.lifetime_value [--orders FILE] [--weeks N] [--json]

FILE holds orders in the layout of CDNOW: customer, sample id, yyyymmdd, quantity, dollars. Without
it CDNOW itself is read from cdnow/CDNOW_sample.txt in the folder that SLUICE_BENCH_DATA names
(Fader and Hardie, brucehardie.com: free with attribution).
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from benchmarks.bgnbd import fit
from benchmarks.expected_purchases_model import dbt, project_of_the_models, seconds_of_the_models
from benchmarks.figures import Figure, show
from benchmarks.order_file import Split, read_orders, split

Numbers = NDArray[np.float64]
EXPECTED = """select
    contact_id, expected_orders, expected_orders_low, expected_orders_high, reason_en
from scoring.contact_expected_purchases"""


def expected_by_model(half: Split) -> tuple[Numbers, float]:
    """What the model expects, at least and at most, a row a customer, and the seconds it took. All
    orders are in its table; as_of shows it what is known. Ends with the model's sentence where it
    has no forecast.
    """
    from sluice.orchestration.warehouse.reader import query

    with tempfile.TemporaryDirectory() as name:
        table = Path(name) / "orders.parquet"
        half.orders.to_parquet(table)
        project = project_of_the_models(Path(name), f"select * from read_parquet('{table}')")
        variables: dict[str, object] = {
            "as_of": str(half.as_of),
            "expected_purchases_weeks": half.weeks,
        }
        seconds = seconds_of_the_models(dbt(project, "run", variables=variables))
        rows = query(Path(name) / "warehouse.duckdb", EXPECTED)
    found = {customer: numbers for customer, *numbers, _ in rows}
    if any(numbers[0] is None for numbers in found.values()):
        raise SystemExit(f"no forecast: {rows[0][-1]}")
    table = np.array([found[customer] for customer in half.customers.tolist()], dtype=float)
    return table, seconds


def auc(scores: Numbers, outcomes: NDArray[np.bool_]) -> float | None:
    """The share of pairs of a buyer and a non-buyer that a score puts in the right order, ties
    half; None without pairs.
    """
    yes, no = int(outcomes.sum()), int((~outcomes).sum())
    if yes == 0 or no == 0:
        return None
    return float((rankdata(scores)[outcomes].sum() - yes * (yes + 1) / 2) / (yes * no))


def rmse(expected: Numbers, actual: Numbers) -> float:
    """Root mean square error per customer."""
    return float(np.sqrt(np.mean((expected - actual) ** 2)))


def ratio(part: float, whole: float) -> float | None:
    """A ratio, None of nothing and where the reference found no number."""
    found = float(part / whole) if whole else math.nan
    return found if math.isfinite(found) else None


def measure(half: Split) -> dict[str, Figure]:
    """All figures."""
    table, seconds = expected_by_model(half)
    expected, low, high = table.T
    reference = fit(half.x, half.t_x, half.T).expected_purchases(
        half.weeks, half.x, half.t_x, half.T
    )
    actual, again = half.held_out, half.held_out > 0
    own, other = rmse(expected, actual), rmse(reference, actual)
    return {
        "n_customers": len(half.customers),
        "rmse": own,
        "rmse_bgnbd": ratio(other, 1),
        "rmse_ratio": ratio(own, other),
        "total_ratio": ratio(expected.sum(), actual.sum()),
        "total_ratio_bgnbd": ratio(reference.sum(), actual.sum()),
        "auc": auc(expected, again),
        "auc_bgnbd": auc(reference, again),
        "inside_interval": ratio(float(((actual >= low) & (actual <= high)).mean()), 1)
        if np.isfinite(high).all()
        else None,
        "seconds": seconds,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", type=Path, help="orders in the layout of CDNOW")
    parser.add_argument(
        "--weeks", type=int, help="hold out the last weeks, not the second half of the time"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    folder = os.environ.get("SLUICE_BENCH_DATA")
    if arguments.orders is None and not folder:
        parser.error(
            "name a file with --orders, or with SLUICE_BENCH_DATA the folder that holds"
            " cdnow/CDNOW_sample.txt"
        )
    path = arguments.orders or Path(str(folder)) / "cdnow" / "CDNOW_sample.txt"
    if not path.is_file():
        parser.error(f"there is no file {path}")
    show(measure(split(read_orders(path), arguments.weeks)), arguments.json)


if __name__ == "__main__":
    main()
