with receipts as (
    -- the logical time: a replayed day counts what was sent until that day, whenever it is replayed
    select delivery_id, activation, destination, subject_id, min(as_of) as sent_at
    from {{ source('ledger', 'receipts') }}
    where kind = 'message' and state in ('accepted', 'delivered', 'bounced', 'complained', 'unknown') and as_of <= {{ sluice.as_of() }}
    group by delivery_id, activation, destination, subject_id
),

destination_channels as (
    select destination, min(channel) as channel from {{ ref('int_campaigns') }} group by destination
),

final as (
    -- of a campaign that is no more: the channel its destination serves for others, e-mail where it is unknown; and it was marketing
    select
        r.delivery_id,
        coalesce(a.contact_id, r.subject_id) as contact_id,
        r.activation as campaign,
        coalesce(c.channel, d.channel, 'email') as channel,
        coalesce(c.purpose, 'marketing') as purpose,
        r.sent_at
    from receipts as r
    inner join {{ ref('int_delivery_states') }} as s on r.delivery_id = s.delivery_id
    left join {{ ref('contact_aliases') }} as a on r.subject_id = a.retired_contact_id
    left join {{ ref('int_campaigns') }} as c on r.activation = c.campaign
    left join destination_channels as d on r.destination = d.destination
    where s.state in ('accepted', 'delivered', 'bounced', 'complained', 'unknown')
)

select * from final
