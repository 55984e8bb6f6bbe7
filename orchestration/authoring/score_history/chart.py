"""The picture of a report: how many of the outcomes are found among the contacts with the most
points.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import roc_curve


def write_chart(
    path: Path, outcomes: npt.ArrayLike, scores: Mapping[str, npt.ArrayLike], title: str
) -> None:
    """ROC curves and lift by share of contacts, a colour a card, as a PNG."""
    curves = pd.concat([_curve(name, outcomes, points) for name, points in scores.items()])
    lifts = pd.concat([_lift(name, outcomes, points) for name, points in scores.items()])
    colour = alt.Color("card:N", title=None, sort=list(scores), legend=alt.Legend(orient="top"))
    diagonal = (
        alt.Chart(pd.DataFrame({"x": [0, 1], "y": [0, 1]}))
        .mark_line(strokeDash=[4, 4], color="#999")
        .encode(x="x", y="y")
    )
    roc = (
        alt.Chart(curves)
        .mark_line()
        .encode(
            x=alt.X("others", title="share of the others", axis=alt.Axis(format="%")),
            y=alt.Y("found", title="share of the outcomes found", axis=alt.Axis(format="%")),
            color=colour,
            order="place",
        )
    )
    lift = (
        alt.Chart(lifts)
        .mark_line(point=True)
        .encode(
            x=alt.X("share", title="contacts with the most points", axis=alt.Axis(format="%")),
            y=alt.Y("lift", title="times the mean rate of outcomes"),
            color=colour,
        )
    )
    both = (diagonal + roc).properties(width=320, height=300) | lift.properties(
        width=320, height=300
    )
    both.properties(title=title).save(str(path), scale_factor=2)


def _curve(name: str, outcomes: npt.ArrayLike, points: npt.ArrayLike) -> pd.DataFrame:
    others, found, _ = roc_curve(outcomes, points)
    return pd.DataFrame(
        {"card": name, "others": others, "found": found, "place": range(len(found))}
    )


def _lift(name: str, outcomes: npt.ArrayLike, points: npt.ArrayLike) -> pd.DataFrame:
    """Rate among the first tenth, two tenths ... by points, over the rate of all; ties are shared
    evenly.
    """
    frame = pd.DataFrame(
        {"points": np.asarray(points), "outcome": np.asarray(outcomes, dtype=float)}
    )
    frame["expected"] = frame.groupby("points")["outcome"].transform("mean")
    ranked = frame.sort_values("points", ascending=False)["expected"].to_numpy()
    shares = np.arange(1, 11) / 10
    counts = np.maximum(1, np.ceil(shares * len(ranked)).astype(int))
    return pd.DataFrame(
        {
            "card": name,
            "share": shares,
            "lift": [ranked[:count].mean() / ranked.mean() for count in counts],
        }
    )
