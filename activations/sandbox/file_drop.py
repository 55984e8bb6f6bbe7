"""A folder that files are dropped into, and what a reader makes of it: whole files with a manifest
that fits.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

FOLDER = "sandbox_files"


class FileDropVendor:
    """``<home>/sandbox_files``.

    It speaks no protocol; GET / lists the files that a reader would take.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.folder = store.path.parent / FOLDER
        self.folder.mkdir(exist_ok=True)

    def settings(self, url: str) -> dict[str, Any]:
        """Where the folder is."""
        return {"folder": self.folder}

    def handle(self, request: Request) -> Reply:
        """The manifests of whole files."""
        return Reply(200, [manifest for _, manifest in whole_files(self.folder)])

    def fault_reply(self, fault: HttpFault) -> Reply:
        """A plain status."""
        return Reply(int(fault))


def whole_files(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Each file whose manifest is there and fits, with the manifest, by name."""
    found = []
    for path in sorted(folder.glob("*.manifest.json")):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        file = folder / manifest["file"]
        if file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == manifest["sha256"]:
            found.append((file, manifest))
    return found
