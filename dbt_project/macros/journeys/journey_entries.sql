{#
    Who enters in this run: the CTE entries (contact_id, entered_at, enrolment_id). A trigger counts from starts_on on, in the project's time
    zone; in a back-test, from its first day on; and not after `enters_within`: a condition that comes to hold, or a file that comes back, lets
    nobody in by a trigger of last year. An earlier version takes nobody in.
#}
{% macro journey_entries(name, settings, is_newest) %}
    {% set trigger, reentry = settings.trigger or {}, settings.get('reentry', 'never') %}
    {% set enters_once = reentry is not mapping and reentry != 'each' %}
    {% set enters_again = not enters_once and not (reentry == 'each' and trigger.event) %}
{{ sluice.journey_trigger(trigger) }},

all_triggers as (
    select contact_id, triggered_at, trigger_key from triggers
    union
    select contact_id, ordered_at as triggered_at, order_key as trigger_key
    from {{ ref('int_journey_orders') }}
    where action = 'start' and journey = '{{ name }}'
    union
    select contact_id, acted_at as triggered_at, action_key as trigger_key from journey_actions where action = 'enter' and subject = '{{ name }}'
),

recent_triggers as (
    select t.contact_id, t.triggered_at, t.trigger_key
    from all_triggers as t
    {% if enters_once %}left join standing as s on t.contact_id = s.contact_id
    {% endif %}

    where
        t.triggered_at >= {{ sluice.to_utc("cast('" ~ (var('backtest', {}).get('starts_on') or settings.starts_on) ~ "' as timestamp)", sluice.setting('time_zone')) }}
        and t.triggered_at <= {{ sluice.as_of() }}
        and t.triggered_at > {{ sluice.as_of() }} - {{ sluice.interval_of(settings.get('enters_within', '7 days')) }}
        {% if enters_once %}and s.contact_id is null{% endif %}

),

unused_triggers as (
    -- one that an enrolment was made of, whosever it is today, makes no second
    select t.contact_id, t.triggered_at, t.trigger_key, t.enrolment_id
    from (
        select *, {{ sluice.hash_bigint(["'enrolment'", "'" ~ name ~ "'", 'trigger_key']) }} as enrolment_id
        from recent_triggers
    ) as t
    left join standing as s on t.enrolment_id = s.enrolment_id
    where s.enrolment_id is null
),

{% if enters_again %}
past_entries as (
    select s.contact_id, max(s.entered_at) as entered_at, max(case when s.node is null then s.arrived_at end) as left_at, count(s.node) as standing
    from standing as s
    where s.contact_id in (select contact_id from unused_triggers)
    group by s.contact_id
),

{% endif %}
eligible as (
    select
        t.contact_id,
        t.triggered_at,
        t.enrolment_id,
        row_number() over (partition by t.contact_id order by t.triggered_at, t.trigger_key) as trigger_rank
    from unused_triggers as t
    inner join {{ ref('dim_contacts') }} as c on t.contact_id = c.contact_id and not c.is_deleted
    {% if enters_again %}left join past_entries as p on t.contact_id = p.contact_id
    {% endif %}

    left join {{ ref('int_journey_handovers') }} as h on t.contact_id = h.contact_id
    where
        -- what happened while a person had them starts nothing afterwards
        h.handed_over_at is null and (h.released_at is null or t.triggered_at > h.released_at)
        {% if not is_newest %}and 1 = 0{% endif %}
        {% if reentry is mapping %}
        and (p.contact_id is null or (
            p.standing = 0 and t.triggered_at > p.left_at and t.triggered_at >= p.entered_at + interval '{{ reentry.after_days | int }}' day
        ))
        {% elif enters_again %}
        and (p.contact_id is null or (p.standing = 0 and t.triggered_at > p.left_at))
        {% endif %}
),

entries as (
    select e.contact_id, e.triggered_at as entered_at, e.enrolment_id
    from eligible as e
    where
        {% if enters_once or enters_again %}e.trigger_rank = 1{% else %}1 = 1{% endif %}
        {% if settings.entry_condition %}
        and e.contact_id in (select contact_id from {{ ref('dim_contacts') }} where {{ sluice.journey_condition(settings.entry_condition) }})
        {% endif %}
)
{% endmacro %}

{# ` and e.subject = 'pricing'` for each column of a filter; some are names of the subject, as in event_words(). #}
{% macro journey_filter(where) -%}
    {% for column, value in (where or {}).items() %}
        {%- set known = 'subject' if column in sluice.names_of_subject() else column %} and e.{{ known }} = {{ sluice.text_literal(value) }}
    {%- endfor %}
{%- endmacro %}

{#
    Who is on the way: the CTE travellers. Those who stand in this version under today's ids, and who enters. Of two enrolments that a merge made
    one contact's, the one that is longest on its way goes on, of those whose node is still there. `journeys`: all that there are, for the
    nodes that are left to a later version.
#}
{% macro journey_travellers(name, settings, journeys) %}
    {% set version = settings.version | int %}
    {% set taken_over = sluice.nodes_taken_over(model.name, journeys, version, version) %}
    {% set migrations = sluice.migrations_to(model.name, journeys) %}
merge_ranks as (
    -- of contacts that a merge made: nobody else stands in a journey twice
    select
        enrolment_id,
        row_number() over (
            partition by contact_id
            order by case when {{ sluice.is_in_project(name) }} then 0 else 1 end, entered_at, enrolment_id
        ) as merge_rank
    from standing
    where node is not null and contact_id in (select a.contact_id from {{ ref('contact_aliases') }} as a)
),

on_the_way as (
    select s.*, coalesce(r.merge_rank, 1) as merge_rank
    from standing as s
    left join merge_ranks as r on s.enrolment_id = r.enrolment_id
    where s.node is not null
),

travellers as (
    select enrolment_id, contact_id, moved_as, merged_at, entered_at, step, false as is_new, node, arrived_at,
        {{ 'false' if settings.reentry == 'each' and settings.trigger.event else 'merge_rank > 1' }} as is_merged,
        cast(null as {{ dbt.type_string() }}) as migrates_to
    from on_the_way
    where version = {{ version }}{% if taken_over %} and node not in ('{{ taken_over | join("', '") }}'){% endif %}

    {% for earlier, nodes in migrations.items() %}
    union all
    select enrolment_id, contact_id, moved_as, merged_at, entered_at, step, false as is_new, node, arrived_at,
        {{ 'false' if settings.reentry == 'each' and settings.trigger.event else 'merge_rank > 1' }} as is_merged,
        case node {% for old, new in nodes.items() %}when '{{ old }}' then {{ sluice.text_literal(new) }} {% endfor %}end as migrates_to
    from on_the_way
    where version = {{ earlier }} and node in ('{{ nodes.keys() | join("', '") }}')
    {% endfor %}
    union all
    select enrolment_id, contact_id, contact_id as moved_as, cast(null as timestamp) as merged_at, entered_at, 0 as step, true as is_new, {{ sluice.text_literal(settings.start) }} as node, entered_at as arrived_at,
        false as is_merged, cast(null as {{ dbt.type_string() }}) as migrates_to
    from entries
)
{% endmacro %}
