with count_contacts as (
    select
        lifecycle,
        stage,
        count(*) as contact_count,
        percentile_cont(0.5) within group (order by days_in_stage) as median_days
    from {{ ref('contact_lifecycle') }}
    group by lifecycle, stage
),

count_entries as (
    select
        lifecycle,
        to_stage as stage,
        count(distinct case when transitioned_at > {{ sluice.days_before(7) }} then contact_id end) as entered_7_days_count,
        count(distinct contact_id) as entered_30_days_count
    from {{ ref('lifecycle_transitions') }}
    where to_stage is not null and transitioned_at > {{ sluice.days_before(30) }}
    group by lifecycle, to_stage
),

final as (
    -- a stage that nobody stands in is a row too
    select
        r.lifecycle,
        r.stage,
        cast(r.stage_rank as integer) as stage_rank,
        r.label_en,
        r.label_zh,
        coalesce(c.contact_count, 0) as contact_count,
        cast(c.median_days as {{ sluice.type_double() }}) as median_days,
        coalesce(e.entered_7_days_count, 0) as entered_7_days_count,
        coalesce(e.entered_30_days_count, 0) as entered_30_days_count
    from {{ ref('lifecycle_stage_rules') }} as r
    left join count_contacts as c on r.lifecycle = c.lifecycle and r.stage = c.stage
    left join count_entries as e on r.lifecycle = e.lifecycle and r.stage = e.stage
)

select * from final
