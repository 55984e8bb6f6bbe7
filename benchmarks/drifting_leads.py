"""Writes leads of which columns of the market drift: the same for all people of a day, and linked
to the outcome only by what both happened to do in time.

python -m benchmarks.drifting_leads > leads.csv
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import pandas as pd

DAYS = 900
START = pd.Timestamp("2023-01-02")


def drifting_leads(count: int = 9_000, seed: int = 1) -> pd.DataFrame:
    """One row a lead, oldest first, with the day it came. ``rate`` and ``index`` are the market's;
    ``visits``, ``age``, ``source`` and ``channel`` are people's, the first growing, the last
    shifting with time. ``bought`` depends on people, and on a mood that wanders from day to day.
    """
    chance = np.random.default_rng(seed)
    day = np.sort(chance.integers(0, DAYS, count))
    walk = np.cumsum(chance.normal(0, 0.02, DAYS))
    rate = np.round(4.5 - 4 * np.arange(DAYS) / DAYS + walk, 3)
    index = np.round(92 + 3 * np.sin(np.arange(DAYS) / 130) + np.arange(DAYS) / 300, 2)
    share_of_app = 0.1 + 0.7 * day / DAYS
    frame = pd.DataFrame(
        {
            "day": START + pd.to_timedelta(day, unit="D"),
            "rate": rate[day],
            "index": index[day],
            "visits": chance.poisson(2 + 3 * day / DAYS),
            "age": np.round(chance.normal(41, 11, count).clip(18, 90)),
            "source": chance.choice(["search", "friend", "advert", "fair"], count),
            "channel": np.where(chance.random(count) < share_of_app, "app", "phone"),
        }
    )
    mood = np.cumsum(chance.normal(0, 0.04, DAYS))  # of the time, and of no column
    log_odds = -2.2 + mood[day] + 0.25 * frame["visits"] - 0.02 * (frame["age"] - 41)
    log_odds += 0.7 * (frame["source"] == "friend") + 0.4 * (frame["channel"] == "app")
    bought = chance.random(count) < 1 / (1 + np.exp(-log_odds))
    return frame.assign(bought=bought.astype(int))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=9_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    drifting_leads(arguments.rows, arguments.seed).to_csv(sys.stdout, index=False)
