"""The chart of a section as SVG, by Altair: readable on white and on dark, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.orchestration.journeys.words import Language
from sluice.orchestration.report.filters import is_time
from sluice.orchestration.report.reading import Row, Table
from sluice.orchestration.report.sections import Column
from sluice.orchestration.report.values import Labels, cell, is_missing
from sluice.orchestration.report.words import say

EXTRA = ("altair", "vl_convert")
WIDTH, LINE_HEIGHT, STEP = 440, 220, 24
MOST_BARS, MOST_COLORS = 20, 7
DAYS = {"en": ("%-d %b", "%b %Y"), "zh": ("%-m月%-d日", "%Y年%-m月")}  # on an axis
LONG = 150  # days of an axis that months are written below
INK, LINE = "#333333", "#dddddd"  # the page has others of them for dark
COLORS = (
    "#3b7dd8", "#c8692b", "#2e8b57", "#8e63c7", "#b8860b", "#c2447e", "#4f8a8b", "#7d7d7d",
)  # fmt: skip
FIT = {"type": "fit-x", "contains": "padding"}  # every chart is as wide
IDS = re.compile(r'(\bid="|url\(#|href="#)')
FONT = "Helvetica, Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"


@dataclass(frozen=True)
class Drawn:
    """A chart: its SVG, what it shows in words, and how many bars are left out of it."""

    svg: str
    words: str
    left_out: int = 0


def has_charts() -> bool:
    """Whether the extra ``reports`` is installed."""
    return all(find_spec(name) for name in EXTRA)


def draw(table: Table, language: Language, labels: Labels) -> Drawn | None:
    """The chart of a section; None where it has none, or nothing to draw."""
    chart, section = table.section.meta.chart, table.section
    x, y = section.column(chart.x), section.column(chart.y)
    if chart.kind == "none" or x is None or y is None or not y.is_number:
        return None
    color = section.column(chart.color)
    rows = [row for row in table.rows if not is_missing(row[y.name]) and row[x.name] is not None]
    if not rows or is_all_zero(table):
        return None
    points = [_point(row, x, y, color, language, labels) for row in rows]
    points = _with_others(points, language) if color else points
    places = _places(points, is_sorted=chart.kind == "bar" and not is_time(x))
    left_out = 0 if is_time(x) else max(len(places) - MOST_BARS, 0)
    if left_out:
        places = places[:MOST_BARS]
        points = [one for one in points if one["x"] in set(places)]
    is_line = chart.kind == "line" or is_time(x)
    title = section.title(language)
    spec = (_over_time if is_line else _bars)(points, places, x, y, color, language)
    words = _words(points, title, chart.kind, y, language)
    return Drawn(_svg(spec, section.model, words, language), words, left_out)


def is_all_zero(table: Table) -> bool:
    """Whether there is a chart of nothing but zeros."""
    y = table.section.meta.chart.y
    values = [row[y] for row in table.rows if not is_missing(row[y])] if y else []
    return bool(values) and not any(values)


def to_png(svg: str) -> bytes:
    """A picture on white, twice its size. Raises ConfigurationError without the extra."""
    require_charts()
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg, scale=2))


def require_charts() -> None:
    """Raises ConfigurationError without the extra."""
    if not has_charts():
        raise ConfigurationError(
            "charts need the extra reports", "pip install 'sluice[reports]', or take another format"
        )


def _point(
    row: Row, x: Column, y: Column, color: Column | None, language: Language, labels: Labels
) -> dict[str, Any]:
    value = row[x.name]
    is_day = isinstance(value, date)
    made: dict[str, Any] = {
        "x": value.isoformat() if is_day else cell(value, x, language, labels).text,
        "y": float(row[y.name]),
    }
    if color is not None:
        made["color"] = cell(row[color.name], color, language, labels).text
    return made


def _with_others(points: list[dict[str, Any]], language: Language) -> list[dict[str, Any]]:
    """The smallest colours as one."""
    totals: dict[str, float] = {}
    for one in points:
        totals[one["color"]] = totals.get(one["color"], 0) + abs(one["y"])
    kept = set(sorted(totals, key=lambda name: -totals[name])[:MOST_COLORS])
    if len(totals) <= MOST_COLORS + 1:
        return points
    other = say("other", language)
    return [one if one["color"] in kept else {**one, "color": other} for one in points]


def _places(points: Iterable[Mapping[str, Any]], *, is_sorted: bool) -> list[str]:
    """What stands on the axis, the largest first where that is asked for."""
    totals: dict[str, float] = {}
    for one in points:
        totals[one["x"]] = totals.get(one["x"], 0) + one["y"]
    return sorted(totals, key=lambda name: -totals[name]) if is_sorted else list(totals)


def _bars(
    points: list[dict[str, Any]], places: list[str], x: Column, y: Column, color: Column | None,
    language: Language,
) -> Any:  # fmt: skip
    import altair as alt

    return (
        alt.Chart(alt.InlineData(values=points))
        .mark_bar(color=COLORS[0])
        .encode(
            x=alt.X(
                "y:Q", title=y.named(language), axis=_axis(y), stack=None if y.is_rate else "zero"
            ),
            y=alt.Y("x:N", title=None, sort=places, axis=alt.Axis(labelLimit=190)),
            **_color(color),
            **_beside(y, color),
        )
        .properties(width=WIDTH, height=alt.Step(STEP))
    )


def _over_time(
    points: list[dict[str, Any]], places: list[str], x: Column, y: Column, color: Column | None,
    language: Language,
) -> Any:  # fmt: skip
    import altair as alt

    if is_time(x):
        utc = alt.Scale(type="utc")
        first, last = (date.fromisoformat(one[:10]) for one in (min(places), max(places)))
        form = DAYS[language][(last - first).days > LONG]
        axis = alt.Axis(format=form, labelOverlap=True, tickCount=6)
        across = alt.X("x:T", title=None, scale=utc, axis=axis)
    else:
        across = alt.X("x:N", title=None, sort=sorted(places), axis=alt.Axis(labelLimit=120))
    return (
        alt.Chart(alt.InlineData(values=points))
        .mark_line(point=True, color=COLORS[0])
        .encode(
            x=across,
            y=alt.Y("y:Q", title=y.named(language), axis=_axis(y), scale=alt.Scale(zero=True)),
            **_color(color),
        )
        .properties(width=WIDTH, height=LINE_HEIGHT)
    )


def _axis(y: Column) -> Any:
    import altair as alt

    return alt.Axis(format="%" if y.is_rate else ",.2~f", tickCount=5, grid=True)


def _color(color: Column | None) -> dict[str, Any]:
    import altair as alt

    if color is None:
        return {}
    legend = alt.Legend(title=None, orient="bottom", columns=2, labelLimit=200)
    return {"color": alt.Color("color:N", legend=legend, scale=alt.Scale(range=list(COLORS)))}


def _beside(y: Column, color: Column | None) -> dict[str, Any]:
    """Shares do not add up: their bars stand one below the other."""
    import altair as alt

    return {"yOffset": alt.YOffset("color:N")} if y.is_rate and color else {}


def _svg(chart: Any, model: str, words: str, language: Language) -> str:
    """The SVG with ids of its own, since a page holds many, and its words for who hears it."""
    import vl_convert

    axis = {"labelColor": INK, "titleColor": INK, "gridColor": LINE, "domainColor": LINE}
    spec = chart.configure(
        background="transparent", font=FONT, aria=False, padding=4, autosize=FIT
    ).configure_axis(**axis, tickColor=LINE, labelFontSize=13, titleFontSize=13)
    spec = spec.configure_legend(labelColor=INK, labelFontSize=13).configure_view(stroke=None)
    found = vl_convert.vegalite_to_svg(
        spec.to_dict(), time_format_locale="zh-CN" if language == "zh" else "en-US"
    )
    svg = IDS.sub(lambda one: f"{one[0]}{model}-", str(found))
    return svg.replace("<svg ", f'<svg role="img" aria-label="{_attribute(words)}" ', 1)


def _attribute(words: str) -> str:
    from html import escape

    return escape(words, quote=True)


def _words(
    points: list[dict[str, Any]], title: str, kind: str, y: Column, language: Language
) -> str:
    """The chart for who cannot see it: its kind, its title, its largest values."""
    largest = sorted(points, key=lambda one: -one["y"])[:5]
    values = [
        f"{' / '.join(filter(None, (one['x'], one.get('color', ''))))}: "
        f"{cell(one['y'], y, language, {}).text}"
        for one in largest
    ]
    return say("chart", language, say(kind, language), title, y.named(language), "; ".join(values))
