with models as (
    select distinct score_model from {{ ref('score_rules') }}
),

add_points as (
    select
        c.contact_id,
        m.score_model,
        cast(coalesce(sum(case when p.kind = 'fit' then p.points end), 0) as integer) as fit,
        cast(coalesce(sum(case when p.kind = 'engagement' then p.points end), 0) as integer) as engagement,
        cast(coalesce(sum(p.points), 0) as integer) as total
    from {{ ref('dim_contacts') }} as c
    cross join models as m
    left join {{ ref('score_contributions') }} as p on c.contact_id = p.contact_id and m.score_model = p.score_model
    group by c.contact_id, m.score_model
),

final as (
    select
        *,
        case when total >= {{ var('score_hot') }} then 'hot' when total >= {{ var('score_warm') }} then 'warm' else 'cold' end as band
    from add_points
)

select * from final
