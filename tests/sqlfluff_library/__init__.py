"""Stand-ins for dbt and the project's macros, so that sqlfluff can read a model without a
warehouse.
"""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

dbt = SimpleNamespace(type_string=lambda: "varchar")


def as_of() -> str:
    """A timestamp."""
    return "cast('2026-06-29 13:00:00' as timestamp)"


def models_in(
    folder: str, prefix: str = "", suffix: str = "", with_broken: bool = False
) -> list[str]:
    """Two models."""
    return [f"{prefix}first{suffix}", f"{prefix}second{suffix}"]


def model_meta(name: str, kind: str, otherwise: Any = None) -> SimpleNamespace:
    """Any configuration."""
    return SimpleNamespace(
        channel="c",
        purpose="p",
        destination="d",
        template="t",
        mode="m",
        key="contact_id",
        segment="s",
        label=None,
        owner="o",
        group="g",
        priority=1,
        holdout=0,
    )


def union_models(names: list[str], folder: str) -> str:
    """A select."""
    return "select * from first_model"


def decide_messages(evidence: str) -> str:
    """A CTE named final."""
    return f"final as (select * from {evidence})"


classify_identifiers = decide_messages
fold_moves = partial(str, "numbers as (select * from kept), final as (select * from moves)")


def campaign_settings(name: str) -> str:
    """A select."""
    return "select 'c' as campaign"


def quarters_of_a_day() -> str:
    """Moments."""
    return f"select {as_of()} as moment"


def _columns(*args: Any, **kwargs: Any) -> str:
    return "first_column, second_column"


def _expression(*args: Any, **kwargs: Any) -> str:
    return "coalesce(some_column, null)"


def identifier_columns() -> dict[str, str]:
    """Two types of identifiers."""
    return {"email": "email", "phone": "phone"}


def checked_seeds() -> list[str]:
    """Two seeds."""
    return ["first_seed", "second_seed"]


def full_load_tables() -> SimpleNamespace:
    """Two sources."""
    return SimpleNamespace(
        items=lambda: [("stg_first__contacts", ["first"]), ("stg_second__contacts", ["second"])]
    )


def tables_read_by(name: str) -> list[SimpleNamespace]:
    """A table of a source."""
    return [SimpleNamespace(name="first_table", columns=["first_column"])]


def deletion_marks() -> list[SimpleNamespace]:
    """A table whose column says who is deleted."""
    place = {"model": "first_model", "source": "first_source", "table": "first_table"}
    return [SimpleNamespace(**place, marks=["first_column"], ids=["second_column"])]


def json_text(text: str, key: str) -> str:
    """A text."""
    return f"lower({text})"


def json_object_or_null(text: str) -> str:
    """A text."""
    return f"lower({text})"


def is_ahead(stated_at: str, landed_at: str, now: str = "") -> str:
    """A condition."""
    return f"{stated_at} > {landed_at}"


def contact_record_texts() -> list[str]:
    """Two texts of a record."""
    return ["full_name", "email"]


def corrected_values(condition: str) -> str:
    """Rows in the columns that rank_values takes."""
    return (
        "select contact_id, source, record_id, updated_at, is_deleted, attribute, attribute_value,"
        f" defect, weakness from corrections as k where {condition}"
    )


def rank_values(values: str) -> str:
    """A CTE named rank_values."""
    return f"rank_values as (select * from {values})"


def numbers(count: int) -> str:
    """A relation."""
    return f"(select {count} as n)"


def json_entries(relation: str, columns: list[str], json: str) -> str:
    """A select."""
    return f"select {', '.join(columns)} from {relation}"


def ascii_domains(relation: str, column: str) -> str:
    """A select."""
    return f"select {column} from {relation}"


def read_names(relation: str, key: str) -> str:
    """A CTE named read_names."""
    return f"read_names as (select {key} from {relation})"


def spelled_names(relation: str, key: str, sounds: str) -> str:
    """A CTE named spelled_names."""
    return f"spelled_names as (select {key} from {relation})"


def kept_table(name: str, *_: Any) -> str:
    """A relation."""
    return name


def _query(*args: Any, **kwargs: Any) -> str:
    return "select first_column from first_model"


def _condition(*args: Any, **kwargs: Any) -> str:
    return "first_column = second_column"


def _nothing(*args: Any, **kwargs: Any) -> str:
    return ""


