{#
    The rules of sending, first match wins: each names its reason, and the decision it leads to.
    suppress: never for this occurrence; hold: not now, a person or a later run decides; send.
#}
{% macro decide_messages(evidence) %}
find_reason as (
    select
        *,
        case
            when delivery_state in ('accepted', 'delivered', 'bounced', 'complained') then 'already_sent'
            when delivery_state = 'unknown' then 'outcome_unknown'
            when delivery_state = 'failed' then 'failed_before'
            when is_deleted then 'contact_deleted'
            when address is null then 'no_address'
            when suppression_reason is not null then suppression_reason
            when has_bounced then 'bounced'
            when purpose = 'marketing' and consent_status = 'withdrawn' then 'withdrawn'
            when purpose = 'marketing' and coalesce(consent_status, 'none') <> 'granted' then 'no_consent'
            when outranked_by is not null then 'outranked'
            when is_held_out then 'held_out'
            else 'due'
        end as reason
    from {{ evidence }}
),

decide as (
    select
        *,
        case when reason = 'due' then 'send' when reason = 'outcome_unknown' then 'hold' else 'suppress' end as decision,
        -- two candidates with one address get one message: the smaller message_id
        row_number() over (
            partition by campaign, occurrence, address, case when reason = 'due' then 1 else 0 end order by message_id
        ) as address_rank
    from find_reason
),

final as (
    select
        message_id,
        campaign,
        channel,
        purpose,
        destination,
        template,
        contact_id,
        occurrence,
        case when reason = 'due' and address_rank > 1 then 'suppress' else decision end as decision,
        case when reason = 'due' and address_rank > 1 then 'duplicate_address' else reason end as reason,
        address,
        address_hash,
        full_name,
        language,
        context,
        {{ as_of() }} as decided_at
    from decide
)
{% endmacro %}
