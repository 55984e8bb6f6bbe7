"""Who may approve what a guardrail stops, and what the words after --approve mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sluice.activations.ledger.reasons import plain_reason
from sluice.activations.ledger.store import Ledger
from sluice.activations.plan.guardrails import ALL, APPROVAL, GUARDRAILS
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.access.contents import files_of, templates_of
from sluice.orchestration.access.four_eyes import require_other_eyes
from sluice.orchestration.access.rights import require
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.push.pauses import person
from sluice.orchestration.recovery.past import PushPast
from sluice.orchestration.runs.state import open_ledger

ANYONE = "*"
# the decisions do not know the run: what `run --approve` says of a campaign's size holds for a day
SIZE_APPROVAL_HOURS = 24


@dataclass(frozen=True)
class Approval:
    """One ``NAME[:guardrail]``: an activation, and a guardrail, ``all`` of them, or ``approval`` of
    a campaign's size.
    """

    activation: Activation
    guardrail: str


@dataclass(frozen=True)
class Approvals:
    """What a person approves for one run or plan, why, and who it is."""

    what: Sequence[Approval] = ()
    reason: str = ""
    approver: str = ""


def allowed_approver(settings: Settings) -> str:
    """The name of who approves: by ``access`` of sluice.yml where it has people, else by
    SLUICE_APPROVERS. Raises BlockedError when they may not.
    """
    if settings.project.config.access.people:
        return require(settings, "approve")
    name = person()
    allowed = {one.strip() for one in settings.approvers.split(",")} - {""}
    if ANYONE in allowed or name in allowed:
        return name
    if not allowed:
        raise BlockedError(
            "nobody may approve: SLUICE_APPROVERS is empty",
            "set SLUICE_APPROVERS to the names of who may, by commas, or to * for anyone",
        )
    raise BlockedError(
        f"{name} may not approve",
        f"ask one of {', '.join(sorted(allowed))}, or have your name added to SLUICE_APPROVERS"
        " (SLUICE_USER says who you are)",
    )


def ask(
    settings: Settings, texts: Sequence[str], reason: str, activations: Iterable[Activation]
) -> Approvals:
    """What ``--approve`` and ``--reason`` say, checked. Nothing is recorded yet."""
    if not texts:
        return Approvals()
    approver = allowed_approver(settings)
    if plain_reason(reason, "--reason") is None:
        raise ConfigurationError(
            "--approve needs a --reason",
            "say why it may go out all the same: --reason 'a new shop was added'",
        )
    known = list(activations)
    what = [parse(text, known, ALL) for text in texts]
    for one in what:
        require_second_person(settings, approver, one.activation)
    return Approvals(what, reason, approver)


def require_second_person(settings: Settings, approver: str, activation: Activation) -> None:
    """Refuse who changed a campaign or sync since it was last approved, where sluice.yml asks for
    four eyes. Raises BlockedError.
    """
    if not settings.project.config.access.four_eyes:
        return
    name, root = activation.name, settings.project.root
    files = files_of(root, name, activation.model, templates_of(activation.config))
    approved = open_ledger(settings).approved_contents(name)
    require_other_eyes(settings, approver, name, files, approved)


def ask_to_push_past(settings: Settings, reason: str) -> PushPast:
    """Who lets a run of the past push, and why.

    Raises BlockedError when they may not, ConfigurationError without a reason.
    """
    approver = allowed_approver(settings)
    if plain_reason(reason, "--reason") is None:
        raise ConfigurationError(
            "--push-past needs a --reason",
            "say why every destination is to be turned back to that day",
        )
    return PushPast(approver, reason)


def parse(text: str, activations: Sequence[Activation], default: str) -> Approval:
    """``NAME[:guardrail]`` of the activations there are.

    Raises ConfigurationError with the names there are.
    """
    name, _, guardrail = text.partition(":")
    found = next((one for one in activations if one.name == name), None)
    if found is None:
        raise ConfigurationError(
            f"there is no campaign or sync '{name}'",
            f"use one of {', '.join(one.name for one in activations)}",
        )
    words = (ALL, *GUARDRAILS[found.kind], *((APPROVAL,) if found.kind == "message" else ()))
    chosen = guardrail or default
    if chosen in words:
        return Approval(found, chosen)
    message = (
        f"there is no guardrail '{guardrail}' of {name}"
        if guardrail
        else f"{name} is a sync: name the guardrail that stops it"
    )
    raise ConfigurationError(message, f"use {name}:GUARDRAIL with one of {', '.join(words)}")


def record(ledger: Ledger, asked: Approvals, plan: str) -> None:
    """Put approvals of one run or plan on record, before anything is decided."""
    now = datetime.now(UTC)
    for one in asked.what:
        name, who, why = one.activation.name, asked.approver, asked.reason
        if one.guardrail != APPROVAL:
            ledger.approve(name, one.guardrail, who, why, now, plan=plan)
        if one.guardrail == APPROVAL or (one.guardrail == ALL and _has_a_size(one.activation)):
            until = now + timedelta(hours=SIZE_APPROVAL_HOURS)
            ledger.approve(name, APPROVAL, who, why, now, expires_at=until)


def _has_a_size(activation: Activation) -> bool:
    return getattr(activation.config, "approval_above", None) is not None
