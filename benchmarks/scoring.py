"""A fitted points card on any table of leads with known outcomes, scored by its SQL; beside it what
it is measured against.

python -m benchmarks.scoring --leads leads.csv.gz --mapping benchmarks/mappings/xeducation.yml
[--share 0.7]

Without --leads it takes xeducation/leads.csv.gz in the folder that SLUICE_BENCH_DATA names. The
oldest ``share`` of the rows is used: the first 70 % of them to fit, the rest to measure.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.figures import Figure, show
from benchmarks.scoring_rivals import boosting, logistic
from benchmarks.scoring_table import features_and_outcome, ordered, read_lead_mapping, read_leads
from sluice.scorecards import Card, area_under_curve, calibrate, card_sql, fit_card, score
from sluice.scorecards.columns import tidy

TRAIN = 0.7
XEDUCATION = Path(__file__).parent / "mappings" / "xeducation.yml"


def points_by_sql(card: Card, table: pd.DataFrame) -> np.ndarray:
    """The points of each row, in its order, as DuckDB computes them."""
    numbered = table.assign(row_number_=range(len(table)))
    with duckdb.connect() as connection:
        connection.register("leads", numbered)
        sql = (
            f"select points from ({card_sql(card, 'leads', ['row_number_'])}) order by row_number_"
        )
        return connection.execute(sql).fetchnumpy()["points"]


def measure(features: pd.DataFrame, outcomes: pd.Series) -> dict[str, Figure]:
    """All figures; the rows come oldest first."""
    count = round(len(features) * TRAIN)
    answers, later = outcomes[:count], outcomes[count:]
    started = time.monotonic()
    table, _ = tidy(features)
    card = fit_card(table[:count], answers.to_numpy())
    usable, _ = tidy(table[:count])
    train, test = table[:count][list(usable.columns)], table[count:][list(usable.columns)]
    points = points_by_sql(card, test)
    seconds = time.monotonic() - started
    expected = calibrate(answers, score(card, train)).rate(points)
    return {
        "rows_train": count,
        "rows_test": len(test),
        "rate_train": float(answers.mean()),
        "rate_test": float(later.mean()),
        "auc": area_under_curve(later, points),
        "auc_train": area_under_curve(answers, score(card, train)),
        "auc_logistic": area_under_curve(later, logistic(train, answers, test)),
        "auc_boosting": area_under_curve(later, boosting(train, answers, test)),
        "rate_expected": float(expected.mean()),
        "n_rules": len(card.rules),
        "n_columns": len({rule.attribute for rule in card.rules}),
        "sql_equals_python": str(bool((points == score(card, test)).all())).lower(),
        "seconds": seconds,
    }


def default_leads(parser: argparse.ArgumentParser) -> Path:
    """The file in the folder of SLUICE_BENCH_DATA, or an error that says what to give."""
    folder = os.environ.get("SLUICE_BENCH_DATA")
    if not folder:
        parser.error(
            "--leads FILE is needed, or SLUICE_BENCH_DATA naming a folder that holds"
            " xeducation/leads.csv.gz"
        )
    return Path(folder) / "xeducation" / "leads.csv.gz"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--leads", type=Path, help="CSV (also compressed) or Parquet, one row a lead"
    )
    parser.add_argument(
        "--mapping",
        type=Path,
        help="YAML: target, order, id, exclude; meaning: column for features",
    )
    parser.add_argument("--target", help="the column of the outcome")
    parser.add_argument(
        "--order",
        help="the column the rows are ordered by, oldest first; without it the order of the file",
    )
    parser.add_argument(
        "--positive", help="the value of the target that is the outcome, where it is not plain"
    )
    parser.add_argument(
        "--share", type=float, default=0.7, help="the oldest share of the rows to use (0.7)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    mapping = arguments.mapping or (XEDUCATION if arguments.leads is None else None)
    leads = arguments.leads or default_leads(parser)
    for option, path in (("--leads", leads), ("--mapping", mapping)):
        if path is not None and not path.is_file():
            parser.error(f"{option}: there is no file {path}")
    if not 0 < arguments.share <= 1:
        parser.error("--share: write a share above 0, 1 at most")
    columns = read_lead_mapping(mapping, arguments.target, arguments.order)
    features, outcomes = features_and_outcome(
        ordered(read_leads(leads), columns, arguments.share), columns, arguments.positive
    )
    if outcomes[: round(len(outcomes) * TRAIN)].nunique() < 2:
        raise SystemExit(
            f"{columns.target}: the rows to fit with hold one outcome only; order them otherwise,"
            " or use more of them"
        )
    show(measure(features, outcomes), arguments.json)


if __name__ == "__main__":
    main()
