with identifiers as (
    select i.record_key, i.identifier_key, i.identifier_type, q.quality, r.guard, r.weight
    from {{ ref('int_record_identifiers') }} as i
    inner join {{ ref('int_identifier_quality') }} as q on i.identifier_key = q.identifier_key
    inner join {{ sluice.seed('identity_rules') }} as r on i.identifier_type = r.identifier_type
    where r.is_joining and q.record_count > 1 and q.quality in ('own', 'shared', 'recycled')
),

group_records as (
    -- one identifier, or one name on an identifier of several people: whoever is in a group is one person
    select
        i.record_key,
        i.identifier_key,
        i.identifier_type,
        i.weight,
        case when i.quality = 'own' or i.guard = 'none' then '' else n.name_sound end as shared_name
    from identifiers as i
    left join {{ ref('int_record_names') }} as n on i.record_key = n.record_key
),

first_records as (
    select *, min(record_key) over (partition by identifier_key, shared_name) as first_record_key
    from group_records
    where shared_name is not null
),

final as (
    select
        first_record_key as record_key_a,
        record_key as record_key_b,
        case when shared_name = '' then 'same_' || identifier_type else 'same_name_on_' || identifier_type end as rule,
        identifier_key,
        cast(weight as {{ sluice.type_double() }}) as weight
    from first_records
    where record_key <> first_record_key
)

select * from final
