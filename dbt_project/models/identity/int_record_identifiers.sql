with records as (
    select * from {{ ref('int_contact_records') }}
),

list_identifiers as (
    {% for type in ['email', 'phone', 'unionid', 'cookie'] %}
    {% set column = 'cookie_id' if type == 'cookie' else type %}
    select record_key, '{{ type }}' as identifier_type, {{ column }} as identifier_value
    from records
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

count_records as (
    select identifier_type, identifier_value, count(*) as record_count
    from list_identifiers
    group by identifier_type, identifier_value
),

final as (
    select
        l.record_key,
        {{ hash_bigint(['l.identifier_type', 'l.identifier_value']) }} as identifier_key,
        l.identifier_type,
        l.identifier_value,
        c.record_count,
        {{ identifier_quality('l.identifier_type', 'l.identifier_value', 'c.record_count') }} as quality
    from list_identifiers as l
    inner join count_records as c
        on l.identifier_type = c.identifier_type and l.identifier_value = c.identifier_value
)

select * from final
