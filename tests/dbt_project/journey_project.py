"""Journeys alone, over tables of the test's own, with a ledger and the sandbox's mailer."""

from __future__ import annotations

import shutil
from typing import Any

import yaml

from sluice.orchestration.installation.project import PACKAGE_PROJECT
from tests.dbt_project import message_project
from tests.dbt_project.journey_offers import POOLS, TEAM, pool_sql, team_sql
from tests.dbt_project.message_project import CAMPAIGN, MessageProject


class JourneyProject(MessageProject):
    """A project of campaigns with the models of journeys."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for source in (PACKAGE_PROJECT / "models" / "journeys").iterdir():
            self._copy(source, "models/journeys")
        for suffix in (".sql", ".yml"):
            name = f"int_journey_decisions{suffix}"
            self._copy(PACKAGE_PROJECT / "models" / "activation" / name, "models/activation")
        interface = PACKAGE_PROJECT / "interface"
        shutil.copytree(interface, self.folder / "interface", dirs_exist_ok=True)
        for path in ("scoring/scorecard_nurture", "lifecycle/stages_b2b"):
            self._write(f"models/{path}.sql", "select 1 as nothing")
        for pool in POOLS:
            self._write(f"models/journeys/coupons_{pool}.sql", pool_sql(pool))
        for team in {row[0] for row in TEAM}:
            self._write(f"models/journeys/owners_{team}.sql", team_sql(team))

    def write_journey(self, model: str, **settings: Any) -> None:
        """Write a journey, or write it anew: its .sql and its .yml."""
        described = {"name": f"steps_{model}", "config": {"meta": {"journey": settings}}}
        self._write(f"models/journeys/steps_{model}.sql", "{{ sluice.journey() }}\n")
        self._write(
            f"models/journeys/steps_{model}.yml",
            yaml.safe_dump({"models": [described]}, sort_keys=False),
        )
        name, version = model.split("__v")[0], settings["version"]
        messages = [node for node, body in settings["nodes"].items() if "message" in body]
        self.campaigns = sorted({*self.campaigns, *(f"{name}_v{version}_{m}" for m in messages)})


EVENTS = (
    "event_key bigint, contact_id bigint, event_type varchar, is_machine boolean,"
    " occurred_at timestamp, subject varchar, event_id varchar, amount double, currency varchar,"
    " utm_source varchar, utm_medium varchar, utm_campaign varchar, qr_code varchar,"
    " properties varchar"
)
message_project.INPUTS = {
    **message_project.INPUTS,
    "contact_events": EVENTS,
    "dim_contacts": f"{message_project.INPUTS['dim_contacts']}, birth_date date, owner_id varchar, province varchar",
    "contact_attributes": "contact_id bigint, attribute varchar, attribute_value varchar",
    "contact_scores": "contact_id bigint, score_model varchar, total integer",
    "score_changes": (
        "contact_id bigint, score_model varchar, previous_total integer, total integer,"
        " changed_at timestamp"
    ),
    "lifecycle_transitions": (
        "contact_id bigint, lifecycle varchar, to_stage varchar, transitioned_at timestamp"
    ),
    "referrals": "contact_id bigint, referrer_id bigint, identified_at timestamp, bought_at timestamp",
    "tag_changes": "tag varchar, contact_id bigint, change varchar, changed_at timestamp",
}
CONTEXT = {"company": "Shop", "visits": 1, "last_visit_date": "2026-06-28"}
MESSAGE = {"message": {**CAMPAIGN, "context": CONTEXT}}
WELCOME: dict[str, Any] = {
    "label": {"en": "Welcome", "zh": "欢迎"},
    "owner": "growth",
    "version": 1,
    "starts_on": "2026-06-29",
    "trigger": {"event": "form_submitted", "where": {"form": "newsletter"}},
    "goal": {"performed": "order_placed"},
    "start": "hello",
    "nodes": {
        "hello": {**MESSAGE, "next": "pause"},
        "pause": {"wait": "2 days", "next": "clicked"},
        "clicked": {
            "branch": [{"when": {"performed": "email_clicked"}, "next": "done"}],
            "else": "reminder",
        },
        "reminder": {**MESSAGE, "next": "done"},
        "done": {"exit": "finished"},
    },
}
