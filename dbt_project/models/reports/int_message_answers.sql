{% set reactions = ['email_opened', 'email_clicked', 'sms_clicked', 'sms_read', 'email_unsubscribed', 'email_complained'] %}
{% set conversions = sluice.text_literals(var('conversion_events')) %}

with messages as (
    select *, lead(planned_at) over (partition by contact_id, campaign order by planned_at asc, message_id asc) as next_at
    from {{ ref('int_messages_planned') }}
    where is_sent
),

events as (
    select *, case when abs(amount) < 1e12 then cast(amount as decimal(18, 4)) end as exact_amount
    from {{ ref('contact_events') }}
),

reactions as (
    select delivery_id as message_id, event_type, is_machine from events where delivery_id is not null
    union all
    -- the events of another sender name the campaign alone: they are of its last message to the person
    select m.message_id, e.event_type, e.is_machine
    from events as e
    inner join messages as m on e.contact_id = m.contact_id and e.subject = m.campaign
    where
        e.delivery_id is null and e.event_type in ('{{ reactions | join("', '") }}')
        and e.occurred_at >= m.planned_at and (m.next_at is null or e.occurred_at < m.next_at)
    union all
    select
        delivery_id as message_id,
        case when how = 'complained' then 'email_complained' else 'email_unsubscribed' end as event_type,
        false as is_machine
    from {{ source('ledger', 'consent_statements') }}
    where delivery_id is not null and status = 'withdrawn'
),

follow_messages as (
    -- a conversion or reply is of the last message before it, so that none counts twice
    select
        e.event_key,
        e.event_type in ({{ conversions }}) as is_conversion,
        e.exact_amount,
        e.currency,
        m.message_id,
        row_number() over (partition by e.event_key order by m.planned_at desc, m.message_id asc) as message_rank
    from events as e
    inner join messages as m on e.contact_id = m.contact_id
    where
        not e.is_machine and m.is_bounced = 0 and m.planned_at <= e.occurred_at
        and e.occurred_at < m.planned_at + interval '{{ var("conversion_days") | int }}' day
        and (
            (m.purpose = 'marketing' and e.event_type in ({{ conversions }}))
            or m.channel = case e.event_type
                when 'email_replied' then 'email' when 'sms_replied' then 'sms' when 'wechat_text_reply' then 'wechat'
            end
        )
),

count_reactions as (
    select
        message_id,
        max(case when event_type in ('email_opened', 'email_clicked', 'sms_read', 'sms_clicked') then 1 else 0 end) as is_tracked,
        -- who clicks has opened, whether or not the pictures were loaded
        max(case when event_type in ('email_opened', 'email_clicked', 'sms_read', 'sms_clicked') and not is_machine then 1 else 0 end) as is_opened,
        max(case when event_type in ('email_clicked', 'sms_clicked') and not is_machine then 1 else 0 end) as is_clicked,
        max(case when event_type = 'email_unsubscribed' then 1 else 0 end) as is_unsubscribed,
        max(case when event_type = 'email_complained' then 1 else 0 end) as is_complained
    from reactions
    group by message_id
),

count_followers as (
    select
        message_id,
        max(case when is_conversion then 0 else 1 end) as is_replied,
        max(case when is_conversion then 1 else 0 end) as is_converted,
        sum(case when is_conversion then exact_amount end) as revenue,
        case when count(distinct currency) > 1 then 'several' else min(currency) end as currency
    from follow_messages
    where message_rank = 1
    group by message_id
),

final as (
    select
        m.message_id,
        m.variant,
        coalesce(r.is_tracked, 0) as is_tracked,
        coalesce(r.is_opened, 0) as is_opened,
        coalesce(r.is_clicked, 0) as is_clicked,
        coalesce(r.is_unsubscribed, 0) as is_unsubscribed,
        greatest(m.is_complained, coalesce(r.is_complained, 0)) as is_complained,
        coalesce(f.is_replied, 0) as is_replied,
        coalesce(f.is_converted, 0) as is_converted,
        cast(f.revenue as decimal(38, 4)) as revenue,
        f.currency
    from messages as m
    left join count_reactions as r on m.message_id = r.message_id
    left join count_followers as f on m.message_id = f.message_id
)

select * from final
