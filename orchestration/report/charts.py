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
from sluice.orchestration.report.chart_shapes import Axes, additive, shape
from sluice.orchestration.report.filters import is_time
from sluice.orchestration.report.reading import Row, Table
from sluice.orchestration.report.values import Labels, cell, is_missing
from sluice.orchestration.report.words import say

EXTRA = ("altair", "vl_convert")
MOST_BARS, MOST_COLORS = 20, 7
INK, LINE = "#333333", "#dddddd"  # the page has others of them for dark
FIT = {"type": "fit-x", "contains": "padding"}  # every chart is as wide
IDS = re.compile(r'(\bid="|url\(#|href="#)')
FONT = "Helvetica, Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"


@dataclass(frozen=True)
class Drawn:
    """A chart: its SVG, what it shows in words, and how many bars are left out of it."""

    svg: str
    words: str
    left_out: int = 0
    notes: tuple[str, ...] = ()


def has_charts() -> bool:
    """Whether the extra ``reports`` is installed."""
    return all(find_spec(name) for name in EXTRA)


def draw(table: Table, language: Language, labels: Labels) -> Drawn | None:
    """The chart of a section; None where it has none, or nothing to draw."""
    chart, section = table.section.meta.chart, table.section
    x, y = section.column_in(chart.x, language), section.column(chart.y)
    if chart.kind == "none" or x is None or y is None or not y.is_number or is_all_zero(table):
        return None
    axes = Axes(x, y, section.column_in(chart.color, language), chart.kind, language)
    rows = [row for row in table.rows if not is_missing(row[y.name]) and row[x.name] is not None]
    rows, notes = additive(rows, table.section, axes)
    points = _summed([_point(row, axes, labels) for row in rows], axes)
    if not points:
        return None
    points = _summed(_with_others(points, language), axes) or points
    places = _places(points, is_sorted=chart.kind == "bar" and not is_time(x))
    left_out = 0 if is_time(x) else max(len(places) - MOST_BARS, 0)
    if left_out:
        places = places[:MOST_BARS]
        points = [one for one in points if one["x"] in set(places)]
    words = _words(points, section.title(language), axes)
    return Drawn(
        _svg(shape(points, places, axes), section.model, words, language), words, left_out, notes
    )


def is_without_figures(table: Table) -> bool:
    """Whether every figure of the chart is missing."""
    y = table.section.meta.chart.y
    return not table.rows or (bool(y) and all(is_missing(row[y]) for row in table.rows))


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


def _point(row: Row, axes: Axes, labels: Labels) -> dict[str, Any]:
    value = row[axes.x.name]
    is_day = isinstance(value, date)
    text = value.isoformat() if is_day else cell(value, axes.x, axes.language, labels).text
    made: dict[str, Any] = {"x": text, "y": float(row[axes.y.name])}
    if (color := axes.color) is not None:
        made["color"] = cell(row[color.name], color, axes.language, labels).text
    return made


def _summed(points: list[dict[str, Any]], axes: Axes) -> list[dict[str, Any]]:
    """One point a place and colour, of rows that another column keeps apart. Shares do not add
    up: with several at one point there is nothing to draw.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in points:
        key = (one["x"], one.get("color", ""))
        if key in found and axes.y.is_rate:
            return []
        found[key] = {**one, "y": one["y"] + (found[key]["y"] if key in found else 0)}
    return list(found.values())


def _with_others(points: list[dict[str, Any]], language: Language) -> list[dict[str, Any]]:
    """The smallest colours as one."""
    totals: dict[str, float] = {}
    for one in points:
        color = one.get("color", "")
        totals[color] = totals.get(color, 0) + abs(one["y"])
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


def _svg(chart: Any, model: str, words: str, language: Language) -> str:
    """The SVG with ids of its own, since a page holds many, and its words as alternative text."""
    import vl_convert

    axis = {"labelColor": INK, "titleColor": INK, "gridColor": LINE, "domainColor": LINE}
    spec = chart.configure(
        background="transparent", font=FONT, aria=False, padding=4, autosize=FIT
    ).configure_axis(**axis, tickColor=LINE, labelFontSize=13, titleFontSize=13)
    spec = spec.configure_legend(labelColor=INK, labelFontSize=13).configure_view(stroke=None)
    found = vl_convert.vegalite_to_svg(
        spec.to_dict(validate=False), time_format_locale="zh-CN" if language == "zh" else "en-US"
    )
    svg = IDS.sub(lambda one: f"{one[0]}{model}-", str(found))
    return svg.replace("<svg ", f'<svg role="img" aria-label="{_attribute(words)}" ', 1)


def _attribute(words: str) -> str:
    from html import escape

    return escape(words, quote=True)


def _words(points: list[dict[str, Any]], title: str, axes: Axes) -> str:
    """The chart for who cannot see it: its kind, its title, its largest values."""
    y, language = axes.y, axes.language
    largest = sorted(points, key=lambda one: -one["y"])[:5]
    values = [
        f"{' / '.join(filter(None, (one['x'], one.get('color', ''))))}: "
        f"{cell(one['y'], y, language, {}).text}"
        for one in largest
    ]
    return say(
        "chart", language, say(axes.kind, language), title, y.named(language), "; ".join(values)
    )
