"""What a back-test found: its figures by day and node, in total, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from sluice.orchestration.journeys.backtest_reactions import HOURS_LATER, Rate
from sluice.orchestration.journeys.backtest_trial import Trial
from sluice.orchestration.warehouse.base import Session

GOAL, DUE = "goal", "due"
MOVES = """
    select recorded_at, coalesce(to_node, ''), coalesce(from_node, ''), coalesce(reason, ''),
        count(*)
    from journeys.journey_transitions where journey = $1 group by all"""
SENT = """
    select as_of, campaign, reason, people from backtest.decisions
    where decision <> 'suppress' and campaign in (select unnest($1::varchar[]))"""
SUPPRESSED = """
    select decided_at, campaign, reason, count(*) from activation.int_journey_decisions
    where campaign in (select unnest($1::varchar[])) group by all"""
ACTIONS = """
    select recorded_at, node, concat_ws(' ', action, subject), count(*)
    from journeys.journey_actions where journey = $1 group by all"""
OVERLAP = """
with tried as (
    select distinct subject_id from ledger.receipts where run_id = 'backtest'
)
select activation, count(distinct subject_id) from ledger.receipts
where kind = 'message' and run_id <> 'backtest' and as_of between $1 and $2
    and state in ('accepted', 'delivered') and subject_id in (select subject_id from tried)
group by activation order by 2 desc, 1"""
STANDING = """
    select node, count(*) from journeys.journey_positions where journey = $1 group by node"""
FIRST_EVENT = "select min(occurred_at) from contacts.contact_events"
Counts = dict[str, int]


class Figures(BaseModel):
    """Counts of people. ``entered``: arrived at the node. ``suppressed``, ``exits``: by reason,
    what was decided never to send, and how enrolments ended. ``held``: by reason, who waited for
    the message on the day, or in a sum on the last one. ``actions``: what was done besides sending,
    as ``add_tag vip``.
    """

    model_config = ConfigDict(extra="forbid")

    entered: int = 0
    sent: int = 0
    suppressed: Counts = {}
    held: Counts = {}
    actions: Counts = {}
    goal: int = 0
    exits: Counts = {}

    def add(self, other: Figures) -> None:
        """Add those of another day, but for those held."""
        self.entered += other.entered
        self.sent += other.sent
        self.goal += other.goal
        for name in ("suppressed", "actions", "exits"):
            mine: Counts = getattr(self, name)
            for reason, count in getattr(other, name).items():
                mine[reason] = mine.get(reason, 0) + count


class NodeDay(Figures):
    """The figures of a node on a day, the project's date."""

    day: date
    node: str


class Backtest(BaseModel):
    """What one version of a journey would have done in a period."""

    journey: str
    version: int
    project: str
    start: str
    days: list[date]
    by_day: list[NodeDay]
    by_node: dict[str, Figures]
    total: Figures
    standing: Counts  # people who are at a node at the end
    sent_by_channel: Counts
    overlap: Counts  # of the people written to: who got messages of these other campaigns too
    assumptions: list[str]


def figures(
    session: Session, trial: Trial, days: Sequence[datetime], rates: Sequence[Rate]
) -> Backtest:
    """Read the figures from the copy that the days were run on."""
    zone = ZoneInfo(trial.project.config.schedule.time_zone)
    dates = {day.replace(tzinfo=None): day.astimezone(zone).date() for day in days}
    found = _by_day(session, trial, dates)
    by_day = [found[key] for key in sorted(found, key=_in_order(trial))]
    by_node, total = _sums(trial, by_day, list(dates.values()))
    channels: Counts = {}
    for name in trial.campaigns.values():
        channel = trial.message(name).channel
        channels[channel] = channels.get(channel, 0) + by_node[name].sent
    first, last = min(dates), max(dates)
    return Backtest(
        journey=trial.journey,
        version=trial.config.version,
        project=trial.project.config.name,
        start=trial.config.start,
        days=list(dates.values()),
        by_day=by_day,
        by_node=by_node,
        total=total,
        standing=dict(session.execute(STANDING, [trial.journey]).rows),
        sent_by_channel=channels,
        overlap=dict(session.execute(OVERLAP, [first, last]).rows),
        assumptions=_assumptions(session, days, dates[first], rates),
    )


