"""What a playbook needs of a project, and whether it is there: in the tables of the last run, else
as a word in the staging models.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sluice.models.journey import JourneyConfig
from sluice.models.journey_nodes import Message
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.authoring.playbooks.library import Playbook
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.warehouse.reader import has_table, query

EVENTS = "select distinct event_type from contacts.contact_events where not is_machine"
ATTRIBUTES = "select distinct attribute from contacts.contact_attributes"
CONSENTS = (
    "select distinct channel from contacts.contact_consents"
    " where purpose = 'marketing' and status = 'granted'"
)
STAGING = "models/staging/<source>/stg_<source>__"


@dataclass(frozen=True)
class Need:
    """One thing a playbook needs. ``where``: where to add it."""

    kind: str
    name: str
    what: str
    where: str
    is_there: bool

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def needs_of(settings: Settings, playbook: Playbook, journey: JourneyConfig) -> list[Need]:
    """Everything the playbook needs, and whether the project has it."""
    return [
        *_data(settings, playbook),
        *_consents(settings, journey),
        *_project(settings, playbook),
        *_destinations(settings, journey),
    ]


def _data(settings: Settings, playbook: Playbook) -> Iterator[Need]:
    needs = playbook.description.needs
    seen = _values(settings, "contact_events", EVENTS) if needs.events else set()
    words = _words(settings, "events")
    for name, what in needs.events.items():
        yield Need("event", name, what, f"{STAGING}events.sql", name in seen or name in words)
    known = _values(settings, "contact_attributes", ATTRIBUTES) if needs.attributes else set()
    words = _words(settings, "contacts")
    for name, what in needs.attributes.items():
        where = f"attributes= of contact_record() in {STAGING}contacts.sql"
        yield Need("attribute", name, what, where, name in known or name in words)


def _consents(settings: Settings, journey: JourneyConfig) -> Iterator[Need]:
    channels = {one.channel for one in _messages(journey) if one.purpose == "marketing"}
    given = _values(settings, "contact_consents", CONSENTS) if channels else set()
    words = _words(settings, "consents")
    for channel in sorted(channels):
        what = f"consent to marketing on the channel {channel}: without it no message goes out"
        is_there = channel in given or f"'{channel}'" in words
        yield Need("consent", channel, what, f"{STAGING}consents.sql", is_there)


def _project(settings: Settings, playbook: Playbook) -> Iterator[Need]:
    needs = playbook.description.needs
    models = RawProject(settings.project.dbt_folder, settings.project.package)
    for name, what in needs.scores.items():
        model = f"scorecard_{name}"
        where = models.switched_off.get(model, f"models/scoring/{model}.sql")
        yield Need("score", name, what, f"dbt_project.yml, {where}", model in models.models)
    for name, value in needs.vars.items():
        is_there = bool(settings.project.dbt_var(name))
        yield Need("var", name, value, f"dbt_project.yml, vars: {name}: {value}", is_there)


def _destinations(settings: Settings, journey: JourneyConfig) -> Iterator[Need]:
    said = settings.project.config
    for name in sorted({one.destination for one in _messages(journey)}):
        what = "its settings, before delivery is live; the sandbox needs none"
        is_there = name in said.destinations or settings.delivery == "sandbox"
        yield Need("destination", name, what, f"sluice.yml, destinations: {name}:", is_there)


def _messages(journey: JourneyConfig) -> list[Any]:
    return [node.message for node in journey.nodes.values() if isinstance(node, Message)]


def _values(settings: Settings, table: str, sql: str) -> set[str]:
    """What the table of the last run has; nothing before the first."""
    warehouse = settings.warehouse
    if not warehouse.exists() or not has_table(warehouse, "contacts", table):
        return set()
    return {str(row[0]) for row in query(warehouse, sql)}


def _words(settings: Settings, kind: str) -> str:
    """The staging models of a kind, as text."""
    folders = settings.project.own_staging_folders().values()
    files = [path for folder in folders for path in sorted(folder.glob(f"stg_*__{kind}.sql"))]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)
