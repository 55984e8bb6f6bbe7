"""Pushing the plan of one activation: the clients are made, the plan is read, and the dispatcher
does the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sluice.activations.destinations import registry
from sluice.activations.plan.due_rows import count_items, read_items
from sluice.activations.push.dispatcher import Pace, Pusher, PushResult
from sluice.activations.settings import check_limit_of_messages
from sluice.models.delivery import Audience
from sluice.orchestration.installation.destination_settings import declared
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.plan.interrupted_plans import find_rest, note_plan
from sluice.orchestration.plan.marketing_syncs import carries_people
from sluice.orchestration.push.delivery_target import endpoints
from sluice.orchestration.push.reconciliation import reconcile, unknown_file
from sluice.orchestration.push.tracking import tracking, with_tracker
from sluice.orchestration.recovery.past import refuse_replay
from sluice.orchestration.rights.secret import erased_keys
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.runs.state import RunState
from sluice.orchestration.serving.preferences import with_links
from sluice.orchestration.warehouse.reader import query


def deliver(state: RunState, activation: Activation, plan: Path) -> PushResult:
    """Push the plan of one activation; first ask about what is unknown, where the vendor can be
    asked.

    With nothing due and nothing to ask, no connection is made and no setting is needed.
    """
    refuse_replay(state.settings)
    total = count_items(plan)
    if total == 0 and not unknown_file(state, activation).is_file():
        return PushResult()
    if total and not state.ledger.is_fast:  # a part of a plan stands for no plan
        note_plan(state, activation, plan, find_rest(state, activation, plan))
    with (
        pusher(state, activation, total) as opened,
        tracking(state.settings, activation) as tracker,
    ):
        known = reconcile(state, activation, opened, plan)
        if known:
            tell(
                "push",
                f"{activation.name} -> {activation.destination}: {known} that were unknown are"
                " known now",
            )
        to_item = with_tracker(registry.entry(activation.destination).to_item, tracker)
        size = opened.destination.capabilities.batch_size
        items = read_items(plan, size, to_item, activation.config)
        return opened.push(with_links(items, state.settings))


@contextmanager
def pusher(state: RunState, activation: Activation, total: int = 0) -> Iterator[Pusher]:
    """Who pushes an activation, at the sandbox or at the real vendor, with the pace that the
    destination's settings say.
    """
    entry = registry.entry(activation.destination)
    state.ledger.erased = erased_keys(state.settings, state.ledger)
    with endpoints(state.settings) as sandbox:
        config = registry.settings(activation.destination, sandbox, declared(state.settings))
        client = entry.client(config)
        try:
            yield Pusher(
                activation.kind,
                activation.name,
                activation.destination,
                client,
                state.ledger,
                state.run,
                pace_of(config, activation.kind),
                lambda: entry.client(config),
                lambda words: tell(
                    "push", f"{activation.name} -> {activation.destination}: {words}"
                ),
                total,
                known_statements=known_statements(state),
                known_preferences=known_preferences(state),
                topic=getattr(activation.config, "topic", None),
                audience=audience(state, activation),
            )
        finally:
            client.close()


def pace_of(config: Any, kind: str) -> Pace:
    """How fast an activation is pushed by the settings of its destination: a campaign by messages,
    a sync by calls. Destinations whose settings have one prefix share the account. Raises
    ConfigurationError for a campaign that is limited in calls alone.
    """
    account = str(getattr(config, "model_config", {}).get("env_prefix", ""))
    if kind != "message":
        return Pace(
            config.workers, config.calls_per_second, config.patience_seconds, account=account
        )
    check_limit_of_messages(config)
    return Pace(config.workers, 0.0, config.patience_seconds, config.messages_per_second, account)


def known_statements(state: RunState) -> int:
    """The number of the last consent statement that the decisions weighed, where they may let a
    later grant lift it; else 0: then every statement in the ledger holds at the claim.
    """
    is_weighed = state.settings.project.dbt_var("consent_can_be_regranted")
    return weighed_statements(state) if is_weighed else 0


def weighed_statements(state: RunState) -> int:
    """The number of the last consent statement that the decisions weighed."""
    rows = query(
        state.settings.warehouse,
        "select channel, contact_id, address_hash, how, status, purpose, stated_at from"
        " ledger.consent_statements",
    )
    return state.ledger.last_statement_among(rows)


def audience(state: RunState, activation: Activation) -> Audience | None:
    """What is asked of the people of a sync that carries them to a marketing vendor; None of any
    other activation.
    """
    if not carries_people(activation):
        return None
    consent = registry.entry(activation.destination).consent
    return Audience(weighed_statements(state), consent)


def known_preferences(state: RunState) -> int:
    """The number of the last preference that the decisions weighed."""
    rows = query(
        state.settings.warehouse,
        "select contact_id, preference, value, stated_at from ledger.preferences",
    )
    return state.ledger.last_preference_among(rows)