contact_record = contact_event = consent_statement = chat_message = _columns
to_utc = days_before = days_between = hash_bigint = sha256_hex = regexp_like = json_object = (
    row_hash
) = _expression
email_bare = email_domain = email_with_domain = checked_email = email_mailbox = _expression
normalise_phone = normalise_text = normalise_province = _expression
phone_with_country = checked_phone = date_with_hyphens = checked_date = _expression
company_without_form = region_letters = name_without_notes = _expression
character_sounds = _query
normalise_city = phone_digits = joined_name = sorted_pair = identifier_pattern = (
    survivorship_criterion
) = _expression
row_fingerprint = code_fingerprint = filled_count = _expression
plain_key = attribute = event_property = number_of = own_keys = more_values = id_list = (
    extra_columns
) = _expression
attribute_is = attribute_at_least = has_attribute = reachable_by = prefers = _condition
attributes_of = _query
computed_once = _nothing
names_contradict = phone_is_landline = _condition
performed = not_performed = has_tag = score_at_least = in_stage = consented_to = (
    consented_to_ads
) = in_segment = not_in_segment = _condition
is_event_known = is_own_action = is_anniversary = is_held_out = is_sampled = is_computed = (
    is_hours_ago
) = is_hour_between = is_version_computed = _condition
from_utc_in = epoch_seconds = seconds_open = first_opening = country_key = language_key = (
    rate_literal
) = share_of_day = last_moment = last_created_at = _expression
language_base = from_utc = hour_of = day_and_month = interval_of = text_literal = text_literals = (
    number_or_null
) = holdout_of = _expression
scorecard = lifecycle_stages = tag_rules = latest_of_living_contacts = _query
classified = kept_touches = no_rows = seed_rows = seed_faults = quarantined = read_words = (
    gone_records
) = deleted_contacts = members_by_history = _query
trim_text = trimmed_text = null_for_none = text_in_json = consent_word = source_key = _expression
record_id_fold = written_address_hash = trimmed_half_width = trimmed_address_hash = _expression
is_for_one_use = allow_long_queries = region_joins_by_key = refuse_refresh_without = rewind = (
    of_a_run
) = _nothing
forget_records_not_known_yet = forget_rows_without_record = forget_rows_of_changed_records = (
    _nothing
)
expected_purchases_reason = rounded = journey_campaign = may_stand_at_a_message = _expression
campaign_row = campaign_templates = no_moves = journey_candidates = variant_rows = _query
campaign_variants = list  # none
hash_xor = operation_id = stream_id = written_fields = sync_key = _expression
sync_settings = no_sync_settings = nodes_of_action = past_journey_actions = (
    journey_definition_rows
) = _query


def sync_models() -> list[str]:
    """Two syncs."""
    return ["sync_first", "sync_second"]


keyed_sync_models = sync_models


def sync_column_rows() -> list[list[str]]:
    """A row of literals."""
    return [["'first'", "'id'", "1", "'BIGINT'", "'integer'", "true", "null", "'w.id'"]]


def mapping_span() -> str:
    """A number."""
    return "1099511627776"


def sends_changes(name: str) -> str:
    """A condition."""
    return "true"


def folded_where_rows_can_be_replaced() -> str:
    """A materialization."""
    return "incremental"


def replacing_rows() -> str:
    """A strategy."""
    return "delete+insert"


def type_double() -> str:
    """A type."""
    return "double precision"


def purchase_days(relation: str, *args: Any) -> str:
    """A select."""
    return f"select contact_id from {relation}"


places_by_now = purchase_days


def purchase_parameters(days: str) -> str:
    """A select."""
    return f"select era from {days}"


def expected_purchases(days: str, parameters: str) -> str:
    """A select."""
    return f"select d.contact_id from {days} as d inner join {parameters} as p on d.era = p.era"


def smoothed_mean(relation: str, key: str, value: str) -> str:
    """A select."""
    return f"select {key} from {relation}"


def relation_of(*args: Any, **kwargs: Any) -> str:
    """A relation."""
    return "(select contact_id from some_table)"


members_of = score_of = stage_of = relation_of


def audience_segments() -> list[str]:
    """One segment."""
    return ["new"]


def deleted_by(loader: str) -> str:
    """A condition."""
    return "is_deleted"


def held_out(contacts: str) -> str:
    """A CTE."""
    return "held_out as (select segment, contact_id from some_table)"


def draw_variants(result: str, candidates: str) -> str:
    """A CTE."""
    return f"{result} as (select * from {candidates})"


def segment_rule(*args: Any) -> str:
    """A select."""
    return "select segment from some_table"


no_segment_rule = segment_rule


def rank_members(members: str, rules: str) -> str:
    """A CTE named final."""
    joined = f"{members} as m left join {rules} as r on m.segment = r.segment"
    return f"final as (select m.segment from {joined})"


def membership_changes(group: str, memberships: str, **kwargs: Any) -> str:
    """A CTE named final."""
    return f"final as (select * from {memberships})"


def next_stages(conditions: str, previous: str, rules: str) -> str:
    """A CTE named moves."""
    return f"moves as (select * from {conditions} cross join {previous} cross join {rules})"


def rules_of(name: str) -> SimpleNamespace:
    """Any rules."""
    stage = SimpleNamespace(stage="s", min_days=1, label=SimpleNamespace(en="e", zh="z"))
    return SimpleNamespace(
        label=None,
        product_line="all",
        floor=0,
        ceiling=1,
        caps=None,
        bands=[{"band": "b", "from": 1}],
        stages=[stage],
    )


def delivered_records() -> str:
    """A select."""
    return "select first_column, second_column from first_model"


def own_facts() -> list[str]:
    """One model."""
    return ["facts_first"]


def seed(name: str) -> str:
    """A relation."""
    return name


model_ref = seed


def setting(name: str) -> str:
    """A var."""
    return "1"


refuse_taken_names = require_linkage = journey_filter = _nothing
journeys_by_reentry = partial(SimpleNamespace, each=["j"], never=["k"])
handover_rule = partial(SimpleNamespace, score=["s", 90], event="e", where=None)


def journey_messages(**kwargs: Any) -> list[SimpleNamespace]:
    """One message, which is a node, and an action."""
    of_it = SimpleNamespace(campaign="c", journey="j", version=1, node="n", settings=0, segment=0)
    return [SimpleNamespace(**vars(of_it), action="a", subject="s", points=1)]


journey_nodes = journey_action_nodes = journey_messages
existing_relation, journey, broken_names = kept_table, _query, models_in
of_touched = events_of_touched = kept_table

# the macros are called by the name of the package
sluice = SimpleNamespace(
    **{name: value for name, value in globals().items() if not name.startswith("_")}
)
