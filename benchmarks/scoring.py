"""A fitted points card on any table of leads with known outcomes, scored by its SQL; beside it what
it is measured against.

python -m benchmarks.scoring --leads leads.csv.gz --mapping benchmarks/mappings/xeducation.yml
[--share 0.7]

Without --leads it takes xeducation/leads.csv.gz in the folder that SLUICE_BENCH_DATA names. The
oldest ``share`` of the rows is used: the first 70 % of them to fit, the rest to measure, and beside
it the same on a random split. Rows of one value of ``order`` are of one time.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.figures import Figure, show
from benchmarks.scoring_rivals import boosting, logistic
from benchmarks.scoring_table import (
    features_and_outcome,
    ordered,
    read_lead_mapping,
    read_leads,
    times_of,
)
from sluice.scorecards import (
    Card,
    OutsideTrainedRange,
    area_under_curve,
    calibrate,
    card_sql,
    fit_card,
    outside,
    recalibrate,
    score,
    stability,
)
from sluice.scorecards.columns import tidy
from sluice.scorecards.periods import is_early, ranks_of

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


def measure(features: pd.DataFrame, outcomes: pd.Series, times: pd.Series) -> dict[str, Figure]:
    """All figures in time order, and the areas under the curve of a random split beside them. Rows
    of one time stay on one side.
    """
    ranks = ranks_of(times)
    answers = outcomes.to_numpy()
    in_time = is_early(ranks, TRAIN) if ranks is not None else _random(len(features))
    table, _ = tidy(features)
    figures = _in_time(table, answers, times, in_time)
    own, rival, trees = _areas(table, answers, times, _random(len(features)))
    return figures | {
        "auc_random": own,
        "auc_logistic_random": rival,
        "auc_boosting_random": trees,
    }


def _in_time(
    table: pd.DataFrame, answers: np.ndarray, times: pd.Series, early: np.ndarray
) -> dict[str, Figure]:
    started = time.monotonic()
    train, test = _sides(table, early)
    card = fit_card(train, answers[early], times=times[early])
    points = points_by_sql(card, test)
    seconds = time.monotonic() - started
    calibration = calibrate(answers[early], score(card, train))
    recent = ~is_early(np.arange(len(train)), TRAIN)
    latest = recalibrate(calibration, answers[early][recent], score(card, train[recent]))
    beyond = outside(card, test)
    columns = stability(table, answers, times)
    return {
        "rows_train": len(train),
        "rows_test": len(test),
        "rate_train": float(answers[early].mean()),
        "rate_test": float(answers[~early].mean()),
        "auc": area_under_curve(answers[~early], points),
        "auc_train": area_under_curve(answers[early], score(card, train)),
        "auc_logistic": area_under_curve(
            answers[~early], logistic(train, pd.Series(answers[early]), test)
        ),
        "auc_boosting": area_under_curve(
            answers[~early], boosting(train, pd.Series(answers[early]), test)
        ),
        "rate_expected_before": float(calibration.rate(points).mean()),
        "rate_expected": float(latest.rate(points).mean()),
        "n_rules": len(card.rules),
        "n_columns": len({rule.attribute for rule in card.rules}),
        "rows_outside": max(beyond.values(), default=0),
        "calendar_columns": ", ".join(column.name for column in columns if column.is_calendar)
        or "none",
        "unstable_columns": ", ".join(column.name for column in columns if not column.is_stable)
        or "none",
        "sql_equals_python": str(bool((points == _points(card, test)).all())).lower(),
        "seconds": seconds,
    }


def _areas(
    table: pd.DataFrame, answers: np.ndarray, times: pd.Series, is_train: np.ndarray
) -> tuple[float, float, float]:
    """Of the card, of logistic regression and of boosted trees."""
    train, test = _sides(table, is_train)
    known, later = pd.Series(answers[is_train]), answers[~is_train]
    card = fit_card(train, answers[is_train], times=times[is_train])
    return (
        area_under_curve(later, _points(card, test)),
        area_under_curve(later, logistic(train, known, test)),
        area_under_curve(later, boosting(train, known, test)),
    )


def _sides(table: pd.DataFrame, is_train: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows to fit with and to measure on, of the columns that the former can use."""
    names = list(tidy(table[is_train])[0].columns)
    return table[is_train][names], table[~is_train][names]


def _random(count: int) -> np.ndarray:
    order = np.random.default_rng(7).permutation(count)
    return order < round(count * TRAIN)


def _points(card: Card, table: pd.DataFrame) -> np.ndarray:
    """The points in Python; rows outside the trained range have a figure of their own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OutsideTrainedRange)
        return score(card, table)


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
    rows = ordered(read_leads(leads), columns, arguments.share)
    features, outcomes = features_and_outcome(rows, columns, arguments.positive)
    times = times_of(rows, columns, arguments.positive)
    if outcomes[: round(len(outcomes) * TRAIN)].nunique() < 2:
        raise SystemExit(
            f"{columns.target}: the rows to fit with hold one outcome only; order them otherwise,"
            " or use more of them"
        )
    show(measure(features, outcomes, times), arguments.json)


if __name__ == "__main__":
    main()
