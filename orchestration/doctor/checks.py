"""The checks of ``sluice doctor``, in the order they are shown. A new check is a new row; it reads,
and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sluice.models.errors import SluiceError
from sluice.orchestration.doctor.fast import check_fast
from sluice.orchestration.doctor.files import check_backup, check_files, check_ledger
from sluice.orchestration.doctor.finding import Finding
from sluice.orchestration.doctor.installation import (
    check_destinations,
    check_project,
    check_version,
)
from sluice.orchestration.doctor.rights import check_rights
from sluice.orchestration.doctor.runs import check_lock, check_runs
from sluice.orchestration.doctor.schedule import check_schedule
from sluice.orchestration.doctor.serve import check_serve
from sluice.orchestration.doctor.sizes import check_sizes
from sluice.orchestration.installation.settings import Settings

Check = Callable[[Settings], Iterable[Finding]]
CHECKS: Mapping[str, Check] = {
    "version": check_version,
    "project": check_project,
    "settings": check_destinations,
    "schedule": check_schedule,
    "run lock": check_lock,
    "runs": check_runs,
    "rights": check_rights,
    "serve": check_serve,
    "fast lane": check_fast,
    "files": check_files,
    "ledger": check_ledger,
    "backup": check_backup,
    "size": check_sizes,
}


def examine(settings: Settings) -> list[Finding]:
    """The findings of all checks. A check that cannot be made is a finding, and does not stop the
    others.
    """
    return [
        finding for name, check in CHECKS.items() for finding in _examine(name, check, settings)
    ]


def _examine(name: str, check: Check, settings: Settings) -> list[Finding]:
    try:
        return list(check(settings))
    except SluiceError as error:
        return [Finding(check=name, state="failed", words=error.message, fix=error.fix)]
    # whatever is wrong with a file, the other checks are made; its words may quote a row
    except Exception as error:
        return [
            Finding(check=name, state="failed", words=f"cannot be checked: {type(error).__name__}")
        ]
