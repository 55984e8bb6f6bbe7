"""The SQL agrees with BG/NBD by maximum likelihood, and whatever orders there are, its numbers are
numbers.
"""

from __future__ import annotations

import math
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from benchmarks.bgnbd import BgNbd, fit
from benchmarks.expected_purchases_model import MODELS, dbt, project_of_the_models
from benchmarks.simulated_orders import Population, simulate

AS_OF = pd.Timestamp("2024-09-29")
WEEKS = 39.0
NONE = (
    "select cast(0 as bigint) as contact_id, cast(null as timestamp) as occurred_at, cast(0 as"
    " double) as amount where false"
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The SQL of the three models, each a table to create, in order."""
    project = project_of_the_models(tmp_path_factory.mktemp("compiled"), NONE)
    target = dbt(
        project, "compile", variables={"as_of": str(AS_OF), "expected_purchases_weeks": WEEKS}
    )
    folder = target / "compiled" / "sluice" / "models" / "scoring"
    return [
        f"create table scoring.{name} as {(folder / f'{name}.sql').read_text()}" for name in MODELS
    ]


def scores(folder: Path, compiled: list[str], orders: pd.DataFrame) -> pd.DataFrame:
    """The rows of the model for some orders, by contact."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create schema scoring; create table main.contact_events as from orders")
        connection.execute(
            "alter table contact_events add column event_type varchar default 'order_placed'"
        )
        connection.execute("alter table contact_events add column is_machine boolean default false")
        for statement in compiled:
            connection.execute(statement)
        return connection.execute(
            "from scoring.contact_expected_purchases order by contact_id"
        ).df()


def parameters(folder: Path) -> BgNbd:
    """What was fitted to all that is known now."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        row = connection.execute(
            "select r, alpha, a, b from scoring.int_purchase_parameters where era = 'now'"
        ).fetchone()
    assert row is not None
    return BgNbd(*row)


@pytest.mark.parametrize(
    "population",
    [
        Population(1_500, 0.25, 4.4, 0.8, 2.4),
        Population(800, 2, 4, 0.5, 5),
        Population(800, 0.6, 6, 0, 1),
    ],
    ids=["CDNOW's parameters", "heavy buyers", "nobody drops out"],
)
def test_agrees_with_maximum_likelihood(
    tmp_path: Path, compiled: list[str], population: Population
) -> None:
    orders = simulate(population)
    rows = scores(tmp_path, compiled, orders)
    known = (
        orders[orders["occurred_at"] <= AS_OF]
        .groupby("contact_id")["occurred_at"]
        .agg(["min", "max", "count"])
    )
    x, t_x = (
        known["count"].to_numpy(float) - 1,
        (known["max"] - known["min"]).dt.days.to_numpy() / 7,
    )
    T = (AS_OF - known["min"]).dt.days.to_numpy() / 7
    own, best = parameters(tmp_path), fit(x, t_x, T)
    assert len(rows) == len(known)
    # the arithmetic: the same parameters give the same forecast, up to the factor of the back-test
    expected = own.expected_purchases(WEEKS, x, t_x, T)
    factor = rows["expected_orders"].sum() / expected.sum()
    assert (rows["expected_orders_low"] <= rows["expected_orders"]).all()
    assert (rows["expected_orders_high"] >= rows["expected_orders"]).all()
    assert np.allclose(rows["expected_orders"], expected * factor, rtol=1e-8, atol=2e-4)
    assert np.allclose(rows["p_alive"], own.p_alive(x, t_x, T), rtol=1e-9, atol=6e-5)
    assert 0.8 < factor < 1.25
    # the fit: as likely as the best within what the prior costs, and forecasts within 3 % in sum,
    # 10 % for 19 in 20
    assert best.log_likelihood(x, t_x, T).sum() - own.log_likelihood(x, t_x, T).sum() < 1
    reference = best.expected_purchases(WEEKS, x, t_x, T)
    assert expected.sum() == pytest.approx(reference.sum(), rel=0.03)
    assert np.quantile(np.abs(expected - reference) / (reference + 0.1), 0.95) < 0.1


DEGENERATE = {
    "nothing": [],
    "one order now": [(1, 0)],
    "one customer": [(1, 100)],
    "one who came back": [(1, 100), (1, 90)],
    "nobody repeats": [(n, n) for n in range(200)],
    "all on one day": [(n, 30) for n in range(100)],
    "all today": [(n, 0) for n in range(100)],
    "all repeat daily": [(n, day) for n in range(5) for day in range(400)],
    "all repeat once and never again": [(n, 200 + n + day) for n in range(60) for day in (0, 3)],
    "one buys daily, nobody else again": (
        [(0, day) for day in range(700)] + [(n, n) for n in range(1, 300)]
    ),
    "twenty years": [(n, 7300 - n * 3 - repeat * 900) for n in range(50) for repeat in range(7)],
    "no amounts": [(1, 5), (2, 9)],
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_orders_give_sane_numbers(
    tmp_path: Path, compiled: list[str], name: str
) -> None:
    pairs = DEGENERATE[name]
    orders = pd.DataFrame(
        {
            "contact_id": pd.Series([who for who, _ in pairs], dtype="int64"),
            "occurred_at": pd.Series(
                [AS_OF - pd.Timedelta(days=day) for _, day in pairs], dtype="datetime64[us]"
            ),
            "amount": pd.Series(
                [None if name == "no amounts" else 10.0 for _ in pairs], dtype="float64"
            ),
        }
    )
    rows = scores(tmp_path, compiled, orders)
    numbers = [
        "recency_weeks",
        "age_weeks",
        "p_alive",
        "order_probability",
        "expected_orders",
        "expected_amount",
    ]
    assert len(rows) == orders["contact_id"].nunique()
    assert rows["reason_en"].notna().all()
    if rows["expected_orders"].isna().any():
        assert rows["reason_en"].str.startswith("the order history is too short").all()
        assert rows[numbers[2:]].isna().all(axis=None)
        return
    assert all(math.isfinite(number) for column in numbers for number in rows[column])
    assert rows["p_alive"].between(0, 1).all()
    assert rows["order_probability"].between(0, 1).all()
    assert rows["expected_orders"].between(0, 7 * WEEKS * 1.5).all()
