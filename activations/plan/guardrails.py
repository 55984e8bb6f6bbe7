"""Guardrails: what must not be sent unchecked, checked from figures alone.

Pure: no clock, no connection, no file.

A guardrail that trips stops its own activation, and no other, until a person approves it by name
and with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any, Literal

from sluice.models.config import GuardrailConfig
from sluice.models.plan import GuardrailCheck

ALL = "all"  # an approval of every guardrail of an activation
APPROVAL = "approval"  # an approval of a campaign above its size, which the decisions read


@dataclass(frozen=True, slots=True)
class SourceAge:
    """How old what an activation reads is: hours between its newest data and the run, and the hours
    it may be (None: any).
    """

    table: str
    hours: float
    limit_hours: float | None


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures of one activation in one run.

    ``rest``: of the due ``operations`` those of a plan that was let through and cut off: they are
    checked as done. ``held``: rows its destination acknowledged and has not lost. ``wanted``: rows
    the sync gives. ``deletes``: exits that delete at the destination. ``segment_*``: the campaign's
    segment when the campaign last went through (None: never), and who came and went since.
    ``volumes``: what its earlier runs planned, blocked ones left out. ``template_problems``: of the
    variants that were rendered. ``model``: the name of its files.
    """

    activation: str
    model: str
    kind: Literal["message", "sync"]
    destination: str
    operations: Mapping[str, int] = field(default_factory=dict)
    rest: Mapping[str, int] = field(default_factory=dict)
    deletes: int = 0
    wanted: int = 0
    held: int = 0
    segment: str | None = None
    segment_before: int | None = None
    segment_entered: int = 0
    segment_exited: int = 0
    cost: float = 0.0
    currency: str = "CNY"
    sources: Sequence[SourceAge] = ()
    templates: int = 0
    template_problems: Sequence[str] = ()
    untold: Sequence[str] = ()
    is_first_sync_allowed: bool = False
    duplicate_addresses: int = 0
    volumes: Sequence[int] = ()
    is_marketing: bool = True

    @property
    def due(self) -> int:
        """Messages or operations due."""
        return sum(self.operations.values())

    @property
    def new(self) -> Mapping[str, int]:
        """What is due by operation, without the rest of a plan that was cut off."""
        return {name: count - self.rest.get(name, 0) for name, count in self.operations.items()}

    @property
    def new_due(self) -> int:
        """How many those are."""
        return sum(self.new.values())

    @property
    def completed(self) -> int:
        """What the destination will hold of a sync when the rest of the plan that was cut off is
        done.
        """
        return self.held + self.rest.get("entered", 0) - self.rest.get("exited", 0)

    @property
    def entering(self) -> tuple[int, int | None]:
        """How many enter, and into how many."""
        return (
            (self.segment_entered, self.segment_before)
            if self.segment
            else (self.new.get("entered", 0), self.completed)
        )

    @property
    def exiting(self) -> tuple[int, int | None]:
        """How many exit, and out of how many."""
        return (
            (self.segment_exited, self.segment_before)
            if self.segment
            else (self.new.get("exited", 0), self.completed)
        )


Rule = Callable[[Facts, GuardrailConfig], GuardrailCheck]


def check(facts: Facts, config: GuardrailConfig) -> list[GuardrailCheck]:
    """What every guardrail of the activation's kind says, in the order of docs/guardrails.md."""
    return [rule(facts, config) for rule in (SYNC_RULES if facts.kind == "sync" else MESSAGE_RULES)]


