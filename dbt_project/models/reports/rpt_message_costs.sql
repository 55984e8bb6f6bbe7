{% set double = sluice.type_double() | trim %}

with prices as (
    select
        channel,
        destination,
        replace(phone_prefix, '+', '') as phone_prefix,
        valid_from,
        upper(currency) as currency,
        per,
        price * case when per = 'segment' then segments else 1 end as message_price
    from ({{ sluice.seed_rows('channel_prices') }}) as written
),

invoices as (
    -- what a channel took as a whole in a month: its messages are in there
    select distinct cast(date_trunc('month', month) as date) as month, lower(channel) as channel
    from ({{ sluice.seed_rows('marketing_costs') }}) as written
    where kind = 'channel' and channel is not null
),

accepted as (
    -- the logical time: a replayed day counts what was sent until that day
    select delivery_id, min(destination) as destination, min(occurred_at) as accepted_at
    from {{ source('receipts', 'receipts') }}
    where kind = 'message' and state in ('accepted', 'delivered') and as_of <= {{ sluice.as_of() }}
    group by delivery_id
),

messages as (
    select
        r.delivery_id,
        cast({{ sluice.from_utc('r.accepted_at', var('time_zone')) }} as date) as accepted_date,
        m.channel,
        r.destination,
        case when m.channel = 'sms' then p.phone end as phone
    from accepted as r
    inner join {{ ref('int_messages_planned') }} as m on r.delivery_id = m.message_id
    left join {{ ref('dim_contacts') }} as p on m.contact_id = p.contact_id
),

prefixed as (
    -- the longest prefix that has a price anywhere: messages of one are of the same prices
    select m.delivery_id, max(length(p.phone_prefix)) as prefix_length
    from messages as m
    inner join (select distinct phone_prefix from prices where phone_prefix is not null) as p on m.phone like '+' || p.phone_prefix || '%'
    group by m.delivery_id
),

days as (
    select
        m.accepted_date,
        m.channel,
        m.destination,
        substr(m.phone, 2, x.prefix_length) as phone_prefix,
        count(*) as message_count
    from messages as m
    left join prefixed as x on m.delivery_id = x.delivery_id
    group by m.accepted_date, m.channel, m.destination, substr(m.phone, 2, x.prefix_length)
),

rank_prices as (
    -- a destination's own price before its channel's, the longest prefix (+1876 before +1), the newest that holds on the day
    select
        d.accepted_date,
        d.channel,
        d.destination,
        d.message_count,
        p.phone_prefix,
        p.currency,
        p.message_price,
        p.per,
        row_number() over (
            partition by d.accepted_date, d.channel, d.destination, d.phone_prefix
            order by
                case when p.destination is null then 1 else 0 end,
                coalesce(length(p.phone_prefix), 0) desc,
                p.valid_from desc
        ) as price_rank
    from days as d
    left join prices as p
        on d.channel = p.channel
        and d.destination = coalesce(p.destination, d.destination)
        and (p.phone_prefix is null or d.phone_prefix like p.phone_prefix || '%')
        and d.accepted_date >= p.valid_from
),

final as (
    select
        cast(date_trunc('month', r.accepted_date) as date) as month,
        r.channel,
        r.destination,
        r.phone_prefix,
        case when i.channel is null then r.currency end as currency,
        cast(sum(r.message_count) as bigint) as message_count,
        -- one day without a price leaves the month without a sum
        case
            when i.channel is not null then 0
            when count(r.message_price) = count(*) then cast(sum(r.message_count * r.message_price) as {{ double }})
        end as message_cost,
        case
            when i.channel is not null then 'in_the_invoice'
            when count(r.message_price) = count(*) then null
            when max(case when r.message_price is null and r.per = 'segment' then 1 else 0 end) = 1 then 'segments_not_given'
            else 'no_price'
        end as reason
    from rank_prices as r
    left join invoices as i on r.channel = i.channel and cast(date_trunc('month', r.accepted_date) as date) = i.month
    where r.price_rank = 1
    group by
        cast(date_trunc('month', r.accepted_date) as date), r.channel, r.destination, r.phone_prefix,
        case when i.channel is null then r.currency end, i.channel
)

select * from final
