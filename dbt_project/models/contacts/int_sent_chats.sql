{# Messages of ours on the channels that people answer on. The ledger keeps no text of them: the template tells what it was. #}
with receipts as (
    -- the time of the outcome, which what the person wrote is compared with; a replayed day has what was sent until that day
    select
        delivery_id,
        activation as campaign,
        subject_id,
        min(case when state in ('accepted', 'delivered', 'unknown') then occurred_at end) as sent_at,
        max(receipt_id) as last_receipt_id
    from {{ source('ledger', 'receipts') }}
    where kind = 'message' and as_of <= {{ sluice.as_of() }}
    group by delivery_id, activation, subject_id
),

name_channels as (
    select
        r.*,
        l.destination,
        l.state,
        t.template,
        coalesce(t.channel, case
            when l.destination in ('wechat_service', 'wechat_template', 'wechat_subscribe', 'wechat_mass', 'wecom_mass') then 'wechat'
            when l.destination in ('aliyun', 'tencent', 'twilio', 'kannel') then 'sms'
        end) as channel
    from receipts as r
    inner join {{ source('ledger', 'receipts') }} as l on r.last_receipt_id = l.receipt_id
    left join {{ ref('int_campaign_templates') }} as t on r.campaign = t.campaign
    where l.state in ('accepted', 'delivered', 'bounced', 'complained', 'unknown') and r.sent_at is not null
),

final as (
    select
        n.delivery_id,
        coalesce(a.contact_id, n.subject_id) as contact_id,
        n.sent_at,
        n.channel,
        n.campaign,
        n.template,
        n.state,
        case n.destination
            when 'wechat_service' then 'service'
            when 'wechat_template' then 'template'
            when 'wechat_subscribe' then 'subscribe'
            when 'wechat_mass' then 'mass'
            when 'wecom_mass' then 'mass'
            else 'text'
        end as message_kind
    from name_channels as n
    left join {{ ref('contact_aliases') }} as a on n.subject_id = a.retired_contact_id
    where n.channel in ('wechat', 'sms')
)

select * from final
