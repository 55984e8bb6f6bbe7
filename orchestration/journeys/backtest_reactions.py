"""Who opens and clicks the messages of a back-test. Reactions to a message that was really sent are
the real ones. To one that was never sent they are assumed: at the rate of like messages in the
history, or at a given one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sluice.models.errors import ConfigurationError
from sluice.orchestration.journeys.backtest_trial import Trial
from sluice.orchestration.warehouse.base import Session

EVENTS = {
    "email": {"opened": "email_opened", "clicked": "email_clicked"},
    "sms": {"clicked": "sms_clicked"},
}
REACTIONS = ("opened", "clicked")
HOURS_LATER = 1
OBSERVED = """
with sent as (
    select distinct r.delivery_id
    from ledger.receipts as r
    inner join activation.int_campaigns as c on r.activation = c.campaign
    where r.kind = 'message' and r.state in ('accepted', 'delivered')
        and c.channel = $1 and c.purpose = $2
)
select
    count(*),
    count(*) filter (where delivery_id in (
        select delivery_id from ledger.message_events where event_type = $3 and not is_machine))
from sent"""
# one draw a message for all its reactions: who clicks is among those who open
REACT = """insert into ledger.message_events by name
    select
        (select coalesce(max(event_id), 0) from ledger.message_events)
            + row_number() over (order by r.delivery_id) as event_id,
        r.delivery_id, '{event}' as event_type, false as is_machine,
        r.as_of + interval '{hours}' hour as occurred_at,
        r.as_of + interval '{hours}' hour as heard_at
    from ledger.receipts as r
    where r.as_of = timestamp '{moment}' and r.run_id = 'backtest'
        and r.activation in ({campaigns})
        and ('0x' || md5('reaction ' || r.delivery_id)[:8])::bigint < {share} * 4294967296
        and r.delivery_id not in (select delivery_id from backtest.real_receipts)"""


@dataclass(frozen=True)
class Rate:
    """The share of people who react to a message of a channel and a purpose; ``messages``: how many
    like messages it was observed on, None where it was given.
    """

    channel: str
    purpose: str
    reaction: str
    share: float
    messages: int | None
    campaigns: tuple[str, ...]

    def words(self) -> str:
        """The assumption in words."""
        of = f"{self.purpose} messages by {self.channel}"
        if self.messages is None:
            return f"{self.share:.1%} of the {of} are {self.reaction}, as given with --assume"
        if not self.messages:
            return (
                f"no {of} were sent yet, so none is {self.reaction};"
                f" give a rate with --assume {self.reaction}=0.2"
            )
        return (
            f"{self.share:.1%} of the {of} are {self.reaction}, as of {self.messages} that were"
            " sent"
        )


def parse_rates(text: str) -> dict[str, float]:
    """``opened=0.2,clicked=0.03`` as shares. Raises ConfigurationError."""
    found: dict[str, float] = {}
    for part in (one.strip() for one in text.split(",") if one.strip()):
        name, _, value = part.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            found[name.strip()] = -1.0
        if name.strip() not in REACTIONS or not 0 <= found[name.strip()] <= 1:
            raise ConfigurationError(
                f"--assume {part} is no rate of a reaction",
                f"write {' or '.join(REACTIONS)}, and a share from 0 to 1:"
                " --assume opened=0.2,clicked=0.03",
            )
    return found


def observed_rates(session: Session, trial: Trial, assumed: Mapping[str, float]) -> list[Rate]:
    """The rates of each channel and purpose of the journey's messages, given or observed."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for campaign, name in trial.campaigns.items():
        message = trial.message(name)
        kinds.setdefault((message.channel, message.purpose), []).append(campaign)
    return [
        _rate(session, channel, purpose, reaction, event, assumed, tuple(campaigns))
        for (channel, purpose), campaigns in kinds.items()
        for reaction, event in EVENTS.get(channel, {}).items()
    ]


def react(session: Session, rates: Sequence[Rate], moment: datetime) -> None:
    """Write the reactions to what was sent at a logical time."""
    for rate in (one for one in rates if one.share):
        campaigns = ", ".join(f"'{name}'" for name in rate.campaigns)
        session.native(
            REACT.format(
                event=EVENTS[rate.channel][rate.reaction],
                hours=HOURS_LATER,
                moment=f"{moment:%Y-%m-%d %H:%M:%S}",
                campaigns=campaigns,
                share=rate.share,
            )
        )


def _rate(
    session: Session,
    channel: str,
    purpose: str,
    reaction: str,
    event: str,
    assumed: Mapping[str, float],
    campaigns: tuple[str, ...],
) -> Rate:
    if reaction in assumed:
        return Rate(channel, purpose, reaction, assumed[reaction], None, campaigns)
    sent, reacted = 0, 0
    if session.has_table("activation", "int_campaigns"):
        ((sent, reacted),) = session.execute(OBSERVED, [channel, purpose, event]).rows
    return Rate(channel, purpose, reaction, reacted / sent if sent else 0.0, sent, campaigns)
