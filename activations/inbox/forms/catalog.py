"""The forms of a project: read again when a file changed, each for itself. One that is wrong is not
served; all others are.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sluice.activations.inbox.forms.definition import Form, is_name
from sluice.activations.inbox.forms.reading import FormError, read_form

log = logging.getLogger(__name__)
Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class _Read:
    stamp: Stamp
    found: Form | FormError


class Forms:
    """The forms of ``content/forms``. Safe for threads."""

    def __init__(self, content: Path) -> None:
        self.folder = content / "forms"
        self._read: dict[str, _Read] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Form | None:
        """The form as its file stands now; None where there is none. Raises FormError."""
        if not is_name(name):
            return None
        path = self.folder / f"{name}.yml"
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            found = self._fresh(name, path, stamp)
        except (FileNotFoundError, NotADirectoryError):
            self._read.pop(name, None)
            return None
        if isinstance(found, FormError):
            raise found
        return found

    def _fresh(self, name: str, path: Path, stamp: Stamp) -> Form | FormError:
        known = self._read.get(name)
        if known is not None and known.stamp == stamp:
            return known.found
        with self._lock:
            known = self._read.get(name)
            if known is None or known.stamp != stamp:
                known = self._read[name] = _Read(stamp, _read(path))
        return known.found

    def names(self) -> list[str]:
        """The files there are, by name."""
        return sorted(path.stem for path in self.folder.glob("*.yml"))

    def all(self) -> Iterator[tuple[str, Form | FormError]]:
        """Each form, or what is wrong with it."""
        for name in self.names():
            try:
                found = self.get(name) or (None if is_name(name) else _read(self._path(name)))
            except FormError as error:
                found = error
            if found is not None:
                yield name, found

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.yml"


def _read(path: Path) -> Form | FormError:
    try:
        return read_form(path)
    except FormError as error:
        log.error("a form is not served: %s", error)
        return error
