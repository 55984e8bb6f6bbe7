"""What a score may not learn from: personal data, what a rule could not ask of a contact, what a
user excludes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from sluice.orchestration.installation.project import PACKAGE_PROJECT

NEVER = {"full_name", "email", "phone", "unionid", "address", "birth_date", "owner_id"}
CONTACTS = PACKAGE_PROJECT / "models" / "contacts"
UNSPEAKABLE = r"@|\d{7,}|[{}]"  # like an address or a number of a person; braces are dbt's


def never_used() -> set[str]:
    """Columns of dim_contacts that are personal data, by its yml and by name."""
    columns = _columns(CONTACTS / "dim_contacts.yml")
    return NEVER | {name for name, meta in columns.items() if meta.get("personal_data")}


def asked_by_rules() -> set[str] | None:
    """The columns that a rule of a live card can ask of a contact; None when the project does not
    say.
    """
    path = CONTACTS / "contact_facts.yml"
    return set(_columns(path)) if path.is_file() else None


def is_speakable(text: object) -> bool:
    """Whether a value may stand in a rule."""
    return not re.search(UNSPEAKABLE, str(text))


def _columns(path: Path) -> dict[str, dict[str, Any]]:
    """column -> its meta."""
    models = yaml.safe_load(path.read_text(encoding="utf-8"))["models"] if path.is_file() else []
    return {
        column["name"]: (column.get("config") or {}).get("meta") or column.get("meta") or {}
        for model in models
        for column in model.get("columns", [])
    }
