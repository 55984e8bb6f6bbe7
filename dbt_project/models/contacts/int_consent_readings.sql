with statements as (
    select * from {{ ref('int_consents_delivered') }}
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

read_statements as (
    select
        {{ sluice.hash_bigint(['s.stated_in', 's.record_source', 's.record_id', 's.channel', 's.purpose', 's.status', 's.stated_at', 's.proof']) }}
            as row_key,
        s.stated_in,
        {{ sluice.source_key('s.record_source') }} as record_source,
        {{ sluice.trim_text('s.record_id') }} as record_id,
        c.channel,
        case when c.channel = 'ads' then 'advertising' else p.purpose end as purpose,
        case t.strictness when 3 then 'withdrawn' when 2 then 'denied' when 1 then 'granted' end as status,
        c.is_of_all,
        s.stated_at,
        s.proof,
        s.channel as channel_as_written,
        s.status as status_as_written,
        s.purpose as purpose_as_written
    from statements as s
    left join statuses as t on s.status = t.written
    left join channels as c on s.channel = c.written
    left join purposes as p on s.purpose = p.written
),

final as (
    select distinct
        row_key,
        stated_in,
        record_source,
        record_id,
        channel,
        purpose,
        status,
        stated_at,
        proof,
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
