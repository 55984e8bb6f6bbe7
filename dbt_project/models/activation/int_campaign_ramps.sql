with ramps as (
    -- its last stay in the stage: a test or a pilot before it is not its first day
    select
        c.campaign,
        coalesce(c.max_bounce_rate, {{ sluice.rate_literal(var('ramp_max_bounce_rate')) }}) as max_bounce_rate,
        coalesce(c.max_complaint_rate, {{ sluice.rate_literal(var('ramp_max_complaint_rate')) }}) as max_complaint_rate,
        max(s.entered_at) as entered_at
    from {{ ref('int_campaigns') }} as c
    inner join {{ ref('int_campaign_stages') }} as s on c.campaign = s.campaign
    where c.stage = 'ramp'
    group by c.campaign, c.max_bounce_rate, c.max_complaint_rate
),

find_outcomes as (
    -- whatever the outcome of a message, also after it was delivered; one that was refused at the door bounced
    select
        r.campaign,
        m.delivery_id,
        min(case when m.state <> 'failed' then m.as_of end) as accepted_at,
        max(case when m.state in ('bounced', 'failed') then 1 else 0 end) as bounced,
        max(case when m.state = 'complained' then 1 else 0 end) as complained
    from ramps as r
    inner join {{ source('ledger', 'receipts') }} as m on r.campaign = m.activation
    where
        m.kind = 'message' and m.state in ('accepted', 'delivered', 'bounced', 'complained', 'failed')
        and m.as_of >= r.entered_at and m.as_of <= {{ sluice.as_of() }}
    group by r.campaign, m.delivery_id
),

count_outcomes as (
    select campaign, min(accepted_at) as started_at, count(*) as sent, sum(bounced) as bounced, sum(complained) as complained
    from find_outcomes
    group by campaign
),

count_days as (
    select
        *,
        {{ sluice.days_between(sluice.from_utc('started_at', var('time_zone')), sluice.from_utc(sluice.as_of(), var('time_zone'))) }} as days,
        sent >= {{ var('ramp_min_sent') }} as has_sent_enough
    from count_outcomes
),

final as (
    select
        r.campaign,
        {{ sluice.share_of_day('coalesce(d.days, 0)', var('ramp_shares')) }} as share,
        coalesce(
            d.has_sent_enough and (d.bounced > d.sent * r.max_bounce_rate or d.complained > d.sent * r.max_complaint_rate), false
        ) as is_halted
    from ramps as r
    left join count_days as d on r.campaign = d.campaign
)

select * from final
