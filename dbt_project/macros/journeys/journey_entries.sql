{#
    Who enters in this run: the CTE entries (contact_id, entered_at, enrolment_id). A trigger counts from starts_on on, in the project's time
    zone; in a back-test, from its first day on. An earlier version takes nobody in.
#}
{% macro journey_entries(name, settings, is_newest) %}
    {% set trigger, reentry = settings.trigger or {}, settings.get('reentry', 'never') %}
triggers as (
    {{ sluice.journey_trigger(trigger) }}
),

past_entries as (
    select contact_id, max(entered_at) as entered_at, count(node) as standing from standing group by contact_id
),

eligible as (
    select
        t.contact_id,
        t.triggered_at,
        {{ sluice.hash_bigint(["'enrolment'", "'" ~ name ~ "'", 't.trigger_key']) }} as enrolment_id,
        row_number() over (partition by t.contact_id order by t.triggered_at, t.trigger_key) as trigger_rank
    from triggers as t
    inner join {{ ref('dim_contacts') }} as c on t.contact_id = c.contact_id and not c.is_deleted
    left join past_entries as p on t.contact_id = p.contact_id
    where
        {{ sluice.from_utc('t.triggered_at', sluice.setting('time_zone')) }} >= cast('{{ var('backtest', {}).get('starts_on') or settings.starts_on }}' as timestamp)
        and t.triggered_at <= {{ sluice.as_of() }}
        {% if not is_newest %}and 1 = 0{% endif %}
        {% if reentry is mapping %}
        and (p.contact_id is null or (p.standing = 0 and t.triggered_at >= p.entered_at + interval '{{ reentry.after_days | int }}' day))
        {% elif reentry == 'each' and not trigger.event %}
        and (p.contact_id is null or (p.standing = 0 and t.triggered_at > p.entered_at))
        {% elif reentry != 'each' %}
        and p.contact_id is null
        {% endif %}
),

entries as (
    select e.contact_id, e.triggered_at as entered_at, e.enrolment_id
    from eligible as e
    left join standing as s on e.enrolment_id = s.enrolment_id
    where
        s.enrolment_id is null
        {% if not (reentry == 'each' and trigger.event) %}and e.trigger_rank = 1{% endif %}
        {% if settings.entry_condition %}
        and e.contact_id in (select contact_id from {{ ref('dim_contacts') }} where {{ sluice.journey_condition(settings.entry_condition) }})
        {% endif %}
)
{% endmacro %}

{# The moments that start the journey for a contact: contact_id, triggered_at, and a key that says which moment it is. #}
{% macro journey_trigger(trigger) %}
    {% if trigger.segment %}
    select contact_id, entered_at as triggered_at, {{ sluice.hash_bigint(['contact_id', sluice.epoch_seconds('entered_at')]) }} as trigger_key
    from {{ sluice.members_of(trigger.segment) }} as m
    {% elif trigger.event %}
    select e.contact_id, e.occurred_at as triggered_at, e.event_key as trigger_key
    from {{ ref('contact_events') }} as e
    where not e.is_machine and e.event_type = {{ sluice.text_literal(trigger.event) }}{{ sluice.journey_filter(trigger.where) }}
    {% else %}
    select contact_id, cast(null as timestamp) as triggered_at, contact_id as trigger_key from {{ ref('dim_contacts') }} where 1 = 0
    {{ exceptions.raise_compiler_error(model.original_file_path ~ ": trigger names neither a segment nor an event") if execute }}
    {% endif %}
{% endmacro %}

{# ` and e.subject = 'pricing'` for each column of a filter; page, form, campaign, product and stage are names of the subject. #}
{% macro journey_filter(where) -%}
    {% for column, value in (where or {}).items() %}
        {%- set known = 'subject' if column in ('page', 'form', 'campaign', 'product', 'stage') else column %} and e.{{ known }} = {{ sluice.text_literal(value) }}
    {%- endfor %}
{%- endmacro %}

{#
    Who is on the way: the CTE travellers. Those who stand in this version under today's ids, and who enters. Of two enrolments that a merge made
    one contact's, the one that is longest on its way goes on.
#}
{% macro journey_travellers(name, settings) %}
on_the_way as (
    select
        *,
        row_number() over (partition by contact_id order by entered_at, enrolment_id) as merge_rank
    from standing
    where node is not null
),

travellers as (
    select enrolment_id, contact_id, entered_at, step, false as is_new, node, arrived_at,
        {{ 'false' if settings.reentry == 'each' and settings.trigger.event else 'merge_rank > 1' }} as is_merged
    from on_the_way
    where version = {{ settings.version | int }}
    union all
    select enrolment_id, contact_id, entered_at, 0 as step, true as is_new, {{ sluice.text_literal(settings.start) }} as node, entered_at as arrived_at,
        false as is_merged
    from entries
)
{% endmacro %}
