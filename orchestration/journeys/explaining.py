"""Where a contact stands in the journeys, by which moves, what is next, and why it is not in the
others. Times are naive UTC; no value of the person is shown, only ids and what was decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.models.journey import journey_name
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.absence import why_not
from sluice.orchestration.journeys.figures import Row, built_journeys
from sluice.orchestration.journeys.reading import Journey, read_journeys
from sluice.orchestration.journeys.words import Language, Written, event_words, kind_of, node_words
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
        absent = _absent(settings, session, journeys, rows, contact_id)
        return Explanation(contact_id, rows, list(absent))


def _absent(
    settings: Settings,
    session: Session,
    journeys: Mapping[str, Journey],
    rows: Sequence[Row],
    contact_id: int,
) -> Iterator[Row]:
    zone = str(settings.project.dbt_var("time_zone"))
    built = {journey_name(model) for model in built_journeys(session)}
    for name, journey in journeys.items():
        past = [row for row in rows if row["journey"] == name]
        if all(row["ended_at"] is not None for row in past):
            reason, words = why_not(session, journey, name in built, zone, contact_id, past)
            yield {"journey": name, "reason": reason, "why": words}


def _add_details(
    session: Session, row: Row, journey: Journey | None, contact_id: int, language: Language
) -> None:
    row["moves"] = session.execute(MOVES, [row["enrolment_id"]]).records()
    node = _node_of(journey, row)
    row["what"] = node_words(node, language) if node else None
    row["message"] = None
    if node is not None and kind_of(node) == "message":
        row["message"] = _message(session, row, contact_id)
    row["next"] = _next(row, node, language)


def _node_of(journey: Journey | None, row: Row) -> Written | None:
    """The node as the project has it now; None where it has none, or the enrolment has ended."""
    versions = [one for one in journey.versions if one.number == row["version"]] if journey else []
    nodes = versions[0].written.get("nodes") or {} if versions else {}
    found: Written | None = nodes.get(row["node"])
    return found


def _message(session: Session, row: Row, contact_id: int) -> Row | None:
    campaign = f"{row['journey']}_v{row['version']}_{row['node']}"
    try:
        found = session.execute(MESSAGE, [campaign, contact_id, str(row["enrolment_id"])])
    except UnknownNameError:  # decisions of an earlier version of the product
        return None
    return next(iter(found.records()), None)


def _next(row: Row, node: Written | None, language: Language) -> str | None:
    """What happens next; None where the enrolment has ended."""
    if row["node"] is None:
        return None
    if row["is_stopped"] or node is None:
        return f"nothing, until version {row['version']} has the node {row['node']} again"
    if kind_of(node) == "message":
        return _after_message(row["message"], node)
    following = node.get("next") or "the end"
    if kind_of(node) == "wait_for":
        late = node.get("on_timeout") or "the end"
        event = event_words(str(node["wait_for"]["performed"]), node["wait_for"], language)
        return f"{following} when {event}; else {late} at {_moment(row['due_at'])}"
    if row["due_at"] is not None:
        return f"{following} at {_moment(row['due_at'])}, in the first run from then on"
    return "the next run moves the contact on"


def _after_message(message: Row | None, node: Written) -> str:
    following = node.get("next") or "the end"
    if message is None:
        return "the next run decides about the message"
    if message["decision"] == "hold":
        opens = message["sendable_from"]
        since = f", open from {_moment(opens)}" if opens else ""
        return f"the message is held ({message['reason']}{since}); the next run decides again"
    if message["decision"] == "send" or message["reason"] == "already_sent":
        return f"{following}, in the run after the message was sent"
    policy = node.get("if_suppressed", "skip")
    outcome = {"skip": following, "exit": "the end", "wait": "stays here until it can be sent"}
    return f"{outcome[policy]}, in the next run: it is not sent ({message['reason']})"


def _moment(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
