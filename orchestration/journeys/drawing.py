"""The graph of a journey as an SVG: one file that asks for nothing from outside, on white and on
dark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from sluice.orchestration.journeys.graph import Graph, Node, Way
from sluice.orchestration.journeys.layout import Edge, Layout, lay_out
from sluice.orchestration.journeys.outline import by_reason, headline, standing, totals
from sluice.orchestration.journeys.words import say

NODE_WIDTH, NODE_HEIGHT, LAYER_HEIGHT = 220, 78, 176
MARGIN, HEAD = 28, 92
TEXT, SMALL, LABEL_WIDTH, LINES = 13, 12, 150, 4
CHINESE, CLOSING = "\u2e80-\uffef", "，。；：）、"
PIECES = re.compile(f"(?:[{CHINESE}]|[^{CHINESE}]+)[{CLOSING}]*")
END = ""  # the node that ways which end the enrolment lead to
STYLE = """
text { font: 12px system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
text { fill: #1f2933; }
.title { font-size: 18px; font-weight: 600; } .name { font-size: 13px; font-weight: 600; }
.quiet { fill: #52606d; } .here { font-weight: 600; fill: #0b6e4f; } .overdue { fill: #b42318; }
.paper { fill: #ffffff; } .node rect { fill: #f5f7fa; stroke: #9aa5b1; }
.message rect { fill: #e6f0ff; stroke: #3b7dd8; } .exit rect { fill: #eef2ee; stroke: #6b8f71; }
.branch rect, .split rect { fill: #fff6e0; stroke: #c8922b; }
.edge path { fill: none; stroke: #7b8794; stroke-width: 1.4; } .arrow { fill: #7b8794; }
.edge rect { fill: #ffffff; opacity: 0.9; } .end { fill: #52606d; }
@media (prefers-color-scheme: dark) {
text { fill: #e4e7eb; } .quiet { fill: #a8b3bf; }
.here { fill: #6fdcb0; } .overdue { fill: #ff8f85; }
.paper, .edge rect { fill: #14181d; } .node rect { fill: #232a32; stroke: #616e7c; }
.message rect { fill: #16304f; stroke: #5b9bf0; } .exit rect { fill: #1f2d23; stroke: #7fae87; }
.branch rect, .split rect { fill: #3a2f14; stroke: #d9a441; }
}
"""


def draw(graph: Graph) -> str:
    """The text of the SVG."""
    ways = _ways(graph)
    ends = [END] if any(target == END for _, target in ways) else []
    layout = lay_out([*(node.name for node in graph.nodes), *ends], list(ways))
    title = [headline(graph), say("trigger", graph.language, graph.trigger)]
    title += [totals(graph)] if graph.has_figures else []
    widest = max(_width(title[0]) * 18, *(_width(line) * SMALL for line in title))
    width = max(layout.width, widest + 2 * MARGIN)
    root = _canvas(width, HEAD + layout.layers * LAYER_HEIGHT)
    _title(root, title)
    shift = (width - layout.width) / 2
    for edge, taken in ways.items():
        _edge(root, edge, taken, layout, shift, graph)
    for node in graph.nodes:
        _node(root, node, layout, shift, graph)
    for name in ends:
        _end(root, layout.nodes[name], shift)
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode") + "\n"


def _ways(graph: Graph) -> dict[Edge, list[Way]]:
    """The lines of the drawing, each with the ways that it stands for. An exit has none."""
    found: dict[Edge, list[Way]] = {}
    for node in graph.nodes:
        for way in node.ways if node.kind != "exit" else ():
            found.setdefault((node.name, way.target or END), []).append(way)
    return found


def _canvas(width: float, height: float) -> Xml.Element:
    size = {"width": f"{width:.0f}", "height": f"{height:.0f}"}
    box = f"0 0 {size['width']} {size['height']}"
    root = Xml.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": box, **size})
    Xml.SubElement(root, "style").text = STYLE
    marker = Xml.SubElement(
        Xml.SubElement(root, "defs"),
        "marker",
        {"id": "arrow", "viewBox": "0 0 8 8", "refX": "7", "refY": "4", "orient": "auto"}
        | {"markerWidth": "8", "markerHeight": "8"},
    )
    Xml.SubElement(marker, "path", {"d": "M0 0 L8 4 L0 8 Z", "class": "arrow"})
    Xml.SubElement(root, "rect", {"class": "paper", **size, "rx": "8"})
    return root


def _title(root: Xml.Element, lines: list[str]) -> None:
    _text(root, MARGIN, 34, lines[0], "title")
    for number, line in enumerate(lines[1:]):
        _text(root, MARGIN, 56 + 18 * number, line, "quiet")


def _top(layer: int) -> float:
    return HEAD + layer * LAYER_HEIGHT + MARGIN / 2


def _node(root: Xml.Element, node: Node, layout: Layout, shift: float, graph: Graph) -> None:
    middle, layer = layout.nodes[node.name]
    left, top = middle + shift - NODE_WIDTH / 2, _top(layer)
    group = Xml.SubElement(root, "g", {"class": f"node {node.kind}", "data-node": node.name})
    Xml.SubElement(group, "title").text = f"{node.name}: {node.words}"
    place = {"x": f"{left:.1f}", "y": f"{top:.1f}", "rx": "7"}
    Xml.SubElement(group, "rect", {**place, "width": str(NODE_WIDTH), "height": str(NODE_HEIGHT)})
    _text(group, left + 12, top + 20, node.name, "name")
    for number, line in enumerate(_wrapped(node.words, NODE_WIDTH - 24, 2)):
        _text(group, left + 12, top + 37 + 15 * number, line, "quiet")
    people = _people(node, graph)
    if people:
        style = "overdue" if node.overdue else "here"
        _text(group, left + 12, top + NODE_HEIGHT - 9, people, style)


def _people(node: Node, graph: Graph) -> str:
    """Who stands there; of an exit, who ended there."""
    if node.kind != "exit":
        return standing(node, graph.language)
    count = sum(way.count for way in node.ways)
    return say("ended", graph.language, f"{count:,}") if count else ""


def _end(root: Xml.Element, place: tuple[float, int], shift: float) -> None:
    x, layer = place
    spot = {"cx": f"{x + shift:.1f}", "cy": f"{_top(layer) + 8:.1f}", "r": "8", "class": "end"}
    Xml.SubElement(root, "circle", spot)


def _edge(
    root: Xml.Element, edge: Edge, ways: list[Way], layout: Layout, shift: float, graph: Graph
) -> None:
    source, target = edge
    first = layout.nodes[source][1]
    xs = [x + shift for x in layout.routes[edge]]
    group = Xml.SubElement(root, "g", {"class": "edge", "data-from": source, "data-to": target})
    Xml.SubElement(group, "title").text = "; ".join(way.label for way in ways)
    Xml.SubElement(group, "path", {"d": _path(xs, first), "marker-end": "url(#arrow)"})
    most = max(LINES // len(ways), 1)
    lines = [line for way in ways for line in _label(way, graph, most)]
    if lines:
        middle = xs[0] + (xs[1] - xs[0]) * 0.6
        _tag(group, middle, (_top(first) + NODE_HEIGHT + _top(first + 1)) / 2 + 8, lines)


def _path(xs: list[float], first: int) -> str:
    """Curves from layer to layer, and straight beside the nodes of the layers between."""
    at = _top(first) + NODE_HEIGHT
    parts = [f"M{xs[0]:.1f} {at:.1f}"]
    for number, x in enumerate(xs[1:], start=1):
        top = _top(first + number)
        half = (at + top) / 2
        parts.append(f"C{xs[number - 1]:.1f} {half:.1f} {x:.1f} {half:.1f} {x:.1f} {top:.1f}")
        at = top + NODE_HEIGHT
        parts += [f"L{x:.1f} {at:.1f}"] if number < len(xs) - 1 else []
    return " ".join(parts)


def _label(way: Way, graph: Graph, most: int) -> list[str]:
    count = f"{way.count:,}" if graph.has_figures else ""
    lines = _wrapped(way.label, LABEL_WIDTH, most)
    if not lines:
        return [count] if count else []
    lines[-1] += f": {count}" if count else ""
    more = len(way.passed) > 1 and way.reasons is None
    return [*lines, *(_wrapped(by_reason(way.passed), LABEL_WIDTH, 2) if more else [])]


def _tag(group: Xml.Element, middle: float, at: float, lines: list[str]) -> None:
    """Centred lines on a ground of their own, so that no line runs through them."""
    width, height = max(map(_width, lines)) * SMALL + 8, 15 * len(lines) + 4
    place = {"x": f"{middle - width / 2:.1f}", "y": f"{at - height / 2:.1f}"}
    Xml.SubElement(group, "rect", {**place, "width": f"{width:.1f}", "height": f"{height}"})
    for number, line in enumerate(lines):
        spot = at - height / 2 + 13 + 15 * number
        _text(group, middle, spot, line, "quiet").set("text-anchor", "middle")


def _text(parent: Xml.Element, x: float, y: float, words: str, style: str) -> Xml.Element:
    made = Xml.SubElement(parent, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "class": style})
    made.text = words
    return made


def _width(words: str) -> float:
    """In parts of the font's size: Chinese characters are as wide as high."""
    return sum(1.0 if ord(one) > 0x2E7F else 0.56 for one in words)


def _wrapped(words: str, width: float, most: int) -> list[str]:
    """In lines of at most this width, and so many; the last one ends with … where it is cut."""
    lines = [""]
    for part in _parts(words):
        if lines[-1] and _width(lines[-1] + part.rstrip()) * SMALL > width:
            lines.append("")
        lines[-1] += part.lstrip() if not lines[-1] else part
    found = [line.strip() for line in lines if line.strip()]
    return [*found[: most - 1], _cut(found[most - 1])] if len(found) > most else found


def _cut(line: str) -> str:
    return f"{line[:-1].rstrip()}…"


def _parts(words: str) -> Iterator[str]:
    """Words with their space; Chinese, and what is too long for a line, by the character.
    Punctuation stays with what is before it.
    """
    for word in words.split():
        pieces = PIECES.findall(word)
        if any(_width(piece) * SMALL > LABEL_WIDTH for piece in pieces):
            pieces = list(word)
        *before, last = pieces
        yield from before
        yield f"{last} "
