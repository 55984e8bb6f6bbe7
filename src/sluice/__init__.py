"""Sluice: marketing automation that runs in the data warehouse.

The public surface for authors of destinations and for a company's own code. Everything else may
change between versions. The folders beside this file are links to those at the top of the
repository (docs/decisions/0043); a wheel carries them as ordinary folders.
"""

from __future__ import annotations

__version__ = "0.1.0"
