"""How long rows are kept: what a person wrote, said or agreed to goes by no age."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sluice.models.errors import ConfigurationError
from sluice.orchestration.rights.keeping import Rule, rules_of

MANIFEST: dict[str, Any] = {
    "nodes": {},
    "sources": {
        "source.acme.web.ev_web": {"source_name": "web", "name": "ev_web", "schema": "raw"},
        "source.sluice.inbox.events": {"source_name": "inbox", "name": "events", "schema": "inbox"},
    },
}


def declared(**tables: int) -> Any:
    said = {name.replace("__", "."): days for name, days in tables.items()}
    config = SimpleNamespace(retention=SimpleNamespace(tables=said))
    return SimpleNamespace(
        project=SimpleNamespace(config=config), warehouse=SimpleNamespace(can_erase=True)
    )


def test_events_of_a_source_go_by_age() -> None:
    assert rules_of(declared(raw__ev_web=400), MANIFEST) == [Rule("raw.ev_web", 400)]


@pytest.mark.parametrize(
    "table", ["inbox__events", "inbox__preferences", "contacts__contact_chats", "inbox__consents"]
)
def test_what_people_wrote_and_stated_is_kept_for_good(table: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot go by age"):
        rules_of(declared(**{table: 30}), MANIFEST)
