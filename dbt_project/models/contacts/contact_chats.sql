{% set text = dbt.type_string() %}

with replies as (
    select *, {{ sluice.event_property('message_id') }} as chat_id
    from {{ ref('contact_events') }}
    where event_type in ('wechat_text_reply', 'wechat_media_reply') and not is_machine
),

-- what a customer service system has too of what the vendor reported
known_already as (
    select c.chat_key
    from {{ ref('int_chat_messages') }} as c
    inner join replies as r on c.contact_id = r.contact_id and c.chat_id = r.chat_id
    where c.direction = 'in'
),

final as (
    select
        event_key,
        contact_id,
        occurred_at as said_at,
        cast('wechat' as {{ text }}) as channel,
        cast('contact' as {{ text }}) as spoken_by,
        cast(null as {{ text }}) as campaign,
        cast(null as {{ text }}) as template,
        cast(null as {{ text }}) as staff_name,
        coalesce(subject, 'text') as message_kind,
        nullif({{ sluice.event_property('text') }}, '') as message_text,
        cast(null as {{ text }}) as delivery_state
    from replies
    union all
    select
        delivery_id as event_key,
        contact_id,
        sent_at as said_at,
        channel,
        'campaign' as spoken_by,
        campaign,
        template,
        null as staff_name,
        message_kind,
        null as message_text,
        state as delivery_state
    from {{ ref('int_sent_chats') }}
    union all
    select
        c.chat_key as event_key,
        c.contact_id,
        c.said_at,
        c.channel,
        case c.direction when 'in' then 'contact' else 'staff' end as spoken_by,
        null as campaign,
        null as template,
        case when c.direction <> 'in' then c.staff_name end as staff_name,
        c.message_kind,
        c.message_text,
        null as delivery_state
    from {{ ref('int_chat_messages') }} as c
    left join known_already as k on c.chat_key = k.chat_key
    where k.chat_key is null
)

select * from final
