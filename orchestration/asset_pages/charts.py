"""Small charts for a page of Dagster: an image in Markdown, with its figures as its text.

Dagster's UI shows Markdown of fewer than 1,000 characters where it stands, and longer one only on a
click; a chart keeps below that. Nothing is fetched: the image is in its address.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote
from xml.sax.saxutils import escape

import dagster as dg

SHOWN_INLINE = 1000  # characters of Markdown
MOST_BARS, MOST_COLUMNS = 8, 30
WIDTH, LABEL, STEP = 340, 180, 20
OTHERS = "others"
HEIGHT, GAP = 60, 8
BLUE, GREY = "#3b7dd8", "#888"  # on white and on dark
PLAIN = " ='/:,.;-()+"  # of the SVG, as it is in the address
Point = tuple[str, float]


def bars(points: Sequence[Point]) -> dg.MarkdownMetadataValue | None:
    """A bar a point, the largest first, equal ones as given; as many as there is room for, and the
    rest as one. None where nothing is above zero.
    """
    ranked = sorted((one for one in points if one[1] > 0), key=lambda one: -one[1])
    if not ranked:
        return None
    drawn = (_drawn(ranked, most) for most in range(MOST_BARS, 0, -1))
    return next((one for one in drawn if len(one.md_str or "") < SHOWN_INLINE), None)


def columns(points: Sequence[Point]) -> dg.MarkdownMetadataValue | None:
    """A column a point, in the order given, the last ones; the first and the last are named. None
    for fewer than two, or where nothing is above zero.
    """
    shown = points[-MOST_COLUMNS:]
    most = max((value for _, value in shown), default=0)
    if len(shown) < 2 or most <= 0:
        return None
    step = WIDTH // len(shown)
    moves = "".join(
        f"M{place * step + step // 2} {HEIGHT}v-{round(value / most * (HEIGHT - GAP)) or 1}"
        for place, (_, value) in enumerate(shown)
    )
    width = max(min(step - 2, 24), 1)
    inside = f"<path d='{moves}' stroke='{BLUE}' stroke-width='{width}'/>"
    (first, _), (last, _) = shown[0], shown[-1]
    inside += f"<g fill='{GREY}'><text y='76'>{escape(first)}</text>"
    inside += f"<text x='{WIDTH}' y='76' text-anchor='end'>{escape(last)}</text></g>"
    return _image(inside, HEIGHT + STEP, [shown[0], shown[-1]])


def _drawn(ranked: Sequence[Point], most: int) -> dg.MarkdownMetadataValue:
    kept, rest = list(ranked[:most]), ranked[most:]
    if rest:
        kept.append((OTHERS, sum(value for _, value in rest)))
    longest = max(value for _, value in kept)
    moves, words = "", ""
    for place, (name, value) in enumerate(kept):
        y = place * STEP
        moves += f"M{LABEL} {y + 9}h{round(value / longest * (WIDTH - LABEL)) or 1}"
        words += f"<text y='{y + 13}'>{escape(_short(name))} {value:,.0f}</text>"
    inside = f"<path d='{moves}' stroke='{BLUE}' stroke-width='12'/><g fill='{GREY}'>{words}</g>"
    return _image(inside, len(kept) * STEP, kept)


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"


def _image(inside: str, height: int, points: Sequence[Point]) -> dg.MarkdownMetadataValue:
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{height}'"
        f" font-size='12' font-family='sans-serif'>{inside}</svg>"
    )
    words = ", ".join(f"{name} {value:,.0f}" for name, value in points)
    alt = words.translate(str.maketrans("[]\n\\", "()  "))
    return dg.MetadataValue.md(f"![{alt}](<data:image/svg+xml,{quote(svg, safe=PLAIN)}>)")
