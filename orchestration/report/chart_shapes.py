"""What is drawn of a chart's points, as Altair has it: bars, bars over time, lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sluice.orchestration.journeys.words import Language
from sluice.orchestration.report.filters import is_time
from sluice.orchestration.report.reading import Row
from sluice.orchestration.report.sections import Column, Section
from sluice.orchestration.report.values import word
from sluice.orchestration.report.words import say

if TYPE_CHECKING:
    import altair as alt

WIDTH, LINE_HEIGHT, STEP, THIN = 440, 220, 24, 9
DAYS = {"en": ("%-d %b", "%b %Y"), "zh": ("%-m月%-d日", "%Y年%-m月")}  # days, months of an axis
LONG = 150  # days of an axis that months are written below
COLORS = (
    "#3b7dd8", "#c8692b", "#2e8b57", "#8e63c7", "#b8860b", "#c2447e", "#4f8a8b", "#7d7d7d",
)  # fmt: skip
APART = ("days", "currency")  # columns whose values must not be added up
TOTAL = "all"  # a value that stands for all others
Points = list[dict[str, Any]]  # x, y and color of each


@dataclass(frozen=True)
class Axes:
    """The columns of a chart, its kind, and its language."""

    x: Column
    y: Column
    color: Column | None
    kind: str
    language: Language


def additive(rows: list[Row], section: Section, axes: Axes) -> tuple[list[Row], tuple[str, ...]]:
    """The rows that a bar may add up, and what is said of the others: of several windows of days
    the longest is drawn, of currencies the commonest, and no total beside its parts.
    """
    notes: list[str] = []
    drawn = {axes.x.name, axes.color.name if axes.color else ""}
    for column in section.columns:
        values = [row[column.name] for row in rows if row[column.name] is not None]
        if column.name in APART and column.name not in drawn and len({*values}) > 1:
            kept = max(values) if column.name == "days" else Counter(values).most_common(1)[0][0]
            rows = [row for row in rows if row[column.name] == kept]
            notes.append(say("chart_of", axes.language, column.named(axes.language), kept))
    color = axes.color.name if axes.color else ""
    parts = [row for row in rows if color and row[color] != TOTAL]
    if parts and len(parts) < len(rows):
        notes.append(say("without_total", axes.language, word(TOTAL, axes.language)))
        rows = parts
    return rows, tuple(notes)


def shape(points: Points, places: list[str], axes: Axes) -> Any:
    """The chart; ``places``: what stands on its axis, in order."""
    if is_time(axes.x) or axes.kind == "line":
        return _over_time(points, places, axes)
    return _bars(points, places, axes)


def _bars(points: Points, places: list[str], axes: Axes) -> Any:
    import altair as alt

    y = axes.y
    is_beside = y.is_rate and axes.color is not None  # shares do not add up
    beside = {"yOffset": alt.YOffset("color:N")} if is_beside else {}
    step = alt.Step(THIN, **{"for": "offset"}) if is_beside else alt.Step(STEP)
    shown = [one for one in points if one["y"]] if is_beside else points
    return (
        alt.Chart(alt.InlineData(values=shown))
        .mark_bar(color=COLORS[0])
        .encode(
            x=alt.X(
                "y:Q",
                title=y.named(axes.language),
                axis=_axis(y),
                stack=None if y.is_rate else "zero",
            ),
            y=alt.Y("x:N", title=None, sort=places, axis=alt.Axis(labelLimit=190)),
            **beside,
            **_color(axes),
        )
        .properties(width=WIDTH, height=step)
    )


def _over_time(points: Points, places: list[str], axes: Axes) -> Any:
    import altair as alt

    y = axes.y
    base = alt.Chart(alt.InlineData(values=points))
    is_bar = axes.kind == "bar" and not y.is_rate
    drawn = (
        base.mark_bar(color=COLORS[0]) if is_bar else base.mark_line(point=True, color=COLORS[0])
    )
    up = alt.Y("y:Q", title=y.named(axes.language), axis=_axis(y), scale=alt.Scale(zero=True))
    across = _across(places, axes, is_bar=is_bar)
    return drawn.encode(x=across, y=up, **_color(axes)).properties(width=WIDTH, height=LINE_HEIGHT)


def _across(places: list[str], axes: Axes, *, is_bar: bool) -> alt.X:
    import altair as alt

    if not is_time(axes.x):
        return alt.X("x:N", title=None, sort=sorted(places), axis=alt.Axis(labelLimit=120))
    first, last = (date.fromisoformat(one[:10]) for one in (min(places), max(places)))
    is_long = axes.x.name == "month" or (last - first).days > LONG
    form = DAYS[axes.language][is_long]
    if is_bar:
        axis = alt.Axis(format=form, labelOverlap=True, labelAngle=0)
        return alt.X("utcyearmonthdate(x):O", title=None, axis=axis)
    axis = alt.Axis(format=form, labelOverlap=True, tickCount=6)
    return alt.X("x:T", title=None, scale=alt.Scale(type="utc"), axis=axis)


def _axis(y: Column) -> alt.Axis:
    import altair as alt

    return alt.Axis(format="%" if y.is_rate else ",.2~f", tickCount=5, grid=True)


def _color(axes: Axes) -> dict[str, Any]:
    import altair as alt

    if axes.color is None:
        return {}
    legend = alt.Legend(title=None, orient="bottom", columns=2, labelLimit=200)
    return {"color": alt.Color("color:N", legend=legend, scale=alt.Scale(range=list(COLORS)))}
