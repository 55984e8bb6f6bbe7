with crm_stages as (
    select
        contact_id,
        subject as stage,
        occurred_at,
        event_key,
        lag(subject) over (partition by contact_id order by occurred_at asc, event_key asc) as earlier_stage
    from {{ ref('contact_events') }}
    where event_type = 'crm_stage_changed' and subject is not null
),

enter_stages as (
    select
        contact_id,
        earlier_stage,
        stage,
        occurred_at,
        lag(occurred_at) over (partition by contact_id order by occurred_at asc, event_key asc) as entered_at
    from crm_stages
    where earlier_stage is null or earlier_stage <> stage
),

crm_moves as (
    -- the history that the CRM has of its own stages, older than the first run
    select
        contact_id,
        earlier_stage as from_stage,
        stage as to_stage,
        {{ sluice.days_between('entered_at', 'occurred_at') }} as days_in_stage
    from enter_stages
),

moves as (
    select lifecycle, contact_id, from_stage, to_stage, days_in_stage from {{ ref('lifecycle_transitions') }}
    union all
    select 'crm' as lifecycle, contact_id, from_stage, to_stage, days_in_stage from crm_moves
),

count_stays as (
    select lifecycle, to_stage as stage, count(distinct contact_id) as contact_count
    from moves
    where to_stage is not null
    group by lifecycle, to_stage
),

count_moves as (
    select
        lifecycle,
        from_stage as stage,
        to_stage,
        count(distinct contact_id) as moved_count,
        avg(days_in_stage) as average_days,
        percentile_cont(0.5) within group (order by days_in_stage) as median_days
    from moves
    where from_stage is not null
    group by lifecycle, from_stage, to_stage
),

final as (
    select
        s.lifecycle,
        s.stage as from_stage,
        m.to_stage,
        s.contact_count,
        coalesce(m.moved_count, 0) as moved_count,
        cast(coalesce(m.moved_count, 0) as {{ sluice.type_double() }}) / s.contact_count as conversion_rate,
        cast(m.average_days as {{ sluice.type_double() }}) as average_days,
        cast(m.median_days as {{ sluice.type_double() }}) as median_days
    from count_stays as s
    left join count_moves as m on s.lifecycle = m.lifecycle and s.stage = m.stage
)

select * from final
