"""What objects and the fields of a deal are called in a CRM whose tenants rename them."""

from __future__ import annotations

from collections.abc import Mapping


def renamed(given: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
    """The default names of objects, with those that are given in their place or besides. Raises
    ValueError for an object without a name.
    """
    found = {**defaults, **given}
    nameless = [name for name, own in found.items() if not own.strip()]
    if nameless:
        raise ValueError(f"{', '.join(nameless)} has no name: write what it is called there")
    return found


def over_defaults(given: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
    """The default fields, with those that are given in their place or besides; one that is given
    as '' is not read. Raises ValueError where stage or updated_at would not be.
    """
    found = {name: field for name, field in {**defaults, **given}.items() if field}
    for name in ("stage", "updated_at"):
        if name in defaults and name not in found:
            raise ValueError(f"{name} is always read: name its field")
    return found
