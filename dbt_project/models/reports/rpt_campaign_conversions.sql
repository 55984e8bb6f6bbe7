with touches as (
    select
        *,
        cast(date_trunc('month', {{ sluice.from_utc('converted_at', var('time_zone')) }}) as date) as month
    from {{ ref('rpt_attribution') }}
),

final as (
    select
        month,
        channel,
        campaign,
        currency,
        count(distinct conversion_key) as conversion_count,
        cast(sum(last_credit) as bigint) as last_conversions,
        cast(sum(linear_credit) as {{ sluice.type_double() }}) as linear_conversions,
        cast(sum(linear_credit * amount) as {{ sluice.type_double() }}) as linear_revenue
    from touches
    group by month, channel, campaign, currency
)

select * from final
