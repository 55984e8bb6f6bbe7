{{ config(materialized='incremental', meta={'idempotent': true}, incremental_strategy='append') }}

with statements as (
    select
        {{ sluice.hash_bigint(['channel', 'purpose', 'status', 'contact_id', 'address_hash', 'how', 'stated_at']) }} as statement_key,
        *
    from {{ source('ledger', 'consent_statements') }}
),

pairings as (
    select
        record_key,
        contact_id,
        mapped_at,
        lead(mapped_at) over (partition by record_key order by mapped_at, contact_id) as paired_until
    from {{ ref('int_record_contacts') }}
),

common_addresses as (
    -- a number or mailbox that stands on everybody's record is nobody's: what comes from it is a word of the address alone
    select channel, address_hash
    from {{ ref('int_record_addresses') }}
    group by channel, address_hash
    having count(*) > {{ var('identifier_max_records') }}
),

find_records as (
    -- the record that the contact is named after, over any number of merges
    select statement_key, contact_id as record_key, 'named' as found_by from statements where contact_id is not null
    union
    -- the records it had when it was written to, or later: whoever splits off it has said no as well
    select s.statement_key, p.record_key, 'paired' as found_by
    from statements as s
    inner join pairings as p on s.contact_id = p.contact_id
    where
        case
            when s.status = 'withdrawn' then s.contact_as_of is null or p.paired_until is null or p.paired_until > s.contact_as_of
            -- who comes back lifts what the records said that were theirs at that moment
            else p.mapped_at <= s.stated_at and (p.paired_until is null or p.paired_until > s.stated_at)
        end
    union
    -- the records that have or had the address
    select s.statement_key, r.record_key, 'address' as found_by
    from statements as s
    inner join {{ ref('int_record_addresses') }} as r on s.channel = r.channel and s.address_hash = r.address_hash
    left join common_addresses as c on s.channel = c.channel and s.address_hash = c.address_hash
    -- a yes is of who gave it, whoever has the address besides
    where c.address_hash is null and s.status <> 'granted'
),

{% if is_incremental() %}
known_statements as (
    select distinct statement_key from {{ this }}
),

{% endif %}
new_records as (
    select f.statement_key, f.record_key, max(case when f.found_by = 'named' then 1 else 0 end) as is_named
    from find_records as f
    {% if is_incremental() %}
    left join known_statements as k on f.statement_key = k.statement_key
    left join {{ this }} as t on f.statement_key = t.statement_key and f.record_key = t.record_key
    -- a record that joined the contact after the statement has its word from the others, for as long as it belongs to them
    where t.statement_key is null and (k.statement_key is null or f.found_by <> 'paired')
    {% endif %}
    group by f.statement_key, f.record_key
),

final as (
    select
        n.statement_key,
        n.record_key,
        s.channel,
        s.purpose,
        case when s.status = 'granted' and n.is_named = 0 then 'lifted' else s.status end as status,
        s.stated_at,
        s.how || coalesce(', delivery ' || cast(s.delivery_id as {{ dbt.type_string() }}), '') as proof
    from new_records as n
    inner join statements as s on n.statement_key = s.statement_key
)

select * from final
