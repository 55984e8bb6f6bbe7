"""Who a person at a form is: looked up in the warehouse, read-only and within a moment. Where a run
is at work, or the warehouse is slow, nobody is looked up.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from sluice.models.errors import SluiceError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.runs import lock
from sluice.orchestration.warehouse.base import Session, WarehouseError
from sluice.orchestration.warehouse.reader import open_warehouse

SECONDS = 0.5
KEPT_SECONDS, MOST_KEPT = 60.0, 10_000
FIND = """
select min(contact_id), count(distinct contact_id) from contacts.contact_identifiers
where quality = 'own' and ((identifier_type = 'email' and identifier_value = $1)
    or (identifier_type = 'phone' and identifier_value = $2))
"""


class KnownPeople:
    """Looks people up. Safe for threads: one looks at a time, who would wait goes on without.

    The file of a warehouse is not opened while a run has the home, and never for longer than
    ``seconds``: a run that begins meanwhile opens it later than that.
    """

    def __init__(
        self,
        settings: Settings,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._seconds, self._clock = settings, seconds, clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[float, int | None]] = OrderedDict()

    def find(self, keys: Mapping[str, str]) -> int | None:
        """The one contact with this e-mail (as records are compared) or phone; None for nobody, and
        for keys of two people. Raises TimeoutError where the warehouse has no time.
        """
        key = (keys.get("email", ""), keys.get("phone", ""))
        known = self._kept.get(key)
        if known is not None and known[0] > self._clock():
            return known[1]
        if not self._lock.acquire(timeout=self._seconds):
            raise TimeoutError
        try:
            found = self._ask(key)
            self._kept[key] = (self._clock() + KEPT_SECONDS, found)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        finally:
            self._lock.release()
        return found

    def _ask(self, key: tuple[str, str]) -> int | None:
        warehouse, home = self._settings.warehouse, self._settings.home
        if not warehouse.exists() or lock.is_held(home / lock.LOCK_FILE):
            raise TimeoutError
        try:
            with open_warehouse(warehouse) as session:
                row = self._within(session, key)
        except (SluiceError, WarehouseError):  # locked, interrupted, or no contacts yet
            raise TimeoutError from None
        return int(row[0]) if row[1] == 1 else None

    def _within(self, session: Session, key: tuple[str, str]) -> tuple[int | None, int]:
        timer = threading.Timer(self._seconds, session.interrupt)
        timer.start()
        try:
            found = session.execute(FIND, list(key)).rows[0]
        finally:
            timer.cancel()
        return found[0], int(found[1])
