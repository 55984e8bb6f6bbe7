{# Rates over the days of their rule, by campaign: [counted, of which, whether less is worse]. #}
{% set rates = {
    'open_rate': ['opened_count', 'delivered_count', true], 'bounce_rate': ['bounced_count', 'sent_count', false],
    'complaint_rate': ['complained_count', 'sent_count', false],
} %}
{# Days since something last happened: [relation, name, moment]. #}
{% set ages = {'score_age': ['score_changes', 'score_model', 'changed_at'], 'source_age': ['loads', 'source', 'landed_at']} %}
{% set today = sluice.from_utc(sluice.as_of(), var('time_zone')) %}
{% set double = sluice.type_double() | trim %}
{% set landed = {} %}
{% for model in sluice.models_in('staging', prefix='stg_') %}
    {% for table in sluice.tables_read_by(model) %}{% do landed.update({table.name: model[4:].split('__')[0]}) %}{% endfor %}
{% endfor %}

with rules as (
    select * from ({{ sluice.seed_rows('alert_rules') }}) as written
    where limit_value is not null
),

source_tables as (
    {% for table, source in landed.items() %}
    select '{{ source }}' as source, '{{ table }}' as table_name
    union all
    {% endfor %}
    {{ sluice.no_rows(['source', 'table_name']) }}
),

loads as (
    -- a table whose source is not known by name stands for itself
    select coalesce(t.source, l.table_name) as source, max(l.landed_at) as landed_at
    from {{ source('landing', 'loads') }} as l
    left join source_tables as t on l.table_name = t.table_name
    group by coalesce(t.source, l.table_name)
),

score_changes as (
    select score_model, max(changed_at) as changed_at
    from {{ ref('score_changes') }}
    group by score_model
),

measures as (
    {% for rate, (counted, part_of, is_low_worse) in rates.items() %}
    select
        r.rule,
        f.campaign as subject,
        cast(sum(f.{{ counted }}) as {{ double }}) / nullif(sum(f.{{ part_of }}), 0) as measured,
        sum(f.{{ part_of }}) as counted,
        {{ is_low_worse | lower }} as is_low_worse
    from rules as r
    inner join {{ ref('rpt_message_funnel') }} as f
        -- people get the whole of today to open it
        on {{ sluice.days_between('f.planned_date', today) }} between 1 and coalesce(r.days, 36500)
    where r.rule = '{{ rate }}' and f.sent_count > 0 and f.{{ counted }} is not null
    group by r.rule, f.campaign
    union all
    {% endfor %}
    select
        r.rule,
        f.call_name as subject,
        cast(sum(f.in_time_count) as {{ double }}) / nullif(sum(f.due_count), 0) as measured,
        sum(f.due_count) as counted,
        true as is_low_worse
    from rules as r
    inner join {{ ref('rpt_follow_up') }} as f
        on {{ sluice.days_between('f.handed_over_date', today) }} between 0 and coalesce(r.days, 36500)
    where r.rule = 'follow_up_rate'
    group by r.rule, f.call_name
    union all
    {% for rule, (relation, name, moment) in ages.items() %}
    select
        r.rule,
        a.{{ name }} as subject,
        -- what was landed after the day that is replayed is of that day
        cast(
            greatest({{ sluice.epoch_seconds(sluice.as_of()) }} - {{ sluice.epoch_seconds('a.' ~ moment) }}, 0) / 86400.0 as {{ double }}
        ) as measured,
        1 as counted,
        false as is_low_worse
    from rules as r
    cross join {{ relation }} as a
    where r.rule = '{{ rule }}'
    union all
    {% endfor %}
    -- which hours a schedule has is not in the warehouse: the run asks sluice.yml
    select r.rule, 'schedule' as subject, cast(null as {{ double }}) as measured, 0 as counted, false as is_low_worse
    from rules as r
    where r.rule = 'never_sent'
),

final as (
    select
        m.rule,
        m.subject,
        m.measured,
        r.limit_value,
        cast(m.counted as bigint) as counted,
        case
            when m.counted < coalesce(r.minimum, 1) then null
            when m.is_low_worse then m.measured < r.limit_value
            else m.measured > r.limit_value
        end as is_breached,
        r.owner,
        r.channel
    from measures as m
    inner join rules as r on m.rule = r.rule
)

select * from final
