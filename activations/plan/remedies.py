"""What to do about rows and messages that are not at their destination: by their cause, their
reason, and their state.
"""

from __future__ import annotations

from collections.abc import Mapping

from sluice.models.delivery import REFUSED_SINCE

# the reason of every destination whose lists hold its own contacts: the row is of nobody it knows
NO_CONTACT_THERE = "contact_not_there_yet"
IN_NO_SYNC, CONTACT_REFUSED, CONTACT_WAITS, CONTACT_GONE = (
    "contact_in_no_sync",
    "contact_refused",
    "contact_not_synced_yet",
    "contact_gone_there",
)
CAUSES: Mapping[str, str] = {
    IN_NO_SYNC: "their contact is in no sync to {destination}",
    CONTACT_REFUSED: "their contact was refused there",
    CONTACT_WAITS: "their contact is not synced yet",
    CONTACT_GONE: "their contact was accepted there, and is gone since",
}
OF_CAUSES: Mapping[str, str] = {
    IN_NO_SYNC: "add them to a sync of contacts to {destination}, or leave them out of {model}.sql",
    CONTACT_REFUSED: (
        "see why with `sluice missing`, and correct the contact's own row; the member follows by"
        " itself"
    ),
    CONTACT_WAITS: "let the sync of contacts go through; the member follows by itself",
    CONTACT_GONE: (
        "restore the contact at {destination}, or raise mapping_version of the sync of contacts to"
        " send it again"
    ),
}
OF_REASONS: Mapping[str, str] = {
    "no_identifier": (
        "give {model}.sql an e-mail address or phone number for them, or leave them out"
    ),
    REFUSED_SINCE: (
        "nothing: the person said no after the decisions of that run, and the next one decides"
        " anew; where it comes back, bind {model}.sql to the consent that {destination} asks for"
    ),
    "repeat_window_passed": (
        "look at {destination} whether it arrived, and say so with `sluice ledger resolve`; or let"
        " it be sent again: `sluice ledger retry --state unknown --activation {name} --reason"
        " repeat_window_passed`"
    ),
    "no_list": "set list: in {model}.yml to the numeric id of the audience",
    "no_openid_or_tag": (
        "give {model}.sql an openid for them, or leave them out: they do not follow the account"
    ),
    "openid_not_valid": "leave them out of {model}.sql: the account does not know the openid",
    "not_a_follower": "leave them out of {model}.sql: they no longer follow the account",
    "list_not_there": "make the list at {destination}, or correct list: in {model}.yml",
    "campaign_not_there": "make the campaign at {destination}, or correct list: in {model}.yml",
    "owner_not_found": "make the owner at {destination}, or give the row another one",
    "template_error": (
        "correct the template in content/ (a null is missing there: write a default) or the values"
        " of {model}.sql, "
        "then `sluice ledger retry --activation {name}`"
    ),
    "no_unsubscribe_link": (
        "add {{{{ unsubscribe_url }}}} or {{{{ preferences_url }}}} to the file in content/email/,"
        " then `sluice ledger retry --activation {name}`"
    ),
    "property_does_not_exist": (
        "make the property at {destination}, or take the column out of {model}.sql"
    ),
    "field_does_not_exist": (
        "make the field at {destination}, or take the column out of {model}.sql"
    ),
}
OF_STATES: Mapping[tuple[str, str], str] = {
    (
        "sync",
        "failed",
    ): (
        "correct the row in its source or in {model}.sql: it is due again when it changes, "
        "or unchanged after `sluice ledger retry --activation {name}`"
    ),
    ("message", "failed"): "when the cause is corrected, `sluice ledger retry --activation {name}`",
    ("sync", "retry"): "nothing: it is tried again in a run after its wait",
    ("message", "retry"): "nothing: it is tried again in a run after its wait",
    ("sync", "unknown"): "nothing, or see `sluice ledger unknown`",
    ("message", "unknown"): "see `sluice ledger unknown`",
}


def remedy(
    kind: str, name: str, model: str, destination: str, state: str, reason: str, cause: str | None
) -> str:
    """What to do, with the file or the command."""
    known = OF_REASONS.get(reason.partition(":")[0])
    text = OF_CAUSES.get(cause or "") or known or OF_STATES[kind, state]
    return text.format(name=name, model=model, destination=destination)


def cause_in_words(cause: str | None, destination: str) -> str:
    """The cause as a clause; '' where the reason says all."""
    return CAUSES.get(cause or "", "").format(destination=destination)
