{#
    Golden values that were corrected by hand, in the columns that rank_values takes: they go before what any source says. A contact is
    named after a record, so a correction finds whoever has that record now. It holds whenever it was made, also for a day that is replayed.
#}
{% macro corrected_values(condition) %}
    select
        m.contact_id,
        'correction' as source,
        cast(k.correction_id as {{ dbt.type_string() }}) as record_id,
        k.corrected_at as updated_at,
        false as is_deleted,
        k.attribute,
        k.value as attribute_value,
        0 as defect,
        -1 as weakness
    from {{ source('ledger', 'corrections') }} as k
    inner join {{ ref('identity_map') }} as m on k.contact_id = m.record_key
    where {{ condition }}
{% endmacro %}
