"""What a person decides about a probable match: kept in the ledger, used by the next run."""

from __future__ import annotations

from datetime import UTC, datetime

from sluice.activations.ledger.store import Ledger
from sluice.models.errors import ConfigurationError
from sluice.models.match_decision import Decision, MatchDecision
from sluice.orchestration.access.rights import require
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.rights.correct import one_contact
from sluice.orchestration.warehouse.base import UnknownNameError
from sluice.orchestration.warehouse.reader import query

STATUS = """select status, decided_by from contacts.probable_matches
where contact_id_a = $1 and contact_id_b = $2"""
OTHERWISE = {"confirmed": "dismiss", "dismissed": "confirm"}


def decide(
    settings: Settings, ledger: Ledger, keys: tuple[str, str], decision: Decision, reason: str
) -> MatchDecision:
    """Keep a decision on the two contacts that the keys name; a later one replaces it. Returns it
    as it is kept. Raises ConfigurationError for a contact that is none, one contact twice, a pair
    that is no probable match, and a decision that stands already.
    """
    first, second = (one_contact(settings, key)[0] for key in keys)
    if first == second:
        raise ConfigurationError(
            f"both keys are of contact {first}", "name two contacts of `sluice identity review`"
        )
    made = MatchDecision(min(first, second), max(first, second), decision, reason)
    status, who = _standing(settings, ledger, made)
    if status == decision:
        raise ConfigurationError(
            f"the pair is {decision} already{f', by {who}' if who else ''}",
            f"to change it: `sluice identity {OTHERWISE[decision]} {first} {second}`",
        )
    ledger.decide_match(made, require(settings, "change"), datetime.now(UTC))
    return made


def _standing(settings: Settings, ledger: Ledger, made: MatchDecision) -> tuple[str, str]:
    """What was decided on the pair last, and by whom: by the ledger, else by the last run."""
    pair = (made.contact_id_a, made.contact_id_b)
    for row in reversed(ledger.match_decisions(pair)):
        if (row["contact_id_a"], row["contact_id_b"]) == pair:
            return str(row["decision"]), str(row["decided_by"])
    try:
        found = query(settings.warehouse, STATUS, list(pair))
    except UnknownNameError:
        found = []
    if not found:
        raise ConfigurationError(
            "these two contacts are no probable match",
            "`sluice identity review --all` lists the pairs that the last run found",
        )
    return str(found[0][0]), str(found[0][1] or "")
