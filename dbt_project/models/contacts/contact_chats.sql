with replies as (
    select *
    from {{ ref('contact_events') }}
    where event_type in ('wechat_text_reply', 'wechat_media_reply') and not is_machine
),

final as (
    select
        event_key,
        contact_id,
        occurred_at as said_at,
        cast('wechat' as {{ dbt.type_string() }}) as channel,
        coalesce(subject, 'text') as message_kind,
        nullif({{ sluice.event_property('text') }}, '') as message_text
    from replies
)

select * from final
