"""A file a batch, dropped whole or not at all: written beside, synced to disk, renamed; then its
manifest in the same way.

A reader takes a file whose manifest is there. A batch that is sent again finds its manifest and
leaves everything as it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from sluice.activations.destinations.base import same_result
from sluice.activations.destinations.files.file_drop import mapping
from sluice.activations.destinations.files.file_drop.config import FileDropConfig
from sluice.activations.private_files import sync_folder
from sluice.models.delivery import Capabilities, Item, ItemResult, Outcome


class FileDrop:
    """A destination for campaigns and syncs."""

    def __init__(self, config: FileDropConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            batch_size=config.batch_size,
            on_unknown="resend",
            per_item_results=False,
            dedupes=True,
            modes=frozenset({"mirror", "upsert", "add", "membership"}),
        )

    def send(self, items: Sequence[Item]) -> list[ItemResult]:
        """One file for each kind of item and list among them."""
        groups: dict[tuple[str, str], list[Item]] = {}
        for item in items:
            groups.setdefault(mapping.group_of(item), []).append(item)
        return [result for group in groups.values() for result in self._drop(group)]

    def close(self) -> None:
        """Nothing is kept open."""

    def _drop(self, items: Sequence[Item]) -> list[ItemResult]:
        good = [item for item in items if _is_text(item)]
        bad = [
            ItemResult(item.delivery_id, Outcome.FAILED, "not_unicode")
            for item in items
            if not _is_text(item)
        ]
        return bad + (same_result(good, self._write(good)) if good else [])

    def _write(self, items: Sequence[Item]) -> ItemResult:
        folder, name = self.config.folder, mapping.file_name(items, self.config.format)
        manifest = folder / f"{name}.manifest.json"
        if not folder.is_dir():
            return ItemResult(0, Outcome.RETRY, "folder_missing")
        if manifest.is_file():
            return ItemResult(0, Outcome.ACCEPTED)
        rows = mapping.rows_of(items)
        is_csv = self.config.format == "csv"
        content = (
            mapping.to_csv(rows, self.config.escape_formulas)
            if is_csv
            else mapping.to_parquet(rows)
        )
        try:
            replace_file(folder / name, content, self.config.mode)
            replace_file(
                manifest,
                mapping.manifest_of(name, mapping.batch_id(items), rows, content),
                self.config.mode,
            )
        except (
            OSError
        ):  # a manifest that may be there without being on disk is found, or not, by the next try
            outcome = Outcome.UNKNOWN if manifest.is_file() else Outcome.RETRY
            return ItemResult(0, outcome, "cannot_write")
        return ItemResult(0, Outcome.ACCEPTED)


def replace_file(path: Path, content: bytes, mode: int) -> None:
    """The file is there with all of its content and these rights, or as it was. Raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


def _is_text(item: Item) -> bool:
    """False where a text is no Unicode (half of a surrogate pair), which no file can hold."""
    try:
        json.dumps(mapping.rows_of([item]), ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True
