with delivered as (
    select * from {{ ref('int_consents_delivered') }}
),

statements as (
    select
        row_key, stated_in, record_source, record_id, channel, purpose, status, stated_at, proof, address, text_version, landed_at,
        cast(null as timestamp) as kept_since
    from delivered
    union all
    -- a word may be understood today that was not when it came
    select
        u.row_key, u.stated_in, u.record_source, u.record_id, u.channel, u.purpose, u.status, u.stated_at, u.proof, u.address, u.text_version,
        u.first_seen_at as landed_at, u.first_seen_at as kept_since
    from {{ ref('int_consents_unread') }} as u
    left join delivered as d on u.row_key = d.row_key
    where d.row_key is null
),

status_meanings as (
    {{ sluice.read_words('statements', 'status', 'status') }}
),

statuses as (
    -- of a word with two meanings the stricter one holds
    select written, max(case meaning when 'withdrawn' then 3 when 'denied' then 2 else 1 end) as strictness
    from status_meanings
    group by written
),

channel_meanings as (
    {{ sluice.read_words('statements', 'channel', 'channel') }}
),

every_channel as (
    select 'email' as channel
    union all
    select 'sms' as channel
    union all
    select 'wechat' as channel
    union all
    select 'ads' as channel
),

channels as (
    select m.written, c.channel, min(case when m.meaning = 'all' then 1 else 0 end) = 1 as is_of_all
    from channel_meanings as m
    inner join every_channel as c on m.meaning in (c.channel, 'all')
    group by m.written, c.channel
),

purpose_meanings as (
    {{ sluice.read_words('statements', 'purpose', 'purpose') }}
),

purposes as (
    select written, min(meaning) as purpose from purpose_meanings group by written
),

sources as (
    select written, {{ sluice.source_key('written') }} as record_source from (select distinct record_source as written from statements) as d
),

addresses as (
    -- some logs name people by their address alone; one address stands in many statements, and is read once
    select distinct coalesce(address, record_id) as written from statements
),

trimmed_addresses as (
    select written, {{ sluice.trimmed_half_width('written') }} as trimmed
    from addresses
    {{ sluice.computed_once() }}
),

hashed_addresses as (
    select written, {{ sluice.trimmed_address_hash('trimmed') }} as address_hash from trimmed_addresses
),

read_statements as (
    select
        s.row_key,
        s.stated_in,
        o.record_source,
        nullif({{ sluice.trimmed_text('s.record_id') }}, '') as record_id,
        a.address_hash,
        c.channel,
        case when c.channel = 'ads' then 'advertising' else p.purpose end as purpose,
        case t.strictness when 3 then 'withdrawn' when 2 then 'denied' when 1 then 'granted' end as status,
        c.is_of_all,
        s.stated_at,
        s.landed_at,
        s.kept_since,
        s.proof,
        s.text_version,
        s.channel as channel_as_written,
        s.status as status_as_written,
        s.purpose as purpose_as_written
    from statements as s
    left join sources as o on s.record_source = o.written
    left join statuses as t on s.status = t.written
    left join channels as c on s.channel = c.written
    left join purposes as p on s.purpose = p.written
    left join hashed_addresses as a on coalesce(s.address, s.record_id) = a.written
),

final as (
    select distinct
        row_key,
        stated_in,
        record_source,
        record_id,
        address_hash,
        channel,
        purpose,
        status,
        stated_at,
        landed_at,
        kept_since,
        proof,
        text_version,
        channel_as_written,
        status_as_written,
        purpose_as_written,
        case
            when status is null then 'status_not_understood'
            when channel is null then 'channel_not_understood'
            when purpose is null then 'purpose_not_understood'
            when status = 'granted' and stated_at is null then 'time_not_known'
        end as issue
    from read_statements
    -- a yes to everything is no consent to ads, which is one of its own; a no to everything is
    where not (status = 'granted' and channel = 'ads' and is_of_all) or status is null or channel is null
)

select * from final
