"""Orders in the layout of CDNOW (customer, [sample id], yyyymmdd, quantity, dollars), split at the
middle of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class Split:
    """The customers who first bought in the first half of the observed days; times are weeks since
    the first purchase.
    """

    orders: pd.DataFrame
    as_of: pd.Timestamp
    weeks: float
    customers: NDArray[np.int64]
    x: NDArray[np.float64]
    t_x: NDArray[np.float64]
    T: NDArray[np.float64]
    held_out: NDArray[np.float64]


def read_orders(path: Path) -> pd.DataFrame:
    """contact_id, occurred_at and amount: one row a customer and day. A customer is what the first
    column tells apart.
    """
    table = pd.read_csv(path, sep=r"\s+", header=None, dtype=str)
    if table.shape[1] not in (4, 5):
        raise SystemExit(
            f"{path}: a line has {table.shape[1]} columns, not customer, [sample id], yyyymmdd,"
            " quantity, dollars"
        )
    days = pd.to_datetime(table.iloc[:, -3], format="%Y%m%d")
    orders = pd.DataFrame(
        {
            "contact_id": pd.factorize(table[0])[0],
            "occurred_at": days,
            "amount": pd.to_numeric(table.iloc[:, -1]),
        }
    )
    return orders.groupby(["contact_id", "occurred_at"], as_index=False)["amount"].sum()


def split(orders: pd.DataFrame, weeks: int | None = None) -> Split:
    """Split at the middle of the observed time, as Fader and Hardie do: of CDNOW's 78 weeks the
    first 39. With ``weeks``, that long before its end.
    """
    first, last = orders["occurred_at"].min(), orders["occurred_at"].max()
    days = (last - first).days // 2 if weeks is None else (last - first).days - 7 * weeks
    as_of = first + pd.Timedelta(days=days)
    known = (
        orders[orders["occurred_at"] <= as_of]
        .groupby("contact_id")["occurred_at"]
        .agg(["min", "max", "count"])
    )
    later = (
        orders[orders["occurred_at"] > as_of]
        .groupby("contact_id")
        .size()
        .reindex(known.index, fill_value=0)
    )
    return Split(
        orders,
        as_of,
        (last - as_of).days / 7,
        known.index.to_numpy(),
        (known["count"] - 1).to_numpy(float),
        ((known["max"] - known["min"]).dt.days / 7).to_numpy(),
        ((as_of - known["min"]).dt.days / 7).to_numpy(),
        later.to_numpy(float),
    )
