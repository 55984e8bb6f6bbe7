"""A copy of the home to try a journey in: a folder of its own that goes with the back-test.

A back-test that was killed leaves its folder; the next one removes it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.project import Project
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.recovery.past import MARK, settings_of_copy
from sluice.orchestration.runs import lock
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile

PREFIX, ALIVE = "backtest-", "alive"


@contextmanager
def scratch(settings: Settings, project: Project) -> Iterator[Settings]:
    """Settings of ``project`` on a copy of the warehouse, while the block runs. A run of the home
    waits only while it is copied. Raises BlockedError while one is at work, and ConfigurationError
    where the warehouse is no DuckDB file or there is none yet.
    """
    _require_file(settings)
    with ExitStack() as stack:
        with lock.held(settings.home):
            _remove_dead(settings.home)
            home = stack.enter_context(_folder(settings.home))
            copy = stack.enter_context(settings_of_copy(settings, home, project))
        yield copy


@contextmanager
def _folder(home: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
    try:
        lock.hold(folder / ALIVE)
        (folder / MARK).touch()  # nothing is ever pushed from it
        yield folder
    finally:
        lock.let_go(folder / ALIVE)
        shutil.rmtree(folder, ignore_errors=True)


def _remove_dead(home: Path) -> None:
    for folder in home.glob(f"{PREFIX}*"):
        if not lock.is_held(folder / ALIVE):
            shutil.rmtree(folder, ignore_errors=True)


def _require_file(settings: Settings) -> None:
    if not isinstance(settings.warehouse, DuckDBFile):
        raise settings.warehouse.refuse(
            "a back-test", "try the journey in a project on DuckDB, which reads the same sources"
        )
    if not settings.warehouse.exists():
        raise ConfigurationError(
            "there is no warehouse in this home yet, so there is no past to try a journey on",
            "run `sluice run` first, or set SLUICE_HOME",
        )
