with candidates as (
    select * from "warehouse"."activation"."int_message_candidates"
),

find_addresses as (
    select
        m.*,
        c.full_name,
        c.language,
        c.is_deleted,
        case m.channel when 'email' then c.email when 'sms' then c.phone when 'wechat' then c.unionid end as address
    from candidates as m
    inner join "warehouse"."contacts"."dim_contacts" as c on m.contact_id = c.contact_id
),

hash_addresses as (
    select *, sha256(address) as address_hash from find_addresses
),

bounced_contacts as (
    select distinct contact_id, 'email' as channel
    from "warehouse"."contacts"."contact_events"
    where event_type = 'email_bounced' and occurred_at > cast('2026-11-24 16:16:15' as timestamp) - interval '180' day
),

gather_evidence as (
    select
        m.*,
        s.status as consent_status,
        b.contact_id is not null as has_bounced,
        x.reason as suppression_reason,
        d.state as delivery_state
    from hash_addresses as m
    left join "warehouse"."contacts"."contact_consents" as s
        on m.contact_id = s.contact_id and m.channel = s.channel and m.purpose = s.purpose
    left join bounced_contacts as b on m.contact_id = b.contact_id and m.channel = b.channel
    left join "warehouse"."ledger"."suppressions" as x on m.channel = x.channel and m.address_hash = x.address_hash
    left join "warehouse"."activation"."int_delivery_states" as d on m.message_id = d.delivery_id
),


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
            else 'due'
        end as reason
    from gather_evidence
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
        cast('2026-11-24 16:16:15' as timestamp) as decided_at
    from decide
)


select * from final