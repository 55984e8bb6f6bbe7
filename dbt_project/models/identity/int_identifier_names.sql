with count_identifiers as (
    select identifier_key
    from {{ ref('int_record_identifiers') }}
    group by identifier_key
    having count(*) > 1
),

group_names as (
    select
        i.identifier_key,
        n.name_sound,
        count(*) as record_count,
        min(i.created_at) as first_seen_at,
        max(i.updated_at) as last_seen_at,
        min(i.record_key) as name_record_key
    from {{ ref('int_record_identifiers') }} as i
    inner join count_identifiers as c on i.identifier_key = c.identifier_key
    inner join {{ ref('int_record_names') }} as n on i.record_key = n.record_key
    where n.name_sound is not null
    group by i.identifier_key, n.name_sound
),

final as (
    select *, count(*) over (partition by identifier_key) as name_count from group_names
)

select * from final
