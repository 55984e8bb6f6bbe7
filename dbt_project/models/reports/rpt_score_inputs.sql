with trained as (
    select * from {{ ref('int_score_trained_levels') }}
),

live as (
    select * from {{ ref('int_score_levels') }}
),

-- half a contact more in each level: an empty one would make the index infinite
level_shares as (
    select
        t.score_model,
        t.input,
        t.low_value,
        t.high_value,
        t.contact_count as trained_count,
        coalesce(l.contact_count, 0) as live_count,
        coalesce(l.outside_count, 0) as outside_count,
        (t.contact_count + 0.5)
        / (sum(t.contact_count) over (partition by t.score_model, t.input) + 0.5 * count(*) over (partition by t.score_model, t.input))
            as trained_share,
        (coalesce(l.contact_count, 0) + 0.5)
        / (sum(coalesce(l.contact_count, 0)) over (partition by t.score_model, t.input)
            + 0.5 * count(*) over (partition by t.score_model, t.input)) as live_share
    from trained as t
    left join live as l on t.score_model = l.score_model and t.input = l.input and t.level = l.level
),

compare as (
    select
        score_model,
        input,
        sum(trained_count) as trained_contact_count,
        sum(live_count) as contact_count,
        sum(cast((live_share - trained_share) * ln(live_share / trained_share) as {{ sluice.type_double() }})) as psi,
        nullif(cast(count(*) - 1 as {{ sluice.type_double() }}), 0) as freedom, -- none where no level has a name
        max(low_value) as low_value,
        max(high_value) as high_value,
        sum(outside_count) as outside_count
    from level_shares
    group by score_model, input
),

final as (
    select
        score_model,
        input,
        cast(trained_contact_count as bigint) as trained_contact_count,
        cast(contact_count as bigint) as contact_count,
        {{ sluice.rounded('psi', 4) }} as psi,
        -- chance alone stays below it 999 times in 1,000 (chi-square after Wilson and Hilferty; Yurdakul 2018, Statistical properties of PSI)
        case when contact_count > 0 then {{ sluice.rounded(
            'greatest(0.25, freedom * power(1 - 2 / (9 * freedom) + 3.09 * sqrt(2 / (9 * freedom)), 3)'
            ~ ' * (1 / nullif(cast(trained_contact_count as ' ~ sluice.type_double() ~ '), 0)'
            ~ ' + 1 / nullif(cast(contact_count as ' ~ sluice.type_double() ~ '), 0)))', 4
        ) }} end as psi_bar,
        low_value,
        high_value,
        case when low_value is not null then cast(outside_count as bigint) end as outside_count,
        case when low_value is not null
            then cast(outside_count as {{ sluice.type_double() }}) / nullif(contact_count, 0)
        end as outside_share
    from compare
)

select * from final