def first_event(session: Session) -> datetime | None:
    """When the first thing that anybody did happened, UTC; None where nothing is known."""
    if not session.has_table("contacts", "contact_events"):
        return None
    moment: datetime | None = session.execute(FIRST_EVENT).rows[0][0]
    return moment


def _in_order(trial: Trial) -> Any:
    order = {name: number for number, name in enumerate(trial.config.nodes)}
    return lambda key: (key[0], order.get(key[1], len(order)))


class _Days:
    """The figures by day and node, as they are counted."""

    def __init__(self, dates: Mapping[datetime, date]) -> None:
        self.dates = dates
        self.found: dict[tuple[date, str], NodeDay] = {}

    def at(self, moment: datetime, node: str) -> NodeDay:
        """Those of a node at a logical time."""
        key = (self.dates[moment], node)
        return self.found.setdefault(key, NodeDay(day=key[0], node=node))


def _by_day(
    session: Session, trial: Trial, dates: Mapping[datetime, date]
) -> dict[tuple[date, str], NodeDay]:
    days, nodes = _Days(dates), trial.campaigns
    for moment, to_node, from_node, reason, count in session.execute(MOVES, [trial.journey]).rows:
        if to_node:
            days.at(moment, to_node).entered += count
        elif reason == GOAL:
            days.at(moment, from_node).goal += count
        else:
            exits = days.at(moment, from_node).exits
            exits[reason] = exits.get(reason, 0) + count
    for moment, campaign, reason, count in session.execute(SENT, [list(nodes)]).rows:
        figure = days.at(moment, nodes[campaign])
        if reason == DUE:
            figure.sent += count
        else:
            figure.held[reason] = count
    for moment, campaign, reason, count in session.execute(SUPPRESSED, [list(nodes)]).rows:
        days.at(moment, nodes[campaign]).suppressed[reason] = count
    for moment, node, action, count in session.execute(ACTIONS, [trial.journey]).rows:
        days.at(moment, node).actions[action] = count
    return days.found


def _sums(
    trial: Trial, by_day: Sequence[NodeDay], dates: Sequence[date]
) -> tuple[dict[str, Figures], Figures]:
    by_node, total = {name: Figures() for name in trial.config.nodes}, Figures()
    for one in by_day:
        by_node[one.node].add(one)
        total.add(one)
    last = {one.node: one.held for one in by_day if one.day == dates[-1]}
    for name, figure in by_node.items():
        figure.held = last.get(name, {})
        for reason, count in figure.held.items():
            total.held[reason] = total.held.get(reason, 0) + count
    total.entered = by_node[trial.config.start].entered
    return by_node, total


def _assumptions(
    session: Session, days: Sequence[datetime], first: date, rates: Sequence[Rate]
) -> list[str]:
    times = f"{days[0]:%H:%M} UTC"
    said = [
        f"one run a day, the last of the schedule ({times} on the first day); each message that is"
        " due counts as accepted by its vendor",
        f"triggers count from {first} on, whatever starts_on says, and nobody is inside before",
        "people, their attributes, merges, suppressions, pauses and approvals are those of today;"
        " events, segments, scores and consent are those of each day",
        "what other campaigns and journeys really sent counts under the caps; they send nothing"
        " else",
        *(rate.words() for rate in rates),
    ]
    if any(rate.share for rate in rates):
        said.append(
            f"an assumed reaction comes {HOURS_LATER} hour after the message; who reacts is drawn"
            " by a stable hash; reactions to what was really sent are the real ones"
        )
    begin = first_event(session)
    if begin is None:
        said.append("no event is known, so nothing happens that waits for one")
    elif begin > days[0].replace(tzinfo=None):
        said.append(f"the data begin on {begin:%Y-%m-%d}: before it nothing happens")
    return said
