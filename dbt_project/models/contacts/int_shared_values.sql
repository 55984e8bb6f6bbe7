with record_names as (
    -- of a name written in part, such as 王先生, the surname is known
    select
        m.contact_id,
        n.name_sound,
        case n.name_kind when 'partial' then n.name else n.name_surname end as surname,
        r.city,
        r.company_key
    from {{ ref('identity_map') }} as m
    inner join {{ ref('int_contact_records') }} as r on m.record_key = r.record_key
    inner join {{ ref('int_record_names') }} as n on m.record_key = n.record_key
    where n.name_kind in ('full', 'partial')
),

contact_values as (
    -- what says too little to join: identifiers that their quality or their type keeps from it, and names
    select
        i.contact_id,
        'same_' || i.identifier_type as why,
        i.quality_reason as evidence,
        {{ sluice.hash_bigint(['i.identifier_type', 'i.identifier_value']) }} as value_key
    from {{ ref('contact_identifiers') }} as i
    inner join {{ sluice.seed('identity_rules') }} as r on i.identifier_type = r.identifier_type
    where i.quality <> 'fake' and (i.quality <> 'own' or not r.is_joining)
    {% set names = {
        'same_name_and_company': ['name_sound', 'company_key'], 'same_surname_and_company': ['surname', 'company_key'],
        'same_name_and_city': ['name_sound', 'city'], 'same_name': ['name_sound'],
    } %}
    {% for why, columns in names.items() %}
    union
    select contact_id, '{{ why }}' as why, null as evidence, {{ sluice.hash_bigint(["'" ~ why ~ "'"] + columns) }} as value_key
    from record_names
    where {{ columns | join(' is not null and ') }} is not null
    {% endfor %}
),

count_contacts as (
    select *, count(*) over (partition by value_key) as contact_count from contact_values
),

final as (
    -- a value of many people ties nobody: so the pairs stay in proportion to the contacts
    select
        contact_id,
        why,
        value_key,
        contact_count,
        coalesce(evidence, cast(contact_count as {{ dbt.type_string() }}) || ' contacts have it') as evidence
    from count_contacts
    where
        contact_count between 2 and case
            when why = 'same_name' then {{ var('probable_match_max_namesakes') }} else {{ var('probable_match_max_contacts') }}
        end
)

select * from final
