{#
    The rules of sending, first match wins: each names its reason. In this order, so that the reason given is the one that matters most:
    1. the outcome of earlier tries: already_sent, outcome_unknown, already_sent_to_address, failed_before
    2. what law and address say: contact_deleted, no_address, a suppression's reason, bounced, withdrawn, deleted_in_source,
       consent_unclear, no_consent, withdrawn_by_probable_match; and the person in the preference page: topic_refused, person_paused
    3. what people switched: paused, test_mode
    4. what makes it pointless for good: expired, outranked, held_out, wechat_window
    5. how far the campaign is: ramp_halted, ramp, and pilot, whose sample is drawn among those whom nothing but the hour keeps from it
    6. the hour: quiet_hours, active_hours, variant_time
    7. of what is then due: duplicate_address, not_approved, and last frequency_24h, frequency_week, less_often, stage_limit,
       frequency_by_probable_match, lower_priority, since only what would go out now takes a place under a cap
    docs/messages.md says of each how to fix it.
#}
{% macro decide_messages(evidence) %}
find_reason as (
    select *, {{ sluice.message_reason() }} as first_reason from {{ evidence }}
),

{{ sluice.draw_pilot('draw_samples', 'find_reason') }},

rank_addresses as (
    -- two candidates with one address get one message: the smaller message_id
    select *, row_number() over (
        partition by campaign, occurrence, coalesce(address_hash, address), case when drawn_reason = 'due' then 1 else 0 end order by message_id
    ) as address_rank
    from draw_samples
),

leave_duplicates as (
    select *, case when drawn_reason = 'due' and address_rank > 1 then 'duplicate_address' else drawn_reason end as unapproved_reason
    from rank_addresses
),

{{ sluice.hold_unapproved('approved', 'leave_duplicates') }},

{{ sluice.limit_messages('within_channel', 'approved', over_all=false) }},

{{ sluice.limit_messages('within_all', 'within_channel', over_all=true) }},

final as (
    select
        m.message_id,
        m.campaign,
        m.channel,
        m.purpose,
        m.destination,
        m.template,
        m.variant,
        m.subjects,
        m.contact_id,
        m.occurrence,
        {{ sluice.decision_of('w.reason') }} as decision,
        w.reason,
        case w.reason when 'quiet_hours' then m.window_opens_at when 'person_paused' then m.person_paused_until end as sendable_from,
        m.address,
        m.address_hash,
        m.address_key,
        m.full_name,
        m.language,
        m.country,
        m.may_be_tracked,
        m.context,
        {{ sluice.as_of() }} as decided_at
    from approved as m
    inner join within_all as w on m.message_id = w.message_id
)
{% endmacro %}

{# The first rule that speaks against a message, or due. #}
{% macro message_reason() -%}
    case
        when delivery_state in ('accepted', 'delivered', 'bounced', 'complained') then 'already_sent'
        when delivery_state = 'unknown' then 'outcome_unknown'
        when delivery_state = 'failed' and delivery_reason = 'already_sent_to_address' then 'already_sent_to_address'
        when delivery_state = 'failed' then 'failed_before'
        when is_deleted then 'contact_deleted'
        when address is null then 'no_address'
        when suppression_reason is not null then suppression_reason
        when has_bounced then 'bounced'
        when purpose = 'marketing' and consent_status = 'withdrawn' then 'withdrawn'
        when purpose = 'marketing' and consent_status = 'deleted' then 'deleted_in_source'
        when purpose = 'marketing' and consent_status = 'unclear' then 'consent_unclear'
        when purpose = 'marketing' and coalesce(consent_status, 'none') <> 'granted' then 'no_consent'
        when is_refused_by_match then 'withdrawn_by_probable_match'
        when is_topic_refused then 'topic_refused'
        when person_paused_until is not null then 'person_paused'
        when is_paused then 'paused'
        when is_outside_test then 'test_mode'
        when is_expired then 'expired'
        when outranked_by is not null then 'outranked'
        when is_held_out then 'held_out'
        when is_outside_wechat_window then 'wechat_window'
        when is_ramp_halted then 'ramp_halted'
        when is_outside_ramp then 'ramp'
        when window_opens_at is not null then 'quiet_hours'
        when is_outside_active_hours then 'active_hours'
        when is_outside_variant_time then 'variant_time'
        else 'due'
    end
{%- endmacro %}

{# send; hold: not now, a person or a later run decides; suppress: never for this occurrence. #}
{% macro decision_of(reason) -%}
    case
        when {{ reason }} = 'due' then 'send'
        when {{ reason }} in (
            'outcome_unknown', 'person_paused', 'paused', 'test_mode', 'ramp_halted', 'ramp', 'pilot', 'quiet_hours', 'active_hours', 'variant_time',
            'not_approved', 'frequency_24h', 'frequency_week', 'less_often', 'stage_limit', 'lower_priority', 'frequency_by_probable_match', 'deleted_in_source',
            'consent_unclear', 'withdrawn_by_probable_match'
        ) then 'hold'
        else 'suppress'
    end
{%- endmacro %}
