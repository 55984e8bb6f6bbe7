"""``docs/tables.md``: the public tables and their columns, from the ymls of the dbt package."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from docs.generate.pages import DOCS, NOTE, table

MODELS = DOCS.parent / "dbt_project" / "models"
# by the question that a reader has; each name is a model of the package
PUBLIC = {
    "Who is who": [
        "int_contact_records",
        "contact_identifiers",
        "identity_map",
        "contact_aliases",
        "dim_contacts",
        "probable_matches",
    ],
    "What may be sent, what people did": [
        "contact_consents",
        "contact_preferences",
        "contact_events",
        "contact_chats",
        "contact_activity",
        "contact_attributes",
        "contact_channels",
        "contact_attribution",
        "referrals",
        "contact_facts",
    ],
    "Scores, stages, tags": [
        "score_contributions",
        "contact_scores",
        "contact_rfm",
        "contact_expected_purchases",
        "contact_lifecycle",
        "lifecycle_transitions",
        "contact_tags",
    ],
    "Segments": ["segment_members", "segment_changes"],
    "Journeys": [
        "journey_enrolments",
        "journey_positions",
        "journey_transitions",
        "journey_actions",
        "journey_lists",
        "journey_calls",
        "journey_coupons",
        "coupon_pools",
        "contact_owners",
    ],
    "Messages and syncs": [
        "message_decisions",
        "variant_assignments",
        "out_messages",
        "out_sync_operations",
    ],
    "Results": [
        "rpt_activation_results",
        "experiment_units",
        "rpt_message_funnel",
        "rpt_held_back",
        "rpt_channel_results",
        "rpt_link_clicks",
        "rpt_journey_nodes",
        "rpt_attribution",
        "rpt_sources",
        "rpt_campaign_conversions",
        "rpt_stage_counts",
        "rpt_lifecycle_conversion",
        "rpt_score_bands",
        "rpt_score_monitor",
        "rpt_score_inputs",
        "rpt_score_calibration",
        "rpt_value_bands",
        "rpt_segment_sizes",
        "rpt_segment_overlap",
        "rpt_frequency_pressure",
        "rpt_consent_coverage",
        "rpt_consent_growth",
        "rpt_contacts_by_attribute",
        "rpt_metrics",
        "rpt_targets",
        "rpt_follow_up",
        "rpt_owners",
        "rpt_alert_checks",
        "rpt_alerts",
        "rpt_costs",
        "rpt_message_costs",
        "rpt_aarrr",
        "rpt_record_issues",
        "rpt_unmatched_events",
    ],
}
INTRODUCTION = """# Tables

{note}
The tables that segments, campaigns, syncs and reports of yours may rely on: dbt has them as
`access: public`, and `sluice lint` finds what reads any other model of the package, those of the
[library](library.md) apart. Their names and columns change only with a note in the
[changelog](../CHANGELOG.md). Times are UTC. A person is a `contact_id`, a whole number that stays
the same from run to run; when two contacts are merged, `contact_aliases` names the one that is
left. The schema is the folder's name: `contacts.dim_contacts`. Columns with personal data are
marked.
"""


def tables_page() -> str:
    """The page."""
    return INTRODUCTION.format(note=NOTE) + "".join(
        f"\n## {title}\n" + "".join(_section(name) for name in names)
        for title, names in PUBLIC.items()
    )


def declaration(name: str) -> tuple[str, dict[str, Any]]:
    """The schema of a model and its declaration in its yml."""
    (path,) = MODELS.rglob(f"{name}.yml")
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return _schema(path), next(model for model in declared if model["name"] == name)


def _schema(path: Path) -> str:
    return path.relative_to(MODELS).parts[0]


def _section(name: str) -> str:
    schema, model = declaration(name)
    rows = [[f"`{column['name']}`", _meaning(column)] for column in model.get("columns", [])]
    return f"\n### {schema}.{name}\n\n{_text(model)}\n\n{table(['column', 'meaning'], rows)}"


def _meaning(column: dict[str, Any]) -> str:
    is_personal = column.get("config", {}).get("meta", {}).get("personal_data", False)
    return _text(column) + (" *Personal data.*" if is_personal else "")


def _text(thing: dict[str, Any]) -> str:
    """A description, with blocks of docs put in."""
    blocks = doc_blocks()
    text = re.sub(
        r"\{\{\s*doc\(\s*['\"](\w+)['\"]\s*\)\s*\}\}",
        lambda found: blocks[found[1]],
        str(thing.get("description", "")),
    )
    return " ".join(text.split())


@cache
def doc_blocks() -> dict[str, str]:
    """The ``{% docs %}`` blocks of the package, by name."""
    block = re.compile(r"\{%-?\s*docs\s+(\w+)\s*-?%\}(.*?)\{%-?\s*enddocs\s*-?%\}", re.S)
    return {
        name: text
        for path in MODELS.parent.rglob("*.md")
        for name, text in block.findall(path.read_text(encoding="utf-8"))
    }
