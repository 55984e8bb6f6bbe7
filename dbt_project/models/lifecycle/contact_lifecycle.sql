with stages as (
    {{ sluice.latest_of_living_contacts(
        ref('lifecycle_transitions'), 'lifecycle', 'transitioned_at',
        ['from_stage', 'to_stage', 'transitioned_at', 'reason_en', 'reason_zh']
    ) }}
),

final as (
    select
        s.contact_id,
        s.lifecycle,
        s.to_stage as stage,
        coalesce(r.stage_rank, 0) as stage_rank,
        coalesce(r.label_en, s.to_stage) as label_en,
        coalesce(r.label_zh, s.to_stage) as label_zh,
        s.from_stage as previous_stage,
        s.transitioned_at as entered_at,
        {{ sluice.days_between('s.transitioned_at', sluice.as_of()) }} as days_in_stage,
        s.reason_en,
        s.reason_zh
    from stages as s
    inner join {{ ref('dim_contacts') }} as c on s.contact_id = c.contact_id
    left join {{ ref('lifecycle_stage_rules') }} as r on s.lifecycle = r.lifecycle and s.to_stage = r.stage
    where s.to_stage is not null
)

select * from final
