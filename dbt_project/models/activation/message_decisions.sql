with candidates as (
    select * from {{ ref('int_message_candidates') }}
),

find_addresses as (
    select
        m.*,
        c.full_name,
        c.language,
        r.country,
        c.is_deleted,
        case m.channel when 'email' then c.email when 'sms' then c.phone when 'wechat' then c.openid end as address
    from candidates as m
    inner join {{ ref('dim_contacts') }} as c on m.contact_id = c.contact_id
    left join {{ ref('int_recipient_countries') }} as r on m.contact_id = r.contact_id
),

hash_addresses as (
    -- what is suppressed is an address, or the whole mailbox that it is one form of
    select
        *,
        {{ sluice.sha256_hex("case when channel = 'email' then lower(address) else address end") }} as address_hash,
        case when channel = 'email' then {{ sluice.sha256_hex(sluice.email_mailbox('address')) }} end as mailbox_hash
    from find_addresses
),

key_addresses as (
    -- one message an address for a campaign and occurrence, whatever the contact's id: the ledger is asked at the claim
    select
        *,
        case when address is not null then {{ sluice.hash_bigint(["'address'", 'campaign', 'occurrence', 'address_hash']) }} end as address_key
    from hash_addresses
),

bounced_contacts as (
    select distinct contact_id, 'email' as channel
    from {{ ref('contact_events') }}
    where event_type = 'email_bounced' and occurred_at > {{ sluice.days_before(180) }}
),

{{ sluice.held_out('candidates') }},

gather_evidence as (
    select
        m.*,
        s.status as consent_status,
        f.contact_id is not null as is_refused_by_match,
        -- who said nothing about it may be tracked where the project asks for no consent to it
        coalesce(t.status, '{{ 'denied' if var('tracking_needs_consent') else 'granted' }}') = 'granted' as may_be_tracked,
        b.contact_id is not null as has_bounced,
        coalesce(x.reason, y.reason) as suppression_reason,
        d.state as delivery_state,
        d.reason as delivery_reason,
        -- who left the segment, or never was a member, is held out by the same hash
        coalesce(g.is_held_out, false) or h.contact_id is not null as is_held_out,
        g.outranked_by,
        k.is_paused,
        k.is_outside_test,
        k.pilot_places,
        k.is_ramp_halted,
        k.is_outside_ramp,
        k.is_expired,
        k.is_outside_wechat_window,
        k.is_outside_active_hours,
        k.is_outside_variant_time,
        k.window_opens_at,
        k.max_messages,
        k.is_topic_refused,
        k.person_paused_until
    from key_addresses as m
    left join {{ ref('contact_consents') }} as s
        on m.contact_id = s.contact_id and m.channel = s.channel and m.purpose = s.purpose
    left join {{ ref('int_match_refusals') }} as f
        on m.contact_id = f.contact_id and m.channel = f.channel and m.purpose = f.purpose
    left join {{ ref('contact_consents') }} as t on m.contact_id = t.contact_id and m.channel = t.channel and t.purpose = 'tracking'
    left join bounced_contacts as b on m.contact_id = b.contact_id and m.channel = b.channel
    left join {{ source('ledger', 'suppressions') }} as x on m.channel = x.channel and m.address_hash = x.address_hash
    left join {{ source('ledger', 'suppressions') }} as y on m.channel = y.channel and m.mailbox_hash = y.address_hash
    left join {{ ref('int_message_deliveries') }} as d on m.message_id = d.message_id
    left join {{ ref('int_audience_members') }} as g on m.segment = g.segment and m.contact_id = g.contact_id
    left join held_out as h on m.segment = h.segment and m.contact_id = h.contact_id
    left join {{ ref('int_message_conditions') }} as k on m.message_id = k.message_id
),

{{ sluice.decide_messages('gather_evidence') }}

select * from final
