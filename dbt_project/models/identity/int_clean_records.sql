with trim_texts as (
    select
        record_key,
        record_hash,
        source,
        record_id,
        {% for name in sluice.contact_record_texts() %}
        {{ sluice.trim_text(name) }} as {{ name }},
        {% endfor %}
        identifiers,
        attributes,
        is_deleted,
        created_at,
        updated_at
    from {{ ref('int_changed_records') }}
    {{ sluice.computed_once() }}
),

final as (
    select
        record_key,
        record_hash,
        source,
        record_id,
        {% for name in sluice.contact_record_texts() %}
        {{ sluice.null_for_none(name) }} as {{ name }},
        {% endfor %}
        identifiers,
        attributes,
        is_deleted,
        created_at,
        updated_at
    from trim_texts
)

select * from final
