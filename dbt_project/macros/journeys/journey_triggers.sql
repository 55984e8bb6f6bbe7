{#
    The moments that start the journey for a contact: the CTE triggers (contact_id, triggered_at, and a key that says which moment it is). Scores,
    stages and tags are read from the histories that this run has just written, under the ids of the time: a merge does not make the key anew.
    Referrals start it at the nth contact who was brought, and at each nth after.
#}
{% macro journey_trigger(trigger) %}
    {% if trigger.date %}{{ sluice.journey_date_trigger(trigger) }}
    {% else %}
triggers as (
    {% if trigger.segment %}
    select contact_id, entered_at as triggered_at, {{ sluice.hash_bigint(['contact_id', sluice.epoch_seconds('entered_at')]) }} as trigger_key
    from {{ sluice.members_of(trigger.segment) }} as m
    {% elif trigger.event %}
    select e.contact_id, e.occurred_at as triggered_at, e.event_key as trigger_key
    from {{ ref('contact_events') }} as e
    where not e.is_machine and e.event_type = {{ sluice.text_literal(trigger.event) }}{{ sluice.journey_filter(trigger.where) }}
    {% elif trigger.score %}
    {{ sluice.depend_on('scoring', 'scorecard_', trigger.score[0], 'score') }}
    {{ sluice.journey_change('score_changes', 'changed_at') }}
    where h.score_model = {{ sluice.text_literal(trigger.score[0]) }} and h.previous_total < {{ trigger.score[1] | int }} and h.total >= {{ trigger.score[1] | int }}
    {% elif trigger.stage %}
    {{ sluice.depend_on('lifecycle', 'stages_', trigger.stage[0], 'stage') }}
    {{ sluice.journey_change('lifecycle_transitions', 'transitioned_at') }}
    where h.lifecycle = {{ sluice.text_literal(trigger.stage[0]) }} and h.to_stage in ({{ sluice.text_literals(trigger.stage[1:]) }})
    {% elif trigger.tag %}
    {{ sluice.journey_change('tag_changes', 'changed_at') }}
    where h.tag = {{ sluice.text_literal(trigger.tag) }} and h.change = 'entered'
    {% elif trigger.referrals and var('inbox', true) %}
    {% set moment = 'bought_at' if trigger.referrals.get('who') == 'bought' else 'identified_at' %}
    select r.contact_id, r.triggered_at, {{ sluice.hash_bigint(['r.contact_id', "'referrals'", 'r.referral_count']) }} as trigger_key
    from (
        select
            referrer_id as contact_id,
            {{ moment }} as triggered_at,
            row_number() over (partition by referrer_id order by {{ moment }}, contact_id) as referral_count
        from {{ ref('referrals') }}
        where {{ moment }} is not null
    ) as r
    where r.referral_count % {{ trigger.referrals.at_least | int }} = 0
    {% else %}
    select contact_id, cast(null as timestamp) as triggered_at, contact_id as trigger_key from {{ ref('dim_contacts') }} where 1 = 0
    {% if execute and not trigger.by_hand and not trigger.referrals %}
        {{ exceptions.raise_compiler_error(model.original_file_path ~ ": trigger names none of segment, event, date, score, stage, tag, referrals, by_hand") }}
    {% endif %}
    {% endif %}
)
    {% endif %}
{% endmacro %}

{# The rows `h` of a history as triggers, under today's ids; a condition on them follows. #}
{% macro journey_change(history, changed_at) -%}
    select
        coalesce(a.contact_id, h.contact_id) as contact_id,
        h.{{ changed_at }} as triggered_at,
        {{ sluice.hash_bigint(['h.contact_id', sluice.epoch_seconds('h.' ~ changed_at)]) }} as trigger_key
    from {{ ref(history) }} as h
    left join {{ ref('contact_aliases') }} as a on h.contact_id = a.retired_contact_id
{%- endmacro %}

{#
    Midnight of the day, in the project's time zone, on which a date of a contact comes, or returns each year; `before_days` so many days earlier.
#}
{% macro journey_date_trigger(trigger) %}
    {% set zone = sluice.setting('time_zone') %}
    {% set today = sluice.from_utc(sluice.as_of(), zone) %}
dates as (
    {{ sluice.journey_dates(trigger.date) }}
),

nearby_years as (
    {% for offset in ['- 1', '+ 0', '+ 1', '+ 2'] %}
    select cast(extract(year from {{ today }}) as integer) {{ offset }} as nearby_year{{ ' union all' if not loop.last }}
    {% endfor %}

),

returns as (
    select d.contact_id, {{ sluice.returns_on('d.date_value', 'y.nearby_year') }} as returns_on
    from dates as d
    cross join nearby_years as y
    where
        {% if trigger.get('yearly', true) %}y.nearby_year >= extract(year from d.date_value)
        {% else %}y.nearby_year = extract(year from d.date_value)
        {% endif %}
),

local_days as (
    select contact_id, cast(returns_on as timestamp) - interval '{{ trigger.get("before_days", 0) | int }}' day as local_day from returns
),

triggers as (
    select
        contact_id,
        {{ sluice.to_utc('local_day', zone) }} as triggered_at,
        {{ sluice.hash_bigint(['contact_id', sluice.epoch_seconds('local_day')]) }} as trigger_key
    from local_days
    where local_day <= {{ today }}
)
{% endmacro %}

{# A date of contacts (contact_id, date_value): birth_date, or an attribute; a value that is no date is left out. #}
{% macro journey_dates(name) -%}
    {% if name == 'birth_date' %}
    select contact_id, birth_date as date_value from {{ ref('dim_contacts') }} where birth_date is not null
    {%- else %}
    {% set text = sluice.date_with_hyphens('a.attribute_value') %}
    select a.contact_id, {{ sluice.checked_date(text, '2099-12-31') }} as date_value
    from {{ ref('contact_attributes') }} as a
    where a.attribute = {{ sluice.text_literal(name) }}
    {%- endif %}
{%- endmacro %}

{# The day of a year on which a date returns; a 29 February by vars.leap_day_in_other_years. #}
{% macro returns_on(date, year) -%}
    {% set leap_day = sluice.leap_day_in_other_years() %}
    {% set parts = [] %}
    {% for part in ['month', 'day'] %}
        {% do parts.append("lpad(cast(cast(extract(" ~ part ~ " from " ~ date ~ ") as integer) as " ~ dbt.type_string() ~ "), 2, '0')") %}
    {% endfor %}
    cast(
        cast({{ year }} as {{ dbt.type_string() }}) || '-' || case
            when {{ sluice.day_and_month(date) }} = 229 and not ({{ year }} % 4 = 0 and ({{ year }} % 100 <> 0 or {{ year }} % 400 = 0)) then '{{ leap_day }}'
            else {{ parts | join(" || '-' || ") }}
        end as date
    )
{%- endmacro %}
