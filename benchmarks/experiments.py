"""The tests of experiments: false positives under daily looks, promised power, and the results of
scipy and statsmodels; or the readout of any table of one row a person.

python -m benchmarks.experiments [--tests 2000] [--json]
python -m benchmarks.experiments --table F --arm COLUMN --outcome COLUMN --control VALUE [--json]

F is CSV, also compressed, or Parquet. An outcome of 0 and 1, or yes and no, is compared by shares,
any other number by means (Welch). --before COLUMN: a value from before the assignment, for CUPED.
Without --table the figures are: ``false_positive_rate``, the highest of four kinds of outcome under
30 daily looks (beside it that of the fixed test, asked daily); ``power_gap``, the largest distance
of simulated from promised power, as a share; ``mismatches`` of 20 cases.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from benchmarks.experiments_cases import cases, mismatches
from benchmarks.experiments_simulated import (
    SITUATIONS,
    false_positives,
    false_positives_of_peeking,
    power_gap,
)
from benchmarks.experiments_table import Columns, Result, as_json, read_experiment
from benchmarks.figures import Figure, show
from sluice.experiments import ArmReadout

POWER_TESTS = 10_000


def measure(tests: int) -> dict[str, Figure]:
    """All figures."""
    started = time.monotonic()
    rates = {name: false_positives(one, tests) for name, one in SITUATIONS.items()}
    return {
        "false_positive_rate": max(rates.values()),
        **{f"false_positive_rate_{name}": rate for name, rate in rates.items()},
        "false_positive_rate_fixed_daily": false_positives_of_peeking(SITUATIONS["rate_20"], tests),
        "power_gap": power_gap(POWER_TESTS),
        "mismatches": len(mismatches()),
        "cases": len(list(cases())),
        "tests": tests,
        "seconds": time.monotonic() - started,
    }


def show_table(result: Result) -> None:
    """A line an arm, then what there is to say."""
    for arm in result.readout.arms:
        print(_line(arm, result.is_rate))
        for note in arm.comparison.notes if arm.comparison else ():
            print(f"  {arm.arm}: {note}")
        if result.has_before and arm.adjusted is not None and arm.adjusted.interval:
            low, high = arm.adjusted.interval
            print(
                f"  {arm.arm}, adjusted by the value before: {arm.adjusted.difference:+.5g},"
                f" {low:+.5g} to {high:+.5g}, p {arm.adjusted.p:.3g}"
            )
    ratio = result.readout.sample_ratio_p
    if ratio is not None:
        print(f"sample ratio, equal shares: p {ratio:.3g}")
    for note in result.notes:
        print(note)


def _line(arm: ArmReadout, is_rate: bool) -> str:
    mean = "none" if arm.mean is None else f"{arm.mean:.3%}" if is_rate else f"{arm.mean:.5g}"
    start = f"{arm.arm}: n {arm.units:,}, {'rate' if is_rate else 'mean'} {mean}"
    found = arm.comparison
    if found is None:
        return f"{start} (control)"
    parts = [start]
    if found.difference is not None:
        parts.append(f"lift {found.difference:+.5g}")
    if found.interval is not None:
        parts.append("interval {:+.5g} to {:+.5g}".format(*found.interval))
    if found.relative is not None:
        parts.append(f"relative {found.relative:+.1%}")
    if found.p is not None:
        parts.append(f"p {found.p:.3g} (adjusted {arm.p_adjusted:.3g})")
    if found.probability_better is not None:
        parts.append(f"better with probability {found.probability_better:.4f}")
    return ", ".join(parts)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--table", type=Path, help="CSV, also compressed, or Parquet")
    parser.add_argument("--arm", help="the column that says which arm a row was given")
    parser.add_argument("--outcome", help="the column of the outcome: 0 and 1, yes and no, numbers")
    parser.add_argument("--control", help="the value of the arm's column that is the control")
    parser.add_argument("--before", help="a value from before the assignment, for CUPED")
    parser.add_argument("--positive", help="the text of the outcome that counts")
    parser.add_argument("--alpha", type=float, default=0.05, help="of the intervals (0.05)")
    parser.add_argument("--tests", type=int, default=2000, help="simulated experiments (2000)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    if not 0 < given.alpha < 1:
        parser.error("--alpha: write a share between 0 and 1")
    if given.tests < 1:
        parser.error("--tests: write 1 or more")
    needed = {"--arm": given.arm, "--outcome": given.outcome, "--control": given.control}
    missing = [name for name, value in needed.items() if value is None]
    if given.table is None:
        if len(missing) < len(needed):
            parser.error("--table FILE is needed with --arm, --outcome and --control")
        show(measure(given.tests), given.json)
        return
    if missing:
        parser.error(f"{', '.join(missing)}: needed with --table")
    columns = Columns(given.arm, given.outcome, given.control.strip(), given.before, given.positive)
    result = read_experiment(given.table, columns, given.alpha)
    if given.json:
        print(json.dumps(as_json(result, columns, given.alpha), ensure_ascii=False))
    else:
        show_table(result)


if __name__ == "__main__":
    main()
