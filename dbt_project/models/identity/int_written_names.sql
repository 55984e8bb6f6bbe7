{% set kept = sluice.kept_table('int_record_names') %}

with changed_records as (
    select r.full_name
    from {{ ref('int_contact_records') }} as r
    {% if kept %}left join {{ kept }} as t on r.record_key = t.record_key and r.record_hash = t.record_hash{% endif %}

    where r.full_name is not null{% if kept %} and t.record_key is null{% endif %}

),

written_names as (
    select distinct full_name from changed_records
),

final as (
    select full_name, {{ sluice.name_without_notes('full_name') }} as plain_name
    from written_names
)

select * from final
