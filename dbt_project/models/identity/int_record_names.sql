{{ config(
    materialized='incremental',
    meta={'idempotent': true},
    incremental_strategy=sluice.replacing_rows(),
    unique_key='record_key',
    pre_hook="{{ sluice.forget_rows_of_changed_records() }}"
) }}
{% do sluice.refuse_refresh_without('int_written_names') %}

with changed_records as (
    select r.record_key, r.record_hash, r.full_name
    from {{ ref('int_contact_records') }} as r
    {% if is_incremental() %}
    left join {{ this }} as t on r.record_key = t.record_key and r.record_hash = t.record_hash
    {% endif %}
    where r.full_name is not null
        {% if is_incremental() %}and t.record_key is null{% endif %}
),

{{ sluice.spelled_names(ref('int_read_names'), 'full_name', ref('int_character_sounds')) }},

final as (
    select
        r.record_key,
        r.record_hash,
        p.name,
        p.name_kind,
        p.name_script,
        p.name_key,
        case when p.name_kind = 'full' then {{ sluice.sorted_pair('p.name_head', 'p.name_tail') }} end as name_sound,
        p.name_surname,
        p.name_given,
        p.name_codes,
        p.name_head,
        p.name_tail
    from changed_records as r
    inner join spelled_names as p on r.full_name = p.full_name
)

select * from final
