{# The events of a message that a person may have caused; a delay, or that a vendor took it over, stays in the ledger's table. #}
{% set engagement = ['email_opened', 'email_clicked', 'sms_clicked', 'sms_read'] %}

with events as (
    select *
    from {{ source('ledger', 'message_events') }}
    where event_type in ('{{ engagement | join("', '") }}')
),

messages as (
    select delivery_id, min(activation) as campaign, min(subject_id) as contact_id
    from {{ source('ledger', 'receipts') }}
    where kind = 'message' and delivery_id in (select delivery_id from events)
    group by delivery_id
),

final as (
    select
        {{ sluice.contact_event('sluice',
            event_id='e.event_id', event_type='e.event_type', occurred_at='e.occurred_at', recorded_at='e.heard_at',
            subject='m.campaign', is_machine='e.is_machine') }},
        coalesce(a.contact_id, m.contact_id) as recipient_id,
        e.delivery_id
    from events as e
    inner join messages as m on e.delivery_id = m.delivery_id
    left join {{ ref('contact_aliases') }} as a on m.contact_id = a.retired_contact_id
)

select * from final
