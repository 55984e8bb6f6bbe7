"""Writes orders of a simulated BG/NBD population in the layout of CDNOW: 78 weeks, customers who
start in the first 39; ``seasonal``: three years, customers who start in all of them.

python -m benchmarks.simulated_orders heavy > heavy.txt
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import TextIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

DAYS = 546
START = pd.Timestamp("2024-01-01")


@dataclass(frozen=True)
class Population:
    """Customers, and the parameters of BG/NBD in weeks; a = 0: nobody drops out. ``season``: in the
    weakest week of the year this share of the repeat orders of the strongest is not placed.
    """

    customers: int
    r: float
    alpha: float
    a: float
    b: float
    days: int = DAYS
    season: float = 0.0


POPULATIONS = {
    "heavy": Population(2_000, 2, 1.5, 0.5, 5),
    "rare": Population(3_000, 0.05, 10, 1, 1.5),
    "no_drop_out": Population(2_000, 0.6, 6, 0, 1),
    "alike": Population(2_000, 5, 20, 20, 80),
    "drop_out": Population(3_000, 0.8, 5, 1.5, 1.5),
    "small": Population(300, 0.25, 4.4, 0.8, 2.4),
    "large": Population(100_000, 0.25, 4.4, 0.8, 2.4),
    "seasonal": Population(3_000, 0.8, 8, 0.3, 3, days=1_092, season=0.7),
}


def simulate(population: Population, seed: int = 1) -> pd.DataFrame:
    """contact_id, occurred_at (a day) and amount, in the order of customers and days; one row a
    customer and day.
    """
    random = np.random.default_rng(seed)
    n = population.customers
    rates = random.gamma(population.r, 1 / population.alpha, n) / 7
    chances = random.beta(population.a, population.b, n) if population.a > 0 else np.zeros(n)
    who = np.arange(n)
    until = population.days // (1 if population.season else 2)
    times = random.integers(0, until, n) + 0.5
    found: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = [(who, times)]
    while len(who):
        times = times + random.exponential(1, len(who)) / np.maximum(rates[who], 1e-9)
        inside = times < population.days
        who, times = who[inside], times[inside]
        found.append((who, times))
        if population.season:
            year = (1 - np.cos(2 * np.pi * times / 364)) / 2
            is_placed = random.random(len(who)) >= population.season * year
            found[-1] = (who[is_placed], times[is_placed])
        stays = random.random(len(who)) >= chances[who]
        who, times = who[stays], times[stays]
    everyone, days = (np.concatenate(parts) for parts in zip(*found, strict=True))
    orders = pd.DataFrame(
        {"contact_id": everyone, "occurred_at": START + pd.to_timedelta(days.astype(int), unit="D")}
    )
    orders = orders.drop_duplicates().sort_values(["contact_id", "occurred_at"], ignore_index=True)
    means = random.gamma(6, 6, n)
    return orders.assign(amount=np.round(random.gamma(4, means[orders["contact_id"]] / 4), 2))


def write(orders: pd.DataFrame, out: TextIO) -> None:
    """One line an order: customer, sample id, yyyymmdd, quantity, dollars."""
    table = orders.assign(
        sample=orders["contact_id"], quantity=1, day=orders["occurred_at"].dt.strftime("%Y%m%d")
    )
    table[["contact_id", "sample", "day", "quantity", "amount"]].to_csv(
        out, sep=" ", header=False, index=False
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("population", choices=sorted(POPULATIONS))
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    write(simulate(POPULATIONS[arguments.population], arguments.seed), sys.stdout)