def first_sync(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """A sync with no acknowledged state creates more than its limit: by default anything, since
    nobody has seen it work yet. The sync declares its size, or the input folder that first syncs
    are allowed.
    """
    if facts.completed > 0:
        of_plan = ", those of a plan that was cut off included" if facts.rest else ""
        return _off(
            facts,
            "first_sync",
            f"{facts.destination} holds {facts.completed:,} rows of it{of_plan}",
        )
    is_allowed = facts.is_first_sync_allowed and "first_sync" not in config.model_fields_set
    if is_allowed or config.first_sync == "allowed":
        return _off(facts, "first_sync", "declared as allowed")
    entered = facts.new.get("entered", 0)
    words = (
        f"{facts.destination} holds nothing of it yet, the first sync would create {entered:,} rows"
        " there"
    )
    return _within_limit(facts, "first_sync", entered, config.first_sync, words)


def share_entering(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """More enters than a share of what is there."""
    return _share(
        facts, "share_entering", *facts.entering, config.share_entering, config.share_minimum
    )


def share_exiting(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """More exits than a share of what is there."""
    return _share(
        facts, "share_exiting", *facts.exiting, config.share_exiting, config.share_minimum
    )


def max_operations(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """More operations in one run than the limit."""
    return _within_limit(
        facts,
        "max_operations",
        facts.new_due,
        config.max_operations,
        f"{_due(facts)} operations are due",
    )


def max_messages(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """More messages in one run than the limit."""
    return _within_limit(
        facts, "max_messages", facts.new_due, config.max_messages, f"{_due(facts)} messages are due"
    )


def max_deletes(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """More rows would be deleted at the destination than the limit, however small a share they
    are.
    """
    return _within_limit(
        facts,
        "max_deletes",
        facts.deletes,
        config.max_deletes,
        f"{facts.deletes:,} rows would be deleted",
    )


def max_cost(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """The run would cost more than the limit, by the price in the destination's settings."""
    words = f"it would cost {facts.cost:,.2f} {facts.currency}"
    return _within_limit(facts, "max_cost", facts.cost, config.max_cost, words)


def empty_source(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """Nothing is wanted where the destination holds rows: more likely the source broke than all
    customers left.
    """
    if not config.empty_source:
        return _off(facts, "empty_source", "switched off")
    words = f"the sync gives {facts.wanted:,} rows, and {facts.destination} holds {facts.held:,}"
    return _check(
        facts, "empty_source", facts.wanted == 0 and facts.held > 0, words, facts.wanted, None
    )


def stale_source(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """What it reads is older than its source, or the guardrail, allows.

    Nothing due is nothing to stop.
    """
    limited = [(one, one.limit_hours or config.stale_source_hours) for one in facts.sources]
    over = [(one.hours / limit, one, limit) for one, limit in limited if limit is not None]
    if not over:
        return _off(facts, "stale_source", "no freshness is declared for what it reads")
    _, worst, limit = max(over, key=lambda found: found[0])
    words = f"the newest data of {worst.table} are {worst.hours:,.1f} hours old"
    return _check(
        facts, "stale_source", facts.due > 0 and worst.hours > limit, words, worst.hours, limit
    )


def template(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """A template that is missing, or cannot be filled in with a message of the run."""
    if not config.template:
        return _off(facts, "template", "switched off")
    problems = len(facts.template_problems)
    words = "; ".join(facts.template_problems) or f"{facts.templates} variants can be rendered"
    return _check(facts, "template", problems > 0, words, problems, None)


def engagement(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """Its segments ask who opened or clicked, and nobody tells: those who did not are not known."""
    if not config.engagement:
        return _off(facts, "engagement", "switched off")
    if not facts.untold:
        return _off(facts, "engagement", "nothing is asked that is not reported")
    count = len(facts.untold)
    return _check(facts, "engagement", facts.due > 0, "; ".join(facts.untold), count, None)


def duplicate_addresses(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """An address would get two messages of one marketing campaign in one run."""
    if not facts.is_marketing:
        return _off(
            facts, "duplicate_addresses", "it is transactional: two orders are two messages"
        )
    words = f"{facts.duplicate_addresses:,} addresses would get two or more messages of it"
    return _within_limit(
        facts, "duplicate_addresses", facts.duplicate_addresses, config.duplicate_addresses, words
    )


def volume(facts: Facts, config: GuardrailConfig) -> GuardrailCheck:
    """Much more is due than in its own earlier runs: their median, so that one large day is no
    measure.
    """
    if config.volume_times is None:
        return _off(facts, "volume", "switched off")
    if len(facts.volumes) < config.volume_runs:
        return _off(
            facts,
            "volume",
            f"{len(facts.volumes)} earlier runs, it takes {config.volume_runs} to compare",
        )
    usual = float(median(facts.volumes))
    limit = max(config.volume_times * usual, float(config.volume_minimum))
    words = (
        f"{_due(facts)} are due, and the median of {len(facts.volumes)} earlier runs is"
        f" {usual:,.0f}"
    )
    is_tripped = facts.new_due >= config.volume_minimum and facts.new_due > limit
    return _check(facts, "volume", is_tripped, words, facts.new_due, limit)


SYNC_RULES: tuple[Rule, ...] = (
    first_sync, share_entering, share_exiting, max_operations, max_deletes, max_cost, empty_source,
    stale_source, volume,
)  # fmt: skip
MESSAGE_RULES: tuple[Rule, ...] = (
    share_entering, share_exiting, max_messages, max_cost, template, engagement,
    duplicate_addresses, stale_source, volume,
)  # fmt: skip
GUARDRAILS: Mapping[str, tuple[str, ...]] = {
    "sync": tuple(rule.__name__ for rule in SYNC_RULES),
    "message": tuple(rule.__name__ for rule in MESSAGE_RULES),
}
# the keys of ``guardrails:`` that set a guardrail, where they have other names
SETTINGS = {"stale_source": "stale_source_hours", "volume": "volume_times"}
# what to look at first, where raising a limit is rarely the fix
LOOK_AT = {
    "first_sync": "look at the rows with `sluice plan`",
    "empty_source": "see why {model}.sql gives no rows",
    "stale_source": "see why the export of the table stopped",
    "template": "fix the template in content/ or the context of {model}.sql",
    "engagement": (
        "take the condition out, send by a destination that tells, or set engagement_from in"
        " {model}.yml"
    ),
    "duplicate_addresses": "give {model}.sql one occurrence for a person, or merge the contacts",
}


def apply_approvals(
    checks: Iterable[GuardrailCheck],
    approvals: Iterable[Mapping[str, Any]],
    due: int,
    plans: Sequence[str],
    now: datetime,
) -> list[GuardrailCheck]:
    """The checks, a blocked one approved where a person approved it.

    An approval (a row of the ledger; times naive UTC, as ``now``) counts for its activation and
    guardrail, for ``all`` of them, up to its size, for its plan and until it expires.
    """
    valid = [one for one in approvals if _holds(one, due, plans, now)]
    return [_approved(one, valid) if one.state == "blocked" else one for one in checks]


def _holds(approval: Mapping[str, Any], due: int, plans: Sequence[str], now: datetime) -> bool:
    is_in_time = approval["expires_at"] is None or approval["expires_at"] > now
    is_of_plan = approval["plan"] is None or approval["plan"] in plans
    return is_in_time and is_of_plan and (approval["size"] is None or due <= approval["size"])


def _approved(one: GuardrailCheck, approvals: Iterable[Mapping[str, Any]]) -> GuardrailCheck:
    for approval in approvals:
        if approval["activation"] == one.activation and approval["guardrail"] in (
            ALL,
            one.guardrail,
        ):
            return one.model_copy(
                update={"state": "approved", "approved_by": str(approval["approved_by"])}
            )
    return one


def _due(facts: Facts) -> str:
    """What is due, in words; the rest of a plan that was cut off apart."""
    rest = sum(facts.rest.values())
    return f"{facts.new_due:,}" + (f" (and {rest:,} of a plan that was cut off)" if rest else "")


def _share(
    facts: Facts, name: str, moving: int, base: int | None, limit: float | None, minimum: int
) -> GuardrailCheck:
    if not base or base < 0:
        return _off(facts, name, "there is nothing to compare with yet")
    share = moving / base
    whose = f"the segment {facts.segment}" if facts.segment else f"what {facts.destination} holds"
    verb = "entered" if name == "share_entering" else "left"
    words = f"{moving:,} {verb}, {share:.0%} of the {base:,} in {whose}"
    if limit is None:
        return _off(facts, name, "switched off")
    is_tripped = moving >= minimum and share > limit
    return _check(facts, name, is_tripped, words, share, limit, f"{limit:.0%} from {minimum:,} on")


def _within_limit(
    facts: Facts, name: str, figure: float, limit: float | None, words: str
) -> GuardrailCheck:
    if limit is None:
        return _off(facts, name, "switched off")
    return _check(facts, name, figure > limit, words, figure, limit)


def _check(
    facts: Facts,
    name: str,
    is_tripped: bool,
    words: str,
    figure: float,
    limit: float | None,
    limit_words: str = "",
) -> GuardrailCheck:
    if limit is not None:
        words = f"{words}; the limit is {limit_words or f'{limit:,.10g}'}"
    return GuardrailCheck(
        activation=facts.activation,
        guardrail=name,
        state="blocked" if is_tripped else "passed",
        words=words,
        figure=figure,
        limit=limit,
        fix=_fix(facts, name) if is_tripped else "",
    )


def _fix(facts: Facts, name: str) -> str:
    setting = SETTINGS.get(name, name)
    switch = (
        f"set guardrails.{setting} in"
        f" {facts.model}.yml{' to allowed, or to a number' if name == 'first_sync' else ''}"
    )
    first = f"{LOOK_AT[name].format(model=facts.model)}, or {switch}" if name in LOOK_AT else switch
    return f"{first}, or approve it once: sluice run --approve {facts.activation}:{name} --reason R"


def _off(facts: Facts, name: str, words: str) -> GuardrailCheck:
    return GuardrailCheck(activation=facts.activation, guardrail=name, state="off", words=words)
