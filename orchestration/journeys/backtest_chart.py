"""The chart of a back-test: one file, nothing fetched. Messages a day by node as bars, and how many
people entered, reached the goal and left so far as lines; one panel a back-test, on one scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.output_files import require_folder, write_output
from sluice.orchestration.journeys.backtest_figures import Backtest

WIDTH, HEIGHT, LEFT, TOP, GAP = 640, 150, 56, 64, 54
BARS = ("#1b6ca8", "#62a8d9", "#0b3d5c", "#9cc9e8", "#3f7f5f", "#8fbf9f")
LINES = {"entered": "#c46a1b", "reached the goal": "#2e7d32", "left otherwise": "#8a8a8a"}
OPTION = "--chart"
FORMATS = (".svg", ".png")
FONT = "font-family='system-ui, Noto Sans CJK SC, sans-serif' font-size='12'"


def require_drawable(path: Path) -> None:
    """Raises ConfigurationError for a file that cannot be drawn into."""
    require_folder(path, OPTION)
    if path.suffix not in FORMATS:
        raise ConfigurationError(
            f"{OPTION} {path.name} is neither .svg nor .png", "name a file that ends in one of them"
        )
    if path.suffix == ".png":
        _converter()


def write_chart(path: Path, found: Sequence[Backtest]) -> None:
    """Write the chart of one or more back-tests of the same days. Raises ConfigurationError."""
    svg = draw(found)
    content = _converter().svg_to_png(svg, scale=2) if path.suffix == ".png" else svg
    write_output(path, OPTION, content)


def draw(found: Sequence[Backtest]) -> str:
    """The chart as SVG."""
    panel = TOP + 2 * HEIGHT + 2 * GAP
    width, height = LEFT + WIDTH + 24, panel * len(found)
    most_sent = max(
        (sum(day) for one in found for day in zip(*_bars(one).values(), strict=True)), default=0
    )
    most_people = max(
        (value for one in found for line in _lines(one).values() for value in line), default=0
    )
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}'"
        f" viewBox='0 0 {width} {height}' {FONT}>"
    ]
    parts.append(f"<rect width='{width}' height='{height}' fill='white'/>")
    for number, one in enumerate(found):
        parts.append(f"<g transform='translate({LEFT},{number * panel + TOP})'>")
        parts += _panel(one, max(most_sent, 1), max(most_people, 1))
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"])


def _panel(one: Backtest, most_sent: int, most_people: int) -> Iterator[str]:
    title = f"{one.journey} v{one.version} ({one.project}), {one.days[0]} to {one.days[-1]}"
    yield _text(0, -40, title, "font-weight='600'")
    bars, lines = _bars(one), _lines(one)
    colours = {name: BARS[number % len(BARS)] for number, name in enumerate(bars)}
    yield from _axis(one, "messages a day", most_sent)
    yield from _legend(colours, 110)
    step = WIDTH / len(one.days)
    below = [0.0] * len(one.days)
    for name, values in bars.items():
        for day, value in enumerate(values):
            tall = value / most_sent * HEIGHT
            below[day] += tall
            if value:
                x, y = day * step + step * 0.1, HEIGHT - below[day]
                yield (
                    f"<rect x='{x:.1f}' y='{y:.1f}' width='{step * 0.8:.1f}' height='{tall:.1f}'"
                    f" fill='{colours[name]}'/>"
                )
    yield f"<g transform='translate(0,{HEIGHT + GAP})'>"
    yield from _axis(one, "people so far", most_people)
    yield from _legend(LINES, 110)
    for name, line in lines.items():
        points = " ".join(
            f"{(day + 0.5) * step:.1f},{HEIGHT - value / most_people * HEIGHT:.1f}"
            for day, value in enumerate(line)
        )
        yield f"<polyline points='{points}' fill='none' stroke='{LINES[name]}' stroke-width='2'/>"
    yield "</g>"


def _axis(one: Backtest, words: str, most: int) -> Iterator[str]:
    yield _text(0, -10, words)
    for y, value in ((HEIGHT, 0), (0, most)):
        yield f"<line x1='0' x2='{WIDTH}' y1='{y}' y2='{y}' stroke='#cccccc'/>"
        yield _text(-8, y + 4, f"{value:,}", "text-anchor='end' fill='#555555'")
    yield _text(0, HEIGHT + 18, str(one.days[0]), "fill='#555555'")
    yield _text(WIDTH, HEIGHT + 18, str(one.days[-1]), "text-anchor='end' fill='#555555'")


def _legend(colours: dict[str, str], start: int) -> Iterator[str]:
    x = start
    for name, colour in colours.items():
        yield f"<rect x='{x}' y='-20' width='10' height='10' fill='{colour}'/>"
        yield _text(x + 15, -10, name)
        x += 30 + 8 * len(name)


def _text(x: float, y: float, words: str, style: str = "") -> str:
    return f"<text x='{x}' y='{y}' {style}>{escape(words)}</text>"


def _bars(one: Backtest) -> dict[str, list[int]]:
    """{node: messages of each day} of the nodes that sent any."""
    sent = {(figure.day, figure.node): figure.sent for figure in one.by_day}
    return {
        node: [sent.get((day, node), 0) for day in one.days]
        for node, figure in one.by_node.items()
        if figure.sent
    }


def _lines(one: Backtest) -> dict[str, list[int]]:
    """{what: people so far} of each day."""
    entered, goal, left = 0, 0, 0
    found: dict[str, list[int]] = {name: [] for name in LINES}
    for day in one.days:
        of_day = [figure for figure in one.by_day if figure.day == day]
        entered += sum(figure.entered for figure in of_day if figure.node == one.start)
        goal += sum(figure.goal for figure in of_day)
        left += sum(sum(figure.exits.values()) for figure in of_day)
        for name, value in zip(LINES, (entered, goal, left), strict=True):
            found[name].append(value)
    return found


def _converter() -> Any:
    try:
        import vl_convert
    except ImportError as error:
        raise ConfigurationError(
            "a .png needs the extra scores", "pip install 'sluice[scores]', or write an .svg"
        ) from error
    return vl_convert
