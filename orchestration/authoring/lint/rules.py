"""Every rule there is: the one place to add a rule. docs/lint.md has a line for each name of a
rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sluice.orchestration.authoring.lint import (
    audience_rule,
    consent_rule,
    content_rules,
    engagement_rule,
    experiment_rule,
    exposure_rule,
    form_rules,
    grain_rule,
    jinja_rules,
    join_rules,
    journey_rules,
    name_rules,
    personal_rule,
    schedule_rule,
    scorecard_rules,
    sms_rules,
    sql_rules,
    state_rules,
    sync_rules,
    topic_rule,
    yml_rules,
)
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.query import Query
from sluice.orchestration.authoring.lint.raw_project import RawProject

StaticRule = Callable[[RawProject], Iterable[Finding]]
SqlRule = Callable[[Query], Iterable[Finding]]

# On the files as written, for a project that dbt may not even be able to read.
STATIC_RULES: tuple[StaticRule, ...] = (
    yml_rules.check_yml_syntax,
    yml_rules.check_ymls_are_there,
    yml_rules.check_meta,
    yml_rules.check_segment_meta,
    yml_rules.check_segment_keys,
    yml_rules.check_purposes,
    sync_rules.check_syncs,
    jinja_rules.check_jinja_syntax,
    jinja_rules.check_macro_names,
    jinja_rules.check_segment_names,
    jinja_rules.check_segment_cycles,
    scorecard_rules.check_scorecards,
    state_rules.check_lifecycles,
    state_rules.check_tags,
    sms_rules.check_sms_templates,
    content_rules.check_templates,
    content_rules.check_alerts,
    form_rules.check_forms,
    journey_rules.check_journeys,
    experiment_rule.check_experiments,
    engagement_rule.check_engagement,
    topic_rule.check_topics,
    schedule_rule.check_schedules,
    exposure_rule.check_exposures,
)

# On the compiled SQL of every segment, sync and campaign.
SQL_RULES: tuple[SqlRule, ...] = (
    sql_rules.check_parses,
    sql_rules.check_columns,
    name_rules.check_names,
    sql_rules.check_clock,
    sql_rules.check_write,
    sql_rules.check_raw_source,
    sql_rules.check_access,
    grain_rule.check_grain,
    join_rules.check_cross_joins,
    personal_rule.check_personal_data,
    consent_rule.check_consent,
    audience_rule.check_campaign_audience,
)
