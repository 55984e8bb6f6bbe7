with stages as (
    {{ stages_of_living_contacts(ref('lifecycle_transitions')) }}
),

final as (
    select
        s.contact_id,
        s.lifecycle,
        s.stage,
        coalesce(r.stage_rank, 0) as stage_rank,
        coalesce(r.label_en, s.stage) as label_en,
        coalesce(r.label_zh, s.stage) as label_zh,
        s.from_stage as previous_stage,
        s.entered_at,
        {{ days_between('s.entered_at', as_of()) }} as days_in_stage,
        s.reason_en,
        s.reason_zh
    from stages as s
    inner join {{ ref('dim_contacts') }} as c on s.contact_id = c.contact_id
    left join {{ ref('lifecycle_stage_rules') }} as r on s.lifecycle = r.lifecycle and s.stage = r.stage
    where s.stage is not null
)

select * from final
