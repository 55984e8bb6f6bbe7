with records as (
    select * from {{ ref('int_contact_records') }}
),

delivered as (
    {{ sluice.delivered_records() }}
),

delivered_moments as (
    select
        source,
        record_id,
        created_at,
        count(*) as row_count,
        count(distinct {{ sluice.row_fingerprint(['is_deleted', 'identifiers', 'attributes'] + sluice.contact_record_texts()) }}) as content_count
    from delivered
    group by source, record_id, created_at, updated_at
),

delivered_keys as (
    select
        source,
        record_id,
        sum(row_count) as row_count,
        count(*) as moment_count,
        max(content_count) as content_count,
        max(case when not coalesce(created_at <= {{ sluice.last_created_at() }}, created_at is null) then 1 else 0 end) as is_later
    from delivered_moments
    group by source, record_id
),

list_issues as (
    select source, 'phone that is none' as issue from records where has_unreadable_phone
    union all
    select source, 'e-mail that is none' as issue from records where has_unreadable_email
    union all
    select source, 'no name' as issue from records where full_name is null
    union all
    select source, 'birth date that is none' as issue from records where birth_date_as_written is not null and birth_date is null
    union all
    select r.source, 'nothing to know it by' as issue
    from records as r
    left join (select distinct record_key from {{ ref('int_record_identifiers') }}) as i on r.record_key = i.record_key
    where i.record_key is null
    union all
    select r.source, i.identifier_type || ' without a rule in identity_rules: joins nothing' as issue
    from {{ ref('int_record_identifiers') }} as i
    inner join records as r on i.record_key = r.record_key
    left join {{ sluice.seed('identity_rules') }} as k on i.identifier_type = k.identifier_type
    where k.identifier_type is null and i.identifier_type <> 'email_address'
    union all
    select
        source,
        case
            when content_count > 1 then 'record id on rows of one moment that differ'
            when moment_count > 1 then 'record id on several rows: the last updated counts'
            else 'record id on several rows, all equal'
        end as issue
    from delivered_keys
    where row_count > 1
    union all
    select source, 'created after the run' as issue from delivered_keys where is_later = 1
    union all
    select r.source, 'no longer sent by its source' as issue
    from records as r
    left join delivered_keys as d on r.source = d.source and r.record_id = d.record_id
    where d.record_id is null
    union all
    select r.source, i.identifier_type || ' ' || q.quality as issue
    from {{ ref('int_record_identifiers') }} as i
    inner join {{ ref('int_identifier_quality') }} as q on i.identifier_key = q.identifier_key
    inner join records as r on i.record_key = r.record_key
    where q.quality <> 'own' and i.identifier_type <> 'email_address'
),

final as (
    select source, issue, count(*) as record_count
    from list_issues
    group by source, issue
)

select * from final
