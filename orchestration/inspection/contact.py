"""All that is known of one person, from any identifier: what ``sluice contact`` shows."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from sluice.activations.addresses import mailbox, normalised
from sluice.models.errors import ConfigurationError
from sluice.orchestration.inspection.contact_parts import PARTS
from sluice.orchestration.warehouse.base import (
    MissingTableError,
    UnknownNameError,
    Warehouse,
)
from sluice.orchestration.warehouse.reader import open_warehouse

FIND = """
with keys as (select unnest($1::varchar[]) as key)
select contact_id from identity.identity_map where cast(contact_id as varchar) in (select key
    from keys)
union select contact_id from identity.contact_aliases
    where cast(retired_contact_id as varchar) in (select key from keys)
union select contact_id from identity.identity_map where record_id in (select key from keys)
union select contact_id from identity.identity_map where source || ':' || record_id in (select key
    from keys)
union select contact_id from contacts.contact_identifiers where identifier_value in (select key
    from keys)
"""


def spellings(key: str) -> list[str]:
    """The forms in which an identifier a person typed may stand in the warehouse."""
    text = key.strip()
    digits = re.sub(r"\D", "", text)
    found = [text, text.lower(), text.lower().replace("mailto:", "")]
    if "@" in text:
        address = re.sub("^mailto:", "", text, flags=re.IGNORECASE)
        found += [normalised("email", address), mailbox(address)]
    if len(digits) >= 7 and "@" not in text:
        found += [
            f"+{digits}",
            f"+86{digits}",
            f"+86{digits.removeprefix('0')}",
            f"+{digits.removeprefix('00')}",
        ]
    return list(dict.fromkeys(found))


def find_contacts(warehouse: Warehouse, key: str) -> list[int]:
    """The contacts an identifier, record id (also ``source:record_id``), contact id or retired id
    belongs to.
    """
    with open_warehouse(warehouse) as connection:
        try:
            return sorted(
                int(row[0]) for row in connection.execute(FIND, [spellings(key)]).fetchall()
            )
        except MissingTableError as error:
            raise ConfigurationError(
                "this home has no contacts yet", "run `sluice run` first, or set SLUICE_HOME"
            ) from error


def describe_contact(warehouse: Warehouse, contact_id: int) -> dict[str, Any]:
    """Every part as a list of rows; a part whose tables are not there is left out.

    Times are UTC.
    """
    parts: dict[str, Any] = {"contact_id": contact_id}
    with open_warehouse(warehouse) as connection:
        for name, sql in PARTS.items():
            try:
                found = connection.execute(sql, [contact_id]).records()
            except UnknownNameError:  # not built yet, or by an earlier version
                continue
            parts[name] = [{key: _plain(value) for key, value in row.items()} for row in found]
    return parts


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value
