"""Write every generated page: ``python -m docs.generate``."""

from __future__ import annotations

from docs.generate.pages import DOCS, pages

for name, text in pages().items():
    (DOCS / name).write_text(text, encoding="utf-8")
    print(f"docs/{name}")
