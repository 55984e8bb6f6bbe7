"""Which pages are generated, and by what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1]
NOTE = "<!-- Generated: change the code, then run `make docs`. -->\n"


def pages() -> Mapping[str, str]:
    """The text of every generated page, by its name in ``docs/``."""
    from docs.generate.commands import commands_page
    from docs.generate.journey_schema import journey_schema
    from docs.generate.settings import settings_page
    from docs.generate.tables import tables_page

    return {
        "commands.md": commands_page(),
        "settings.md": settings_page(),
        "tables.md": tables_page(),
        "journey.schema.json": journey_schema(),
    }


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown. A bar in a cell is escaped, a line break becomes a space."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("\\|", "|").split()).replace("|", "\\|")
