with written as (
    select record_source, record_id, address_hash from {{ ref('int_consent_statements') }}
    union
    select record_source, record_id, address_hash from {{ ref('int_consent_readings') }}
),

said as (
    select w.*, s.source_key
    from written as w
    left join (
        -- few sources stand on many rows: each is read once
        select record_source, {{ sluice.source_key('record_source') }} as source_key from (select distinct record_source from written) as d
    ) as s on w.record_source = s.record_source
),

sources as (
    select source, {{ sluice.source_key('source') }} as source_key from (select distinct source from {{ ref('identity_map') }}) as d
),

records as (
    select m.record_key, m.contact_id, m.record_id, s.source_key
    from {{ ref('identity_map') }} as m
    inner join sources as s on m.source = s.source
),

exact_matches as (
    select s.record_source, s.record_id, s.address_hash, r.record_key, 'exact' as found_by
    from said as s
    inner join records as r on s.source_key = r.source_key and {{ sluice.trimmed_text('s.record_id') }} = {{ sluice.trimmed_text('r.record_id') }}
),

left_over as (
    select s.record_source, s.record_id, s.address_hash, {{ sluice.record_id_fold('s.record_id') }} as id_fold, k.source_key
    from said as s
    left join exact_matches as e
        on coalesce(s.record_source, '') = coalesce(e.record_source, '') and coalesce(s.record_id, '') = coalesce(e.record_id, '')
        and coalesce(s.address_hash, '') = coalesce(e.address_hash, '')
    left join (select distinct source_key from sources) as k on s.source_key = k.source_key
    where e.record_key is null
),

folded_records as (
    select record_key, contact_id, source_key, {{ sluice.record_id_fold('record_id') }} as id_fold from records
),

common_addresses as (
    -- what stands on everybody's record is nobody's
    select channel, address_hash
    from {{ ref('int_record_addresses') }}
    group by channel, address_hash
    having count(*) > {{ sluice.setting('identifier_max_records') }}
),

address_matches as (
    select l.record_source, l.record_id, l.address_hash, a.record_key, 'address' as found_by
    from left_over as l
    inner join {{ ref('int_record_addresses') }} as a on l.address_hash = a.address_hash
    left join common_addresses as c on a.channel = c.channel and a.address_hash = c.address_hash
    where c.address_hash is null
),

folded_matches as (
    select l.record_source, l.record_id, l.address_hash, r.record_key, 'folded' as found_by, l.source_key, r.contact_id
    from left_over as l
    inner join folded_records as r on l.id_fold = r.id_fold and (l.source_key is null or l.source_key = r.source_key)
    where l.id_fold <> ''
),

one_person as (
    -- without a source that we know, an id may be of several people: then of none
    select record_source, record_id, address_hash
    from folded_matches
    group by record_source, record_id, address_hash
    having max(case when source_key is null then 0 else 1 end) = 1 or count(distinct contact_id) = 1
),

final as (
    select record_source, record_id, address_hash, record_key, found_by from exact_matches
    union
    select record_source, record_id, address_hash, record_key, found_by from address_matches
    union
    select f.record_source, f.record_id, f.address_hash, f.record_key, f.found_by
    from folded_matches as f
    inner join one_person as o
        on coalesce(f.record_source, '') = coalesce(o.record_source, '') and f.record_id = o.record_id
        and coalesce(f.address_hash, '') = coalesce(o.address_hash, '')
)

select * from final
