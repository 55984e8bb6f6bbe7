with final as (
    select campaign, channel, decision, reason, count(*) as message_count
    from {{ ref('int_messages_planned') }}
    where not is_sent
    group by campaign, channel, decision, reason
)

select * from final
