{% set record_values = ['full_name', 'company', 'industry', 'company_size', 'job_title', 'budget', 'gender', 'birth_date', 'address',
                        'postcode', 'province', 'city', 'country', 'acquisition_source', 'owner_id', 'language'] %}

with records as (
    select r.*, m.contact_id, n.name_kind, r.is_deleted or g.record_key is not null as is_dead, g.record_key is not null as is_gone
    from {{ sluice.of_touched(ref('int_contact_records'), 'record_key') }} as r
    inner join {{ sluice.of_touched(ref('identity_map')) }} as m on r.record_key = m.record_key
    left join {{ ref('int_record_names') }} as n on r.record_key = n.record_key
    left join ({{ sluice.gone_records() }}) as g on r.record_key = g.record_key
),

worths as (
    select
        i.record_key,
        max(case when i.identifier_type = 'email' then q.quality end) as mailbox_quality,
        max(case when i.identifier_type = 'email' then q.name_count end) as mailbox_names,
        max(case when i.identifier_type = 'email_address' then q.quality end) as address_quality,
        max(case when i.identifier_type = 'phone' then q.quality end) as phone_quality,
        max(case when i.identifier_type = 'unionid' then q.quality end) as unionid_quality
    from {{ sluice.of_touched(ref('int_record_identifiers'), 'record_key') }} as i
    inner join {{ ref('int_identifier_quality') }} as q on i.identifier_key = q.identifier_key
    where i.identifier_type in ('email', 'email_address', 'phone', 'unionid')
    group by i.record_key
),

own_identifiers as (
    -- one address of a mailbox that several share is somebody's own when only they use it; the mailbox of a function is the last resort
    select record_key, 'email' as attribute, case when mailbox_quality = 'role' then 1 else 0 end as weakness
    from worths
    where mailbox_quality = 'own'
        or (mailbox_quality in ('shared', 'recycled', 'crowded') and address_quality = 'own')
        or (mailbox_quality = 'role' and mailbox_names <= {{ var('identifier_max_names') }})
    union all
    select record_key, 'phone' as attribute, 0 as weakness from worths where phone_quality = 'own'
    union all
    select record_key, 'unionid' as attribute, 0 as weakness from worths where unionid_quality = 'own'
),

list_values as (
    {% for attribute in record_values %}
    select
        contact_id,
        source,
        record_id,
        updated_at,
        is_dead as is_deleted,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as {{ dbt.type_string() }}) as attribute_value,
        {{ "case name_kind when 'full' then 0 else 1 end" if attribute == 'full_name' else '0' }} as defect,
        0 as weakness
    from records
    where {{ attribute }} is not null{{ " and name_kind <> 'nickname'" if attribute == 'full_name' }}
    union all
    {% endfor %}
    select
        r.contact_id,
        r.source,
        r.record_id,
        r.updated_at,
        r.is_dead,
        i.attribute,
        case i.attribute when 'email' then r.email when 'phone' then r.phone else r.unionid end as attribute_value,
        0 as defect,
        i.weakness
    from records as r
    inner join own_identifiers as i on r.record_key = i.record_key
    -- nobody is reached by a record that its source does not have any more
    where not r.is_gone or i.attribute = 'unionid'
    union all
    {{ sluice.corrected_values("k.attribute in ('email', 'phone', '" ~ record_values | join("', '") ~ "')") }}
),

{{ sluice.rank_values('list_values') }}

select * from rank_values
