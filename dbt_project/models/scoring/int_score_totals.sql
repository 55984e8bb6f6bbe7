{% set cards = models_in('scoring', prefix='scorecard_') %}

with add_points as (
    select
        p.contact_id,
        p.score_model,
        sum(case when p.kind = 'base' then p.points else 0 end) as base,
        sum(case when p.kind = 'fit' then p.points else 0 end) as fit,
        sum(case when p.kind = 'behaviour' then p.points else 0 end) as engagement,
        sum(case when p.kind = 'negative' then p.points else 0 end) as negative,
        sum(case when p.kind = 'manual' then p.points else 0 end) as manual
    from {{ ref('score_contributions') }} as p
    inner join {{ ref('dim_contacts') }} as c on p.contact_id = c.contact_id
    group by p.contact_id, p.score_model
),

cap_points as (
    {% for name in cards %}
    {% set card = checked_scorecard(name[10:]) %}
    select
        contact_id,
        score_model,
        {{ text_literal(card.product_line or 'all') }} as product_line,
        base,
        {{ least_of('fit', (card.caps or {}).fit) }} as fit,
        {{ least_of('engagement', (card.caps or {}).behaviour) }} as engagement,
        negative,
        manual
    from add_points
    where score_model = '{{ name[10:] }}'
    union all
    {% endfor %}
    select contact_id, score_model, 'all' as product_line, base, fit, engagement, negative, manual from add_points where 1 = 0
),

add_kinds as (
    select *, base + fit + engagement + negative + manual as points from cap_points
),

final as (
    {% for name in cards %}
    {% set card = checked_scorecard(name[10:]) %}
    select
        contact_id,
        score_model,
        product_line,
        cast(base as integer) as base,
        cast(fit as integer) as fit,
        cast(engagement as integer) as engagement,
        cast(negative as integer) as negative,
        cast(manual as integer) as manual,
        cast({{ between_of('points', card.floor, card.ceiling) }} as integer) as total,
        {{ band_of(between_of('points', card.floor, card.ceiling), card.bands or []) }} as band
    from add_kinds
    where score_model = '{{ name[10:] }}'
    union all
    {% endfor %}
    select
        contact_id, score_model, product_line, cast(base as integer) as base, cast(fit as integer) as fit, cast(engagement as integer) as engagement,
        cast(negative as integer) as negative, cast(manual as integer) as manual, cast(points as integer) as total, score_model as band
    from add_kinds
    where 1 = 0
)

select * from final
