"""HTML of a mail, made once a variant: MJML to responsive HTML, and styles moved into the elements
they are for.

Liquid is in the source all along, so what a parser of HTML could change or move is hidden behind
marks meanwhile.
"""

from __future__ import annotations

import re
from pathlib import Path

from sluice.models.errors import ContentError

CELL = re.compile(
    r"<t(?:r|d|body)\b"
)  # a line break before one is not seen, and short lines are encoded once a variant
LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
HTML_TAG_OR_MARK = re.compile(r"<!--.*?-->|<[^>]*>|lq\d+ql", re.S)
MARK = re.compile(r"(?:<!--|&lt;!--)?lq(\d+)ql(?:--&gt;|-->)?")


def mjml_to_html(source: str, path: Path) -> str:
    """Responsive HTML of an MJML template (by mrml, a declared package).

    Raises ContentError when it is not valid MJML.
    """
    try:
        import mrml
    except ImportError as error:
        raise ContentError(
            f"{path.name} is MJML, and mrml is not installed",
            "pip install mrml, or write .html.liquid",
        ) from error
    try:
        return CELL.sub(r"\n\g<0>", str(mrml.to_html(source).content))
    except OSError as error:
        raise ContentError(f"{path.name} is not valid MJML", "correct the template") from error


def inline_styles(source: str) -> str:
    """The same HTML with the rules of its ``<style>`` in style attributes, since many mail clients
    drop ``<style>``; what cannot be inlined (media queries) stays. Liquid is untouched. Without
    css-inline the styles stay where they are.
    """
    if "<style" not in source:
        return source
    try:
        import css_inline
    except ImportError:
        return source
    hidden: list[str] = []
    marked = HTML_TAG_OR_MARK.sub(
        _as_comment, LIQUID.sub(lambda found: _hide(found[0], hidden), source)
    )
    inliner = css_inline.CSSInliner(
        keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False
    )
    try:
        inlined = inliner.inline(marked)
    except css_inline.InlineError as error:
        raise ContentError(
            "the styles of a template cannot be inlined", "correct the CSS in its <style>"
        ) from error
    return MARK.sub(lambda found: hidden[int(found[1])], inlined)


def _hide(liquid: str, hidden: list[str]) -> str:
    hidden.append(liquid)
    return f"lq{len(hidden) - 1}ql"


def _as_comment(found: re.Match[str]) -> str:
    """A mark between elements becomes a comment: a parser moves text, but no comment, out of a
    table. Marks in tags stay.
    """
    return f"<!--{found[0]}-->" if found[0].startswith("lq") else found[0]
