with records as (
    select * from {{ ref('int_contact_records') }}
),

list_identifiers as (
    {% for type, column in identifier_columns().items() %}
    select record_key, '{{ type }}' as identifier_type, {{ column }} as identifier_value, created_at, updated_at
    from records
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        record_key,
        {{ hash_bigint(['identifier_type', 'identifier_value']) }} as identifier_key,
        identifier_type,
        identifier_value,
        created_at,
        updated_at
    from list_identifiers
)

select * from final
