{# What a journey hands to sales is its call; sales follows it up by an event of theirs. #}
{% set hours = sluice.setting('follow_up_hours') %}
{% set day = 'cast(' ~ sluice.from_utc('c.called_at', var('time_zone')) ~ ' as date)' %}

with calls as (
    select call_key, call_name, contact_id, called_at from {{ ref('journey_calls') }}
),

answers as (
    select contact_id, occurred_at
    from {{ ref('contact_events') }}
    where event_type in ({{ sluice.text_literals(sluice.setting('follow_up_events')) }})
),

first_answers as (
    select
        c.call_key,
        min({{ sluice.epoch_seconds('a.occurred_at') }} - {{ sluice.epoch_seconds('c.called_at') }}) as waited_seconds
    from calls as c
    inner join answers as a on c.contact_id = a.contact_id and c.called_at <= a.occurred_at
    group by c.call_key
),

final as (
    select
        c.call_key,
        c.call_name,
        c.contact_id,
        {{ day }} as handed_over_date,
        case
            when f.waited_seconds <= {{ hours }} * 3600 then 1
            when {{ sluice.is_hours_ago('c.called_at', hours) }} then 0
        end as is_in_time,
        case when f.call_key is null then 0 else 1 end as is_followed_up
    from calls as c
    left join first_answers as f on c.call_key = f.call_key
    -- where no system of sales ever reported, nothing is measured: no zero for it
    where exists (select 1 from answers)
)

select * from final
