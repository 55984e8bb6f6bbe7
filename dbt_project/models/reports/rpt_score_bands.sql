with count_contacts as (
    select score_model, band, count(*) as contact_count, avg(total) as average_total
    from {{ ref('contact_scores') }}
    group by score_model, band
),

bands as (
    select score_model, band, from_total from {{ ref('score_bands') }}
    union
    -- below the lowest band of a model stands a row without one
    select c.score_model, c.band, cast(null as bigint) as from_total
    from count_contacts as c
    left join {{ ref('score_bands') }} as b on c.score_model = b.score_model and c.band = b.band
    where b.score_model is null
),

final as (
    select
        b.score_model,
        b.band,
        cast(b.from_total as integer) as from_total,
        coalesce(c.contact_count, 0) as contact_count,
        cast(c.average_total as {{ sluice.type_double() }}) as average_total,
        coalesce(c.contact_count, 0)
        / cast(nullif(sum(coalesce(c.contact_count, 0)) over (partition by b.score_model), 0) as {{ sluice.type_double() }}) as share
    from bands as b
    left join count_contacts as c on b.score_model = c.score_model and coalesce(b.band, '') = coalesce(c.band, '')
)

select * from final
