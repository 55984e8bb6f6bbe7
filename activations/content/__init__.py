"""Templates of messages, and what they render to."""

from __future__ import annotations

from pathlib import Path

# templates that a project may copy; what is sent is in the project's own folder
LIBRARY = Path(__file__).resolve().parents[2] / "content"
