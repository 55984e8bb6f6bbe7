with add_points as (
    select
        p.contact_id,
        p.score_model,
        sum(case when p.kind = 'base' then p.points else 0 end) as base,
        sum(case when p.kind = 'fit' then p.points else 0 end) as fit,
        sum(case when p.kind = 'behaviour' then p.points else 0 end) as engagement,
        sum(case when p.kind = 'negative' then p.points else 0 end) as negative,
        sum(case when p.kind = 'manual' then p.points else 0 end) as manual
    from {{ sluice.of_touched(ref('score_contributions')) }} as p
    inner join {{ ref('dim_contacts') }} as c on p.contact_id = c.contact_id
    group by p.contact_id, p.score_model
),

cap_points as (
    select
        p.contact_id,
        p.score_model,
        m.product_line,
        m.floor_total,
        m.ceiling_total,
        p.base,
        least(p.fit, coalesce(m.fit_cap, p.fit)) as fit,
        least(p.engagement, coalesce(m.behaviour_cap, p.engagement)) as engagement,
        p.negative,
        p.manual
    from add_points as p
    inner join {{ ref('score_models') }} as m on p.score_model = m.score_model
),

add_kinds as (
    select *, base + fit + engagement + negative + manual as points from cap_points
),

raise_to_floor as (
    select *, greatest(points, coalesce(floor_total, points)) as raised_points from add_kinds
),

limit_totals as (
    select *, least(raised_points, coalesce(ceiling_total, raised_points)) as total from raise_to_floor
),

rank_bands as (
    -- the highest band the total reaches; below all of them, the lowest
    select
        t.*,
        b.band,
        row_number() over (
            partition by t.contact_id, t.score_model
            order by case when t.total >= b.from_total then b.from_total end desc nulls last, b.from_total asc
        ) as band_rank
    from limit_totals as t
    left join {{ ref('score_bands') }} as b on t.score_model = b.score_model
),

final as (
    select
        contact_id,
        score_model,
        product_line,
        cast(base as integer) as base,
        cast(fit as integer) as fit,
        cast(engagement as integer) as engagement,
        cast(negative as integer) as negative,
        cast(manual as integer) as manual,
        cast(total as integer) as total,
        band
    from rank_bands
    where band_rank = 1
)

select * from final
