"""docs/messages.md names every reason with its decision, every setting of a campaign, and every var
that decides.
"""

from __future__ import annotations

import re

import yaml

from sluice.models.config import CampaignConfig
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
ADD = (ROOT / "docs" / "add.md").read_text(encoding="utf-8")
MACROS = ROOT / "dbt_project" / "macros" / "activation"
DECISION = {
    reason: decision
    for reason, decision in re.findall(
        r"^\| `(\w+)` \| (send|hold|suppress) \|", PAGE, re.MULTILINE
    )
}


def macro(name: str) -> str:
    """The text of a macro of decide_messages.sql."""
    text = (MACROS / "decide_messages.sql").read_text(encoding="utf-8")
    found = re.search(rf"macro {name}\(.*?endmacro", text, re.DOTALL)
    assert found is not None
    return found[0]


def test_every_reason_to_hold_is_told_as_one() -> None:
    held = set(re.findall(r"'(\w+)'", macro("decision_of").split(" in (")[1].split(")")[0]))
    assert held == {reason for reason, decision in DECISION.items() if decision == "hold"}


def test_every_reason_of_a_rule_is_told() -> None:
    later = {
        "pilot",
        "duplicate_address",
        "not_approved",
        "frequency_24h",
        "frequency_week",
        "less_often",
        "stage_limit",
        "frequency_by_probable_match",
        "lower_priority",
    }
    suppressed_by_list = {"complained", "unsubscribed"}
    reasons = set(re.findall(r"then '(\w+)'", macro("message_reason"))) | {"due"}
    assert reasons | later == DECISION.keys() - suppressed_by_list


def test_every_setting_of_a_campaign_is_told() -> None:
    reported = set(re.findall(r"`(\w+)`", PAGE)) | set(
        re.findall(r"^ {6}(\w+):", ADD, re.MULTILINE)
    )
    assert CampaignConfig.model_fields.keys() <= reported


def test_every_var_that_decides_is_told() -> None:
    texts = [path.read_text(encoding="utf-8") for path in MACROS.glob("*.sql")]
    texts += [
        path.read_text(encoding="utf-8")
        for path in (ROOT / "dbt_project/models/activation").glob("*.sql")
    ]
    used = {name for text in texts for name in re.findall(r"var\('(\w+)'\)", text)}
    assert used <= set(re.findall(r"`(\w+)`", PAGE))
    assert (
        used
        <= yaml.safe_load((ROOT / "dbt_project/dbt_project.yml").read_text(encoding="utf-8"))[
            "vars"
        ].keys()
    )
