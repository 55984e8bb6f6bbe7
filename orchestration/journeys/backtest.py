"""A journey tried on the past: what it would have done, day by day, with no effect outside.

Each day is one run at the project's scheduled time, decided as any run is, on a copy of the
warehouse. What is due counts as accepted by its vendor, and nothing is pushed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.backtest_copy import scratch
from sluice.orchestration.journeys.backtest_dbt import (
    TrialDbt,
    build_first_day,
    run_day,
    steps_of_a_day,
)
from sluice.orchestration.journeys.backtest_figures import Backtest, figures, first_event
from sluice.orchestration.journeys.backtest_reactions import Rate, observed_rates, react
from sluice.orchestration.journeys.backtest_trial import Trial
from sluice.orchestration.runs import progress, stopping
from sluice.orchestration.warehouse.base import Session, WarehouseError
from sluice.orchestration.warehouse.reader import open_warehouse

SHOWN_DAYS = 10
# what the journey really sent, by any of its versions, is set aside: it begins anew
OWN = "regexp_matches({column}, '^{journey}_v[0-9]+_')"
SET_ASIDE = """
create schema if not exists backtest;
create or replace table backtest.real_receipts as
    select * from ledger.receipts where kind = 'message' and {own};
delete from ledger.receipts where kind = 'message' and {own};
create or replace table backtest.decisions
    (as_of timestamp, campaign varchar, decision varchar, reason varchar, people bigint)
"""
HISTORIES = {
    ("journeys", "journey_transitions"): "journey = '{journey}'",
    ("journeys", "journey_actions"): "journey = '{journey}'",
    ("journeys", "int_coupons_given"): "journey = '{journey}'",
    ("journeys", "int_owner_assignments"): "journey = '{journey}'",
    ("activation", "int_journey_decisions"): OWN.replace("{column}", "campaign"),
}
# the copy is thrown away: to choose how each column is compressed costs more than it saves
UNCOMPRESSED = "set force_compression = 'uncompressed'"
KEEP_DECISIONS = """insert into backtest.decisions
    select decided_at, campaign, decision, reason, count(*) from activation.message_decisions
    where campaign in ({campaigns}) group by all"""
ACCEPT = """insert into ledger.receipts by name
    select
        (select coalesce(max(receipt_id), 0) from ledger.receipts)
            + row_number() over (order by message_id) as receipt_id,
        message_id as delivery_id, 'backtest' as run_id, decided_at as as_of, 'message' as kind,
        campaign as activation, destination, contact_id as subject_id, 'send' as operation,
        'accepted' as state, decided_at as occurred_at
    from activation.message_decisions
    where decision = 'send' and campaign in ({campaigns})"""


def backtest(
    settings: Settings, trial: Trial, days: Sequence[datetime], assumed: Mapping[str, float]
) -> Backtest:
    """What a journey would have done on these days (aware UTC, in order). ``assumed``: shares of
    people who react to a message, in place of the observed ones. Raises SluiceError.
    """
    try:
        with stopping.stoppable(), tried(settings, trial, days, assumed) as (session, rates):
            return figures(session, trial, days, rates)
    except BaseException as error:
        if stopping.is_asked():  # whatever failed, failed for that
            raise stopping.stopped_error() from error
        if isinstance(error, WarehouseError):
            raise _unreadable(trial, error) from error
        raise


@contextmanager
def tried(
    settings: Settings, trial: Trial, days: Sequence[datetime], assumed: Mapping[str, float]
) -> Iterator[tuple[Session, list[Rate]]]:
    """The warehouse as it stands after these days, while the block runs, and the rates of reactions
    that were assumed.
    """
    moments = [day.replace(tzinfo=None) for day in days]
    zone = ZoneInfo(settings.project.config.schedule.time_zone)
    with scratch(settings, trial.project) as copy:
        dbt = TrialDbt(copy, trial, days[0].astimezone(zone).date())
        progress.tell("decide", f"{trial.model}: the first day, with dbt")
        with open_warehouse(copy.warehouse, read_only=False) as session:
            _require_data(session, moments[-1])
            rates = observed_rates(session, trial, assumed)
            _set_aside(session, trial.journey)
        build_first_day(dbt, moments[0])
        steps = steps_of_a_day(dbt) if len(moments) > 1 else []
        with open_warehouse(copy.warehouse, read_only=False) as session:
            session.native(UNCOMPRESSED)
            _settle(session, trial, rates, moments[0])
            for number, moment in enumerate(moments[1:], 2):
                stopping.check()
                with session.transaction():
                    run_day(session, steps, moment)
                    _settle(session, trial, rates, moment)
                if number % SHOWN_DAYS == 0 or number == len(moments):
                    progress.tell("decide", f"{trial.model}: {number} days of {len(moments)}")
            yield session, rates


def _unreadable(trial: Trial, error: WarehouseError) -> ConfigurationError:
    """Without what the engine said: it may name values of people."""
    return ConfigurationError(
        f"{trial.model} cannot be tried: the warehouse refused a statement"
        f" ({type(error).__name__})",
        "run `sluice run` first, which brings the tables of this version; `sluice doctor` checks"
        " the warehouse",
    )


def _require_data(session: Session, last: datetime) -> None:
    begin = first_event(session)
    if begin is not None and begin > last:
        raise ConfigurationError(
            f"the period is before the data: they begin on {begin:%Y-%m-%d}, and it ends on"
            f" {last:%Y-%m-%d}",
            f"try the journey on days from {begin:%Y-%m-%d} on",
        )


def _set_aside(session: Session, journey: str) -> None:
    for (schema, name), condition in HISTORIES.items():
        if session.has_table(schema, name):
            where = condition.format(journey=journey)
            session.native(f"delete from {schema}.{name} where {where}")
    session.native(SET_ASIDE.format(own=OWN.format(column="activation", journey=journey)))


def _settle(session: Session, trial: Trial, rates: Sequence[Rate], moment: datetime) -> None:
    """What a push would leave behind: receipts, and in time reactions."""
    campaigns = ", ".join(f"'{name}'" for name in trial.campaigns) or "''"
    session.native(KEEP_DECISIONS.format(campaigns=campaigns))
    session.native(ACCEPT.format(campaigns=campaigns))
    react(session, rates, moment)
