{# The events of a message that a person may have caused; a delay, or that a vendor took it over, stays in the ledger's table. #}
{% set engagement = ['email_opened', 'email_clicked', 'sms_clicked', 'sms_read'] %}

with events as (
    select *
    from {{ source('ledger', 'message_events') }}
    where event_type in ('{{ engagement | join("', '") }}')
),

messages as (
    select
        delivery_id,
        min(activation) as campaign,
        min(subject_id) as contact_id,
        min(case when state = 'accepted' then occurred_at end) as sent_at
    from {{ source('ledger', 'receipts') }}
    where kind = 'message' and delivery_id in (select delivery_id from events)
    group by delivery_id
),

scanned as (
    -- a scanner opens the links of a mail at once, or as soon as it is sent: the timings of activations/agents.csv
    select a.event_id
    from events as a
    inner join events as b on a.delivery_id = b.delivery_id
    where
        a.event_type = 'email_clicked' and b.event_type = 'email_clicked' and a.link <> b.link
        and abs({{ sluice.epoch_seconds('a.occurred_at') }} - {{ sluice.epoch_seconds('b.occurred_at') }}) <= 2
    union
    select e.event_id
    from events as e
    inner join messages as m on e.delivery_id = m.delivery_id
    where
        e.event_type = 'email_clicked'
        and {{ sluice.epoch_seconds('e.occurred_at') }} - {{ sluice.epoch_seconds('m.sent_at') }} between 0 and 4
),

final as (
    select
        {{ sluice.contact_event('sluice',
            event_id='e.event_id', event_type='e.event_type', occurred_at='e.occurred_at', recorded_at='e.heard_at',
            subject='m.campaign', is_machine='(e.is_machine or s.event_id is not null)') }},
        coalesce(a.contact_id, m.contact_id) as recipient_id,
        e.delivery_id
    from events as e
    inner join messages as m on e.delivery_id = m.delivery_id
    left join scanned as s on e.event_id = s.event_id
    left join {{ ref('contact_aliases') }} as a on m.contact_id = a.retired_contact_id
)

select * from final
