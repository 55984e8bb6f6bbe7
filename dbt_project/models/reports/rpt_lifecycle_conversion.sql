with stays as (
    select contact_id, lifecycle, to_stage as stage, transitioned_at as entered_at
    from {{ ref('lifecycle_transitions') }}
    where to_stage is not null
),

leavings as (
    select contact_id, lifecycle, from_stage as stage, to_stage, days_in_stage
    from {{ ref('lifecycle_transitions') }}
    where from_stage is not null
),

count_stays as (
    select lifecycle, stage, count(distinct contact_id) as contact_count from stays group by lifecycle, stage
),

count_moves as (
    select lifecycle, stage, to_stage, count(distinct contact_id) as moved_count, avg(days_in_stage) as average_days
    from leavings
    group by lifecycle, stage, to_stage
),

final as (
    select
        s.lifecycle,
        s.stage as from_stage,
        m.to_stage,
        s.contact_count,
        coalesce(m.moved_count, 0) as moved_count,
        coalesce(m.moved_count, 0) * 1.0 / s.contact_count as conversion_rate,
        m.average_days
    from count_stays as s
    left join count_moves as m on s.lifecycle = m.lifecycle and s.stage = m.stage
)

select * from final
