"""``sluice correct``: a golden value that is wrong is set by hand, with proof; it wins over every
source until it is withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sluice.activations.addresses import e164, normalised
from sluice.activations.ledger.store import Ledger
from sluice.models.errors import ConfigurationError
from sluice.orchestration.inspection.contact import find_contacts
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.push.pauses import person as who_am_i
from sluice.orchestration.rights.person import collect
from sluice.orchestration.warehouse.reader import open_warehouse

FIELDS = (
    "full_name", "email", "phone", "company", "industry", "company_size", "job_title", "budget",
    "gender", "birth_date", "address", "postcode", "province", "city", "country",
    "acquisition_source", "owner_id", "language",
)  # fmt: skip
OWN = "select distinct attribute from contacts.contact_attributes order by attribute"
LONGEST = 1000


def correct(
    settings: Settings, ledger: Ledger, key: str, values: Mapping[str, str], reason: str
) -> list[dict[str, Any]]:
    """Keep corrections of one contact; they hold from the next run on. Returns what was kept.
    Raises ConfigurationError for a field or value that cannot be, or a key of several people.
    """
    contact, _ = one_contact(settings, key)
    known = [*FIELDS, *_own_attributes(settings)]
    checked = {name: _checked(name, value, known) for name, value in values.items()}
    now = datetime.now(UTC)
    return [
        {
            "correction_id": ledger.correct(contact, name, value, who_am_i(), reason, now),
            "contact_id": contact,
            "field": name,
        }
        for name, value in checked.items()
    ]


def withdraw(
    settings: Settings, ledger: Ledger, key: str, names: list[str], reason: str
) -> list[dict[str, Any]]:
    """Take corrections back: from the next run on the sources decide again. Raises
    ConfigurationError where there is none.
    """
    contact, ids = one_contact(settings, key)
    now = datetime.now(UTC)
    done = []
    for name in names:
        if not ledger.withdraw_corrections(ids, name, who_am_i(), reason, now):
            raise ConfigurationError(
                f"{name} of this contact is not corrected", "`sluice contact KEY` shows what is"
            )
        done.append({"contact_id": contact, "field": name, "withdrawn": True})
    return done


def one_contact(settings: Settings, key: str) -> tuple[int, list[int]]:
    """The contact, and the ids that it has or had."""
    found = find_contacts(settings.warehouse, key)
    if not found:
        raise ConfigurationError(
            "nobody is known by this key",
            "give an e-mail, phone, unionid, cookie, record id or contact id as a source wrote it",
        )
    if len(found) > 1:
        raise ConfigurationError(
            f"{len(found)} contacts are known by this key",
            f"name one of them by its contact id: {', '.join(map(str, found))}",
        )
    with open_warehouse(settings.warehouse) as session:
        return found[0], collect(session, found).contact_ids


def _own_attributes(settings: Settings) -> list[str]:
    with open_warehouse(settings.warehouse) as session:
        if not session.has_table("contacts", "contact_attributes"):
            return []
        return [str(row[0]) for row in session.execute(OWN).rows]


def _checked(name: str, value: str, known: list[str]) -> str:
    if name not in known:
        raise ConfigurationError(
            f"there is no field '{name}' of a golden record", f"use one of {', '.join(known)}"
        )
    text = " ".join(value.split())
    problem = ""
    if not text or len(text) > LONGEST:
        problem = f"has between 1 and {LONGEST} characters"
    elif name == "email":
        text = normalised("email", text)
        local, at, domain = text.rpartition("@")
        problem = (
            "" if local and at and "." in domain and " " not in text else "is an e-mail address"
        )
    elif name == "phone":
        text, problem = (e164(text) or text), "" if e164(text) else "is a phone number"
    elif name == "birth_date":
        try:
            text = date.fromisoformat(text).isoformat()
        except ValueError:
            problem = "is a date, YYYY-MM-DD"
    if problem:
        raise ConfigurationError(f"the value of {name} cannot be used", f"give one that {problem}")
    return text
