with own_identifiers as (
    select
        i.record_key,
        max(case when i.identifier_type = 'email' then i.identifier_value end) as email,
        max(case when i.identifier_type = 'phone' then i.identifier_value end) as phone
    from {{ ref('int_record_identifiers') }} as i
    inner join {{ ref('int_identifier_quality') }} as q on i.identifier_key = q.identifier_key
    where q.quality = 'own' and i.identifier_type in ('email', 'phone')
    group by i.record_key
),

read_sources as (
    -- where most phones of a source could be read, one that could not is no phone; elsewhere they lack their country
    select
        source,
        sum(case when has_unreadable_phone then 1 else 0 end) < sum(case when phone is not null then 1 else 0 end) as has_readable_phones
    from {{ ref('int_contact_records') }}
    group by source
),

final as (
    select
        r.record_key,
        coalesce(c.component_id, r.record_key) as component_id,
        r.source,
        r.full_name,
        r.given_name,
        r.surname,
        o.email,
        case when r.phone is null and not s.has_readable_phones then r.phone_digits else o.phone end as phone,
        coalesce(cast(r.birth_date as {{ dbt.type_string() }}), r.birth_date_as_written) as birth_date,
        r.national_id,
        r.address,
        r.city,
        r.province,
        r.postcode,
        r.company,
        r.job_title,
        r.unionid,
        n.name_key,
        n.name_kind,
        n.name_head,
        n.name_tail
    from {{ ref('int_contact_records') }} as r
    inner join read_sources as s on r.source = s.source
    left join own_identifiers as o on r.record_key = o.record_key
    left join {{ ref('int_record_names') }} as n on r.record_key = n.record_key
    left join {{ ref('int_rule_components') }} as c on r.record_key = c.node_id
)

select * from final
