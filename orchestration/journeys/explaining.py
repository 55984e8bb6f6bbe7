"""Where a contact stands in the journeys, by which moves, what is next, and why it is not in the
others. Times are naive UTC; no value of the person is shown, only ids and what was decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.models.journey import campaign_name, journey_name
from sluice.models.journey_nodes import OFFERS
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.absence import Asked, why_not
from sluice.orchestration.journeys.figures import Row, built_journeys, last_run
from sluice.orchestration.journeys.reading import Journey, Version, read_journeys
from sluice.orchestration.journeys.sentences import sentence
from sluice.orchestration.journeys.words import (
    Language,
    Written,
    event_words,
    kind_of,
    moment_words,
    node_words,
    reason_words,
)
from sluice.orchestration.warehouse.base import MissingTableError, Session, UnknownNameError
from sluice.orchestration.warehouse.reader import open_warehouse

ENROLMENTS = """
select
    e.journey,
    e.version,
    e.enrolment_id,
    e.entered_at,
    e.ended_at,
    e.end_reason,
    p.node,
    p.arrived_at as since,
    p.due_at,
    p.is_stopped
from journeys.journey_enrolments as e
left join journeys.journey_positions as p on e.enrolment_id = p.enrolment_id
where e.contact_id = $1
order by e.entered_at, e.enrolment_id
"""
MOVES = """
select step, from_node, to_node, reason, moved_at
from journeys.journey_transitions
where enrolment_id = $1
order by step
"""
MESSAGE = """
select campaign, decision, reason, sendable_from, decided_at
from activation.message_decisions
where campaign = $1 and contact_id = $2 and occurrence = $3
"""


@dataclass(frozen=True)
class Explanation:
    """A contact's enrolments, ended ones too, and the journeys the contact is not in now."""

    contact_id: int
    enrolments: Sequence[Row]
    not_in: Sequence[Row]

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "contact_id": self.contact_id,
            "enrolments": list(self.enrolments),
            "not_in": list(self.not_in),
        }


def explain_contact(
    settings: Settings, manifest: Mapping[str, Any], contact_id: int, language: Language = "en"
) -> Explanation:
    """All that the rows say of one contact. Raises ConfigurationError where no run has built the
    tables of journeys yet.
    """
    journeys = {one.name: one for one in read_journeys(manifest)}
    with open_warehouse(settings.warehouse) as session:
        try:
            rows = session.execute(ENROLMENTS, [contact_id]).records()
        except MissingTableError as error:
            raise ConfigurationError(
                "no run has moved contacts through journeys in this home yet", "run `sluice run`"
            ) from error
        for row in rows:
            _add_details(session, row, journeys.get(row["journey"]), contact_id, language)
        as_of = last_run(settings, session) or datetime.max
        zone = str(settings.project.dbt_var("time_zone"))
        asked = Asked(contact_id, rows, zone, as_of, language)
        return Explanation(contact_id, rows, list(_absent(session, journeys, asked)))


def _absent(session: Session, journeys: Mapping[str, Journey], asked: Asked) -> Iterator[Row]:
    built = {journey_name(model) for model in built_journeys(session)}
    for name, journey in journeys.items():
        past = [row for row in asked.past if row["journey"] == name]
        if all(row["ended_at"] is not None for row in past):
            one = replace(asked, past=past)
            reason, words = why_not(session, journey, name in built, one)
            yield {"journey": name, "reason": reason, "why": words}


def _add_details(
    session: Session, row: Row, journey: Journey | None, contact_id: int, language: Language
) -> None:
    row["moves"] = session.execute(MOVES, [row["enrolment_id"]]).records()
    version = _version_of(journey, row)
    node = _written_node(version, row["node"]) if version else None
    row["what"] = node_words(node, language) if node else None
    row["message"] = None
    if node is not None and kind_of(node) == "message":
        row["message"] = _message(session, row, contact_id)
    is_broken = version is not None and version.config is None
    row["next"] = sentence("broken", language) if is_broken else next_words(row, node, language)


def _version_of(journey: Journey | None, row: Row) -> Version | None:
    """The version of an enrolment that goes on; None where the project has it no more."""
    versions = journey.versions if journey is not None and row["node"] is not None else ()
    return next((one for one in versions if one.number == row["version"]), None)


def _written_node(version: Version, name: str) -> Written | None:
    """A node as its yml has it; None where it is none, or wrong from the ground up."""
    nodes = version.written.get("nodes")
    node = nodes.get(name) if isinstance(nodes, Mapping) else None
    return node if isinstance(node, Mapping) else None


def _message(session: Session, row: Row, contact_id: int) -> Row | None:
    campaign = campaign_name(row["journey"], row["version"], row["node"])
    try:
        found = session.execute(MESSAGE, [campaign, contact_id, str(row["enrolment_id"])])
    except UnknownNameError:  # decisions of an earlier version of the product
        return None
    return next(iter(found.records()), None)


def next_words(row: Row, node: Written | None, language: Language) -> str | None:
    """What happens next; None where the enrolment has ended."""
    if row["node"] is None:
        return None
    if row["is_stopped"] or node is None:
        return sentence("stopped", language, row["version"], row["node"])
    end = sentence("the_end", language)
    following = node.get("next") or end
    if kind_of(node) == "message":
        return _after_message(row["message"], node, following, language)
    if kind_of(node) == "action" and set(node["action"]) & set(OFFERS):
        return sentence("none_left", language, _offered(node["action"]))
    if row["due_at"] is None:
        return sentence("next_run", language)
    due = moment_words(row["due_at"])
    if kind_of(node) == "wait_for":
        event = event_words(str(node["wait_for"]["performed"]), node["wait_for"], language)
        return sentence("when_else", language, following, event, node.get("on_timeout") or end, due)
    return sentence("at", language, following, due)


def _offered(action: Written) -> str:
    """The pool or team of an action."""
    ((_, value),) = action.items()
    return str(value.get("team")) if isinstance(value, Mapping) else str(value)


def _after_message(message: Row | None, node: Written, following: str, language: Language) -> str:
    if message is None:
        return sentence("undecided", language)
    code, opens = message["reason"], message["sendable_from"]
    reason = reason_words(code, language)
    if message["decision"] == "hold" and opens is not None:
        return sentence("held_until", language, reason, moment_words(opens))
    if message["decision"] == "hold":
        return sentence("held", language, reason)
    if message["decision"] == "send" or code == "already_sent":
        return sentence("sent", language, following)
    policy = node.get("if_suppressed", "skip")
    if policy == "wait":
        return sentence("waits", language, reason)
    if elsewhere := node.get("on_suppressed"):
        return sentence("not_sent", language, elsewhere, reason)
    target = following if policy == "skip" else sentence("the_end", language)
    return sentence("not_sent", language, target, reason)
